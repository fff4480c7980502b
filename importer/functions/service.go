package functions

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"ambi/importer/draft"
	"ambi/importer/source"
	"ambi/spec"
)

func isMethod(text string) bool { return text != spec.Any && slices.Contains(spec.Methods(), text) }

// megabytesOfCore is how much memory comes with one vCPU.
// Source: https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html
const megabytesOfCore = 1769

// port is where the app listens, unless a variable of the Web Adapter says otherwise.
const port = 8080

// fill says in the spec what a function says, except what starts it.
func (a *App) fill(s *draft.Service, u unit) {
	f := u.Function
	a.image(s, f)
	a.sizes(s, f)
	a.rights(s, f)
	a.environment(s, f)
	if s.Get("uses") != nil || s.Get("permissions") != nil {
		s.Set("kubernetes.identity", "pod-identity")
	}
	if len(u.triggers) > 0 && u.triggers[0].Kind == "schedule" {
		for _, n := range []*source.Node{f.Reserved, f.Provisioned} {
			a.leave(f.Object, n, "each run of a schedule starts an instance", false)
		}
	} else {
		a.instances(s, f)
	}
	switch architecture := f.Architecture.String(); architecture {
	case "x86_64", "arm64":
		if architecture != "x86_64" {
			s.Set("lambda.architecture", architecture)
		}
		s.Set("kubernetes.architecture", architecture)
		a.carry(f.Object, f.Architecture, s.Path("lambda.architecture"))
	default:
		a.leave(f.Object, f.Architecture, "is no architecture that a spec has: write lambda.architecture", true)
	}
	switch f.Tracing.String() {
	case "Active", "true":
		s.Set("lambda.tracing", true)
		a.carry(f.Object, f.Tracing, s.Path("lambda.tracing"))
	default:
		f.Skip(f.Tracing)
	}
	if f.VPC != nil {
		s.Set("lambda.vpc", true)
		a.approximate(f.Object, f.VPC, s.Path("lambda.vpc"), "each stack's configuration names its subnets and security groups", true)
	}
	if days, ok := f.Retention.Int(); ok {
		s.Set("lambda.logRetentionDays", days)
		a.carry(f.Object, f.Retention, s.Path("lambda.logRetentionDays"))
	}
	a.leave(f.Object, f.Layers, "an image has no layers: put what they hold into it", true)
}

// share notes what a function has in common with the one that its service was made of.
func (a *App) share(s *draft.Service, f *Function) {
	f.Skip(f.Image, f.Built, f.Code, f.Runtime, f.EntryPoint, f.Command, f.Memory, f.Timeout, f.Architecture, f.Tracing, f.Reserved, f.Provisioned, f.Retention, f.VPC, f.Layers)
	for _, v := range f.Variables {
		f.Skip(v.At)
	}
	for _, st := range f.Statements {
		f.Skip(st.At)
	}
	a.handler(s, f)
}

// handler notes the code that Lambda calls.
func (a *App) handler(s *draft.Service, f *Function) {
	a.approximate(f.Object, f.Handler, s.Path("image"), "names code that Lambda calls: the image has to run a server that does", true)
}

// image says what the service runs.
func (a *App) image(s *draft.Service, f *Function) {
	to := s.Path("image")
	switch {
	case f.Image != nil && f.Image.Why == "":
		s.Set("image", f.Image.String())
		a.carry(f.Object, f.Image, to)
	case f.Image != nil:
		s.Set("image", f.Image.String())
		s.Comment("image", "%s", f.Image.Why)
		a.approximate(f.Object, f.Image, to, f.Image.Why+": write the image's name into the spec", true)
	case f.Built != nil:
		s.Set("image", draft.Unresolved{})
		s.Comment("image", "was built from a folder: push it, and write its name here")
		a.approximate(f.Object, f.Built, to, "is built from a folder: push the image, and write its name into the spec", true)
	default:
		s.Set("image", draft.Unresolved{})
		s.Comment("image", "was a zip%s: build an image that answers HTTP on this port, and write its name here", ofRuntime(f.Runtime))
		why := "is a zip" + ofRuntime(f.Runtime) + ": build an image whose server answers HTTP on port " + strconv.Itoa(port) + ", and 200 at " + "/healthz, and write its name into the spec"
		if f.Code != nil {
			a.approximate(f.Object, f.Code, to, why, true)
		} else {
			f.Note(f.Node, draft.Item{Fate: draft.Approximated, To: to, Why: why, Changes: true})
		}
	}
	if f.Code != nil {
		f.Skip(f.Code)
	}
	f.Skip(f.Runtime)
	a.handler(s, f)
	if f.Image != nil || f.Built != nil {
		s.Command(f.Object, words(f.EntryPoint), words(f.Command))
		if !f.Adapted {
			s.Set("lambda.handler", string(spec.HandlerNative))
			s.Comment("lambda.handler", "Lambda calls the image's own runtime client, as before; on Kubernetes it must answer HTTP")
			f.Note(f.Node, draft.Item{
				Fate: draft.Approximated, To: s.Path("lambda.handler"), Changes: true,
				Why: "the image speaks Lambda's runtime API: on Kubernetes it must answer HTTP on port 8080, and 200 at /healthz; with a server in it, remove lambda.handler",
			})
		}
	}
	s.Set("port", port)
	s.Set("health.path", "/healthz")
}

