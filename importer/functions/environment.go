package functions

import (
	"strconv"
	"strings"

	"ambi/importer/draft"
	"ambi/importer/source"
	"ambi/internal/lazyregexp"
	"ambi/spec"
)

// held is a value that Secrets Manager holds: {{resolve:secretsmanager:NAME:SecretString:KEY}}.
// Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references.html
var (
	held    = lazyregexp.New(`^\{\{resolve:secretsmanager:([a-z0-9]([a-z0-9.-]*[a-z0-9])?):SecretString:([-._a-zA-Z0-9]+)(:[^}]*)?\}\}$`)
	dynamic = lazyregexp.New(`\{\{resolve:([a-z-]+):`)
)

// environment carries variables. One that says where data is comes from uses.
func (a *App) environment(s *draft.Service, f *Function) {
	for _, v := range f.Variables {
		n := v.At
		if v.Name == "AWS_LWA_PORT" || v.Name == "PORT" && n.Why == "" {
			if number, err := strconv.Atoi(n.String()); err == nil && number > 0 && number < 65536 {
				s.Set("port", number)
				a.carry(f.Object, n, s.Path("port"))
				continue
			}
		}
		if strings.HasPrefix(v.Name, "AWS_LWA_") || v.Name == "AWS_LAMBDA_EXEC_WRAPPER" && f.Adapted {
			a.leave(f.Object, n, "the stack sets up the Web Adapter", v.Name != "AWS_LAMBDA_EXEC_WRAPPER")
			continue
		}
		a.variable(s, f, v)
	}
}

func (a *App) variable(s *draft.Service, f *Function, v Variable) {
	n := v.At
	if d := a.Find(n); d != nil && !d.Existing {
		a.where(s, f, v, d)
		return
	}
	if d := a.named(s, v.Name); d != nil {
		a.leave(f.Object, n, "the app has the "+d.Kind+"'s "+what(d.Kind)+" there, which the stack sets", true)
		return
	}
	first := a.first(n)
	o := f.Object
	if !first {
		o = draft.Unreported()
	}
	text := n.String()
	if m := held.FindStringSubmatch(text); m != nil && n.Why == "" && spec.ValidVariable(v.Name) && spec.SetByPlatform(v.Name) == "" {
		s.Reference(v.Name, m[1], m[3])
		o.Carry(n, s.Path("secrets."+v.Name))
		return
	}
	why := n.Why
	if m := dynamic.FindStringSubmatch(text); m != nil {
		why = "is kept in " + m[1]
	}
	switch {
	case n.Kind == source.Map || n.Kind == source.List:
		o.Leave(n, "is no text, as a variable is", true)
	case why != "":
		s.Missing(a.App, o, n, v.Name, why)
	default:
		s.Variable(a.App, o, n, v.Name, text)
	}
}

// named is data that a service uses, and whose place a variable of this name says.
func (a *App) named(s *draft.Service, variable string) *Datum {
	for _, d := range a.Data {
		if d.variable() == variable && s.Get("uses."+d.Name) != nil {
			return d
		}
	}
	return nil
}

// where is a variable that says where some data is. A service has one for what it uses.
func (a *App) where(s *draft.Service, f *Function, v Variable, d *Datum) {
	own := d.variable()
	switch uses := a.found(s, f, d); {
	case !uses:
		a.leave(f.Object, v.At, "it has no rights on "+d.Logical+", so nothing says where that is", false)
	case v.Name == own && d.named(v.At):
		a.carry(f.Object, v.At, s.Path("uses."+d.Name))
	case d.named(v.At):
		a.leave(f.Object, v.At, "the app has the "+d.Kind+"'s "+what(d.Kind)+" in "+own+": have it read that", true)
	default:
		a.leave(f.Object, v.At, "the app has the "+d.Kind+"'s "+what(d.Kind)+" in "+own+", and nothing else of it", true)
	}
}

func what(kind string) string {
	if kind == "queue" {
		return "address"
	}
	return "name"
}

// found reports whether a service may use what a variable leads to. Where no statement is about
// it, its rights are those of one that covers more, or all where the files do not say them.
func (a *App) found(s *draft.Service, f *Function, d *Datum) bool {
	if s.Get("uses."+d.Name) != nil {
		return true
	}
	rights := a.broadly(f, d.Kind)
	why := "its rights are those of a statement that covers more"
	if len(rights) == 0 {
		if !f.RoleOutside {
			return false
		}
		rights = spec.RightsOf(d.Kind)
		why = "the files do not say what it may do there: it may do all, so narrow it"
	}
	s.SetIn([]string{"uses"}, d.Name, rights)
	s.Comment("uses."+d.Name, "%s", why)
	f.Note(f.Node, draft.Item{Fate: draft.Approximated, To: s.Path("uses." + d.Name), Why: "refers to " + d.Logical + ": " + why, Changes: true})
	return true
}
