package functions

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"ambi/importer/draft"
	"ambi/importer/source"
)

// unit is a part of a function that becomes a service, or joins one: all its routes with one
// authorizer, or one event of another kind.
type unit struct {
	*Function
	triggers []Trigger
	suffix   string // of the service's name, where the function has other parts
}

// units are the parts of a function, those over HTTP first.
func (f *Function) units() []unit {
	var all []unit
	by := map[string]int{}
	for _, t := range f.Triggers {
		if t.HTTP == nil {
			continue
		}
		key := t.HTTP.Authorizer.key()
		if i, found := by[key]; found {
			all[i].triggers = append(all[i].triggers, t)
			continue
		}
		by[key] = len(all)
		all = append(all, unit{f, []Trigger{t}, "authorized"})
	}
	if len(all) > 0 {
		all[0].suffix = ""
	}
	for _, t := range f.Triggers {
		if t.HTTP == nil {
			all = append(all, unit{f, []Trigger{t}, t.Name})
		}
	}
	if len(all) == 0 {
		all = append(all, unit{Function: f})
	}
	return all
}

func (a *Authorizer) key() string {
	if a == nil {
		return ""
	}
	return a.Kind + " " + canonical(a.Issuer) + canonical(a.Audience)
}

// group is what becomes one service.
type group struct {
	units []unit
	alone bool // it is all that its function becomes
}

// groups are the units of all functions, those that only differ by their routes together.
func (a *App) groups() []group {
	var all []group
	by := map[string]int{}
	for _, f := range a.Functions {
		if len(f.Triggers) == 0 && len(f.Others) > 0 {
			f.Leave(f.Node, "is started by "+strings.Join(f.Others, " and ")+", and a service answers requests, or is started by a queue, uploads or a schedule", true)
			continue
		}
		units := f.units()
		for _, u := range units {
			key := u.alike()
			if i, found := by[key]; found && key != "" {
				all[i].units = append(all[i].units, u)
				continue
			}
			by[key] = len(all)
			all = append(all, group{[]unit{u}, len(units) == 1})
		}
	}
	return all
}

// alike is what units must have in common to be one service; empty for one that is always a
// service of its own.
func (u unit) alike() string {
	f := u.Function
	if len(u.triggers) == 0 || u.triggers[0].HTTP == nil {
		return ""
	}
	var b strings.Builder
	for _, n := range []*source.Node{
		f.Image, f.Built, f.Code, f.Runtime, f.EntryPoint, f.Command, f.Memory, f.Timeout, f.Architecture, f.Tracing,
		f.Reserved, f.Provisioned, f.Retention, f.VPC, f.Layers,
	} {
		b.WriteString(canonical(n) + "|")
	}
	for _, v := range f.Variables {
		fmt.Fprintf(&b, "%s=%s|", v.Name, canonical(v.At))
	}
	for _, s := range f.Statements {
		b.WriteString(canonical(s.At) + "|")
	}
	fmt.Fprint(&b, f.RoleOutside, f.Adapted, u.triggers[0].HTTP.Authorizer.key())
	return b.String()
}

// write makes a service of a group.
func (a *App) write(g group) {
	u := g.units[0]
	name := Words(u.Name)
	switch {
	case len(g.units) > 1:
		name = "api"
	case !g.alone && u.suffix != "":
		name = Words(u.Name) + "-" + Words(u.suffix)
	}
	s := a.Service(a.ServiceName(name, Words(u.Name)))
	s.Object, s.Node = u.Object, u.Node
	if u.secret == "" {
		u.secret = a.Name + "-" + s.Name
	}
	s.Secrets = u.secret
	a.fill(s, u)
	for i, u := range g.units {
		a.start(s, u)
		if i == 0 {
			continue
		}
		u.Note(u.Node, draft.Item{Fate: draft.Approximated, To: s.Path(""), Why: "is one service with " + g.units[0].Name + ": they have the same code, sizes, variables and rights, and differ by their routes", Changes: false})
		a.share(s, u.Function)
	}
	if len(g.units) > 1 {
		var names []string
		for _, u := range g.units {
			names = append(names, u.Name)
		}
		s.Head = append(s.Head, "the functions "+strings.Join(names, ", "))
	}
	if !g.alone && len(g.units) == 1 && u.suffix != "" {
		u.Note(cmp.Or(u.triggers[0].At, u.Node), draft.Item{Fate: draft.Approximated, To: s.Path(""), Why: "a service has one trigger: this event starts a service of its own, of the same image", Changes: false})
	}
}