func ofRuntime(n *source.Node) string {
	if n.String() == "" || n.Why != "" {
		return ""
	}
	return " of " + n.String()
}

func words(n *source.Node) draft.Words {
	w := draft.Words{At: n}
	for _, item := range n.List() {
		w.Words = append(w.Words, item.String())
	}
	if n != nil && n.Kind == source.Scalar {
		w.Words = strings.Fields(n.Text)
	}
	return w
}

// sizes are memory, and the CPU that comes with it, and the longest that a call may take.
func (a *App) sizes(s *draft.Service, f *Function) {
	memory := a.Usual.Memory
	switch n, ok := f.Memory.Int(); {
	case f.Memory == nil:
		f.Note(f.Node, draft.Item{Fate: draft.Approximated, To: s.Path("memory"), Why: fmt.Sprintf("says no memory: it has %d MB, the default", memory), Changes: false})
	case ok && n > 0:
		memory = n
		a.carry(f.Object, f.Memory, s.Path("memory"))
	default:
		s.Set("memory", f.Memory.String())
		s.Comment("memory", "%s", f.Memory.Why)
		a.approximate(f.Object, f.Memory, s.Path("memory"), orUnread(f.Memory)+": write it into the spec", true)
		memory = 0
	}
	if memory > 0 {
		s.Set("memory", draft.Memory(int64(memory)<<20))
		s.Set("cpu", draft.CPU(int64(memory)*1000/megabytesOfCore))
		s.Comment("cpu", "what Lambda gives with its memory")
	}
	seconds := a.Usual.Timeout
	switch n, ok := f.Timeout.Int(); {
	case f.Timeout == nil:
	case ok && n > 0:
		seconds = n
		a.carry(f.Object, f.Timeout, s.Path("timeout"))
	default:
		s.Set("timeout", f.Timeout.String())
		s.Comment("timeout", "%s", f.Timeout.Why)
		a.approximate(f.Object, f.Timeout, s.Path("timeout"), orUnread(f.Timeout)+": write it into the spec", true)
		return
	}
	s.Set("timeout", strconv.Itoa(seconds)+"s")
}

// longestAnswer is how many seconds an HTTP API waits for an answer.
// Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html
const longestAnswer = 30

// answers bounds the timeout of a service over HTTP, as an API did too.
func (a *App) answers(s *draft.Service, f *Function) {
	seconds, err := strconv.Atoi(strings.TrimSuffix(fmt.Sprint(s.Get("timeout")), "s"))
	if err != nil || seconds <= longestAnswer {
		return
	}
	s.Set("timeout", strconv.Itoa(longestAnswer)+"s")
	f.Note(cmp.Or(f.Timeout, f.Node), draft.Item{
		Fate: draft.Approximated, To: s.Path("timeout"),
		Why: fmt.Sprintf("an HTTP API waits %d seconds at most, whatever the function may take", longestAnswer), Changes: len(f.Triggers) == 0,
	})
}

func orUnread(n *source.Node) string {
	if n.Why != "" {
		return n.Why
	}
	return "is no number"
}

// instances are how many of a function may run.
func (a *App) instances(s *draft.Service, f *Function) {
	if n, ok := f.Reserved.Int(); ok && n > 0 && n <= 10*spec.MaxInstances {
		each := 1
		for c := 10; c > 1; c-- {
			if n%c == 0 {
				each = c
				break
			}
		}
		if n/each <= spec.MaxInstances {
			s.Set("lambda.reserved", true)
			s.Set("concurrency", each)
			s.Set("scale.max", n/each)
			a.approximate(f.Object, f.Reserved, s.Path("lambda.reserved"), fmt.Sprintf("is scale.max times concurrency in a spec: %d pods of %d requests each on Kubernetes", n/each, each), false)
		}
	}
	a.leave(f.Object, f.Reserved, "is no number of environments that a spec has: set scale.max and lambda.reserved", true)
	if n, ok := f.Provisioned.Int(); ok && n > 0 {
		s.Set("lambda.provisioned", n)
		a.carry(f.Object, f.Provisioned, s.Path("lambda.provisioned"))
	}
	a.leave(f.Object, f.Provisioned, "is no number that a spec has: set lambda.provisioned", true)
}
