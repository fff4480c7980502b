package functions

import (
	"slices"
	"strings"

	"ambi/importer/draft"
	"ambi/importer/source"
	"ambi/internal/lazyregexp"
	"ambi/spec"
)

// Datum is a queue, a bucket or a table of the source.
type Datum struct {
	draft.Object
	Node     *source.Node
	Logical  string // what references name it
	Physical string // what it is called in AWS; empty where only AWS says
	Kind     string // queue, bucket or table
	Existing bool   // it is not in the files
	Name     string // in the spec
	// Fill sets what the spec says about it and reports it; nil for one that exists.
	Fill func(a *App, d *Datum, path string)
}

var (
	lone    = lazyregexp.New(`^\$\{([A-Za-z0-9]+)(?:\.([A-Za-z0-9.]+))?\}$`)
	arnTail = lazyregexp.New(`^arn:[^:]*:(s3|sqs|dynamodb):[^:]*:[^:]*:(?:table/)?(.+)$`)
)

// Refers is the resource that a value refers to, and which attribute of it; empty where the
// value is anything else.
func Refers(n *source.Node) (logical, attribute string) {
	if n == nil || n.Why == "" {
		return "", ""
	}
	m := lone.FindStringSubmatch(n.Text)
	if m == nil {
		return "", ""
	}
	return m[1], m[2]
}

// Find is the data that a value leads to: by a reference, by its name or by its ARN; nil where
// it leads to none.
func (a *App) Find(n *source.Node) *Datum {
	if n == nil || n.Kind != source.Scalar || n.Text == "" {
		return nil
	}
	logical, attribute := Refers(n)
	text, service := n.Text, ""
	if m := arnTail.FindStringSubmatch(strings.NewReplacer("${AWS::Region}", "r", "${AWS::AccountId}", "a", "${AWS::Partition}", "aws").Replace(text)); m != nil {
		service, text = m[1], m[2]
	}
	if service != "sqs" {
		text, _, _ = strings.Cut(text, "/")
	}
	for _, d := range a.Data {
		switch {
		case logical != "" && d.Logical == logical:
			if attribute == "StreamArn" {
				return nil
			}
			return d
		case text == "${"+d.Logical+"}" || text == "${"+d.Logical+".Arn}":
			return d
		case d.Physical != "" && text == d.Physical && (service != "" || n.Text == text):
			return d
		}
	}
	return nil
}

// suffixes are how the variables of each kind of data end.
func suffix(kind string) string {
	return strings.TrimPrefix(spec.DataVariables("x", kind)[0], "X")
}

var label = lazyregexp.New(`^[a-z]([a-z0-9-]*[a-z0-9])?$`)

// nameData names all data: so that a variable of the source that has its name is the one that
// a spec gives it, where one can be; or else after the source's name.
func (a *App) nameData() {
	taken := map[string]bool{}
	longest := 46 - len(a.Name)
	name := func(d *Datum, text string) bool {
		text = draft.Label(text, longest)
		if !label.MatchString(text) || taken[text] {
			return false
		}
		d.Name, taken[text] = text, true
		return true
	}
	for _, f := range a.Functions {
		for _, v := range f.Variables {
			d := a.Find(v.At)
			if d == nil || d.Name != "" || !d.named(v.At) {
				continue
			}
			if base, found := strings.CutSuffix(v.Name, suffix(d.Kind)); found && base == strings.ToUpper(base) {
				name(d, strings.ToLower(strings.ReplaceAll(base, "_", "-")))
			}
		}
	}
	for _, d := range a.Data {
		words := strings.TrimPrefix(Words(d.Logical), a.Name+"-")
		for _, end := range []string{"-table", "-bucket", "-queue", "-dynamo-db", "-s3"} {
			if short := strings.TrimSuffix(words, end); short != "" {
				words = short
			}
		}
		for _, text := range []string{words, words + "-" + d.Kind, Words(d.Logical), d.Kind, "data"} {
			if d.Name == "" {
				name(d, text)
			}
		}
		for i := 2; d.Name == ""; i++ {
			name(d, "data-"+strings.Repeat("x", i))
		}
	}
}

// named reports whether a value is what the variable of some data holds: a bucket's or a
// table's name, and a queue's URL.
func (d *Datum) named(n *source.Node) bool {
	_, attribute := Refers(n)
	if n.Why == "" {
		return d.Physical != "" && n.Text == d.Physical && d.Kind != "queue"
	}
	return attribute == "" || d.Kind == "queue" && attribute == "QueueUrl"
}

// variable is the one that says where data is.
func (d *Datum) variable() string { return spec.DataVariables(d.Name, d.Kind)[0] }

// writeData says in the spec what data the app has.
func (a *App) writeData() {
	for _, d := range a.Data {
		path := "data." + d.Name + "." + d.Kind
		a.Set(path, map[string]any{})
		if d.Existing {
			a.Set(path+".existing", true)
			continue
		}
		d.Fill(a, d, path)
		why := "is made anew, and empty"
		if d.Kind == "table" {
			why += ": copy the items, or grant rights on the old table under permissions"
		} else {
			why += ": write existing: true to use the one that there is"
			if a.uploads(d) {
				why = "is made anew, and empty: copy the objects"
			}
		}
		d.Note(d.Node, draft.Item{Fate: draft.Approximated, To: "data." + d.Name, Why: why, Changes: true})
	}
}

// uploads reports whether new objects of a bucket start a service.
func (a *App) uploads(d *Datum) bool {
	return slices.ContainsFunc(a.Services, func(s *draft.Service) bool { return s.Get("uploads.from") == d.Name })
}

// outside is a queue that is not in the files.
func (a *App) outside(n *source.Node, name string) *Datum {
	for _, d := range a.Data {
		if d.Existing && d.Physical == n.String() {
			return d
		}
	}
	d := &Datum{Logical: name, Physical: n.String(), Kind: "queue", Existing: true}
	if parts := strings.Split(n.String(), ":"); n.Why == "" && len(parts) == 6 {
		d.Logical = parts[5]
	}
	taken := func(name string) bool {
		return slices.ContainsFunc(a.Data, func(other *Datum) bool { return other.Name == name })
	}
	base := draft.Label(strings.TrimSuffix(Words(d.Logical), "-queue"), 40-len(a.Name))
	if base == "" || taken(base) {
		base = draft.Label("queue-"+base, 40-len(a.Name))
	}
	for d.Name = base; taken(d.Name); {
		d.Name += "x"
	}
	a.Data = append(a.Data, d)
	return d
}
