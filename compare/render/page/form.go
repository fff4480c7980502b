package page

// Form is what a served page can be asked. Each field is a flag of ambi compare
// and takes what the flag takes, so that the page and the command line cannot
// disagree.
type Form struct {
	Groups  []Group
	Command string // the command line that gives what the page shows first
}

// Group is fields that belong together.
type Group struct {
	Name   string
	Fields []Field
}

// Field is one field of a form: a text with stops for a slider, a choice, or a
// switch.
type Field struct {
	Name    string // what the server calls it
	Label   string
	Hint    string   // what it takes, in a few words
	Value   string   // at first
	Stops   []string // of a slider, from low to high, without spaces
	At      int      // the stop that the slider begins at
	Choices []string // of which one is taken; the first may be empty, for none
	Switch  bool     // on or off: "true" or nothing
}

// ID is the field's element.
func (f Field) ID() string { return "whatif-" + f.Name }

// Last is the slider's last stop.
func (f Field) Last() int { return len(f.Stops) - 1 }

// On reports whether a switch is on at first.
func (f Field) On() bool { return f.Value == "true" }

// Answer is what the server says to a changed form.
type Answer struct {
	Content *Content     `json:"content,omitempty"` // nothing while a field is wrong
	Command string       `json:"command,omitempty"`
	Errors  []FieldError `json:"errors,omitempty"`
}

// FieldError says what is wrong with a field; without a name it is the form.
type FieldError struct {
	Name    string `json:"name"`
	Message string `json:"message"`
}
