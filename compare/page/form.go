package page

// Form is what the page can be asked what if. Every field is a flag of ambi
// compare.
type Form struct {
	Groups []Group `json:"-"`
}

// Group is fields that belong together.
type Group struct {
	Name   string
	Fields []Field
}

// Field is one field of a form.
type Field struct {
	Flag string // without its dashes
}