// start gives a service what starts it.
func (a *App) start(s *draft.Service, u unit) {
	for _, t := range u.triggers {
		if t.HTTP == nil {
			t.Fill(a, s)
			continue
		}
		s.Exposed = true
		s.Add("http.routes", t.HTTP.Routes...)
		why := t.HTTP.Why
		if t.HTTP.Old {
			why = strings.TrimPrefix(why+"; "+oldAPI, "; ")
		}
		if why == "" {
			a.carry(t.Object, t.HTTP.At, s.Path("http.routes"))
		} else {
			a.approximate(t.Object, t.HTTP.At, s.Path("http.routes"), why, true)
		}
		a.authorize(s, t.HTTP.Authorizer, t.Object)
		a.cors(s, t.HTTP.CORS, t.Object)
	}
	if len(u.triggers) == 0 || u.triggers[0].HTTP != nil {
		a.answers(s, u.Function)
	}
}

// oldAPI is what differs where a REST API served a route.
const oldAPI = "an HTTP API serves it, without a stage in its path, and its events have another form than those of a REST API"

// authorize says who may call a service. Where a spec cannot say it, nothing else is made of it:
// the service must not be open to all by an import.
func (a *App) authorize(s *draft.Service, by *Authorizer, o draft.Object) {
	switch {
	case by == nil:
		return
	case s.Get("http.auth") != nil: // of another route, alike
		a.carry(o, by.At, s.Path("http.auth"))
		return
	}
	if by.Issuer == nil {
		why := "only " + by.Kind + " could call it: say who may call it under jwt, or remove auth and have the app check"
		s.Set("http.auth", draft.Unresolved{})
		s.Comment("http.auth", "%s", why)
		a.approximate(o, by.At, s.Path("http.auth"), why, true)
		return
	}
	s.Set("http.auth.jwt.issuer", by.Issuer.String())
	audience := []string{}
	for _, n := range by.Audience.List() {
		audience = append(audience, n.String())
	}
	if len(audience) == 0 {
		audience = append(audience, "")
	}
	s.Set("http.auth.jwt.audience", audience)
	s.Set("kubernetes.auth", "app")
	s.Comment("kubernetes.auth", "the app must check the tokens itself there")
	why := by.Issuer.Why
	for _, n := range by.Audience.List() {
		why = cmp.Or(why, n.Why)
	}
	if why == "" && len(by.Audience.List()) > 0 {
		a.approximate(o, by.At, s.Path("http.auth.jwt"), "on Kubernetes the app must check the tokens itself", true)
		return
	}
	why = cmp.Or(why, "names no audience")
	s.Comment("http.auth", "%s", why)
	a.approximate(o, by.At, s.Path("http.auth.jwt"), why+": write the issuer and the audience of its tokens into the spec", true)
}

// CORS is which pages may call a function.
type CORS struct {
	At                        *source.Node
	Origins, Methods, Headers []string
	Credentials               bool
	MaxAge                    int // seconds
}

func (a *App) cors(s *draft.Service, c *CORS, o draft.Object) {
	switch {
	case c == nil:
		return
	case s.Get("http.cors") != nil && !slices.Equal(s.Get("http.cors.origins").([]string), c.Origins):
		a.leave(o, c.At, "a service answers all origins alike: "+strings.Join(s.Get("http.cors.origins").([]string), ", "), true)
		return
	case s.Get("http.cors") != nil: // of another route, alike
		a.carry(o, c.At, s.Path("http.cors"))
		return
	}
	if len(c.Origins) == 0 {
		a.leave(o, c.At, "names no origins: write http.cors", true)
		return
	}
	s.Set("http.cors.origins", c.Origins)
	for key, list := range map[string][]string{"methods": c.Methods, "headers": c.Headers} {
		var kept []string
		for _, each := range list {
			if each = strings.TrimSpace(each); each != "" && each != "*" && !(key == "methods" && !isMethod(each)) {
				kept = append(kept, each)
			}
		}
		if len(kept) > 0 && len(kept) == len(list) {
			s.Add("http.cors."+key, kept...)
		}
	}
	if c.Credentials {
		s.Set("http.cors.credentials", true)
	}
	if c.MaxAge > 0 && c.MaxAge <= 86400 {
		s.Set("http.cors.maxAge", fmt.Sprintf("%ds", c.MaxAge))
	}
	s.Set("kubernetes.ingress.class", "nginx")
	s.Comment("kubernetes.ingress", "answers what browsers ask first: write the class of your cluster, or use gateway instead")
	a.approximate(o, c.At, s.Path("http.cors"), "on Kubernetes an Ingress answers what browsers ask first, and nothing says of which class: nginx stands there", true)
}
