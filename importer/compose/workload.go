package compose

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/docker/go-units"

	"ambi/importer/draft"
	"ambi/importer/source"
)

// start says in the spec what a service runs, and with which variables.
func (im *importer) start(s *service) {
	im.fillImage(s)
	im.environment(s)
	im.command(s)
	im.secrets(s)
	im.labels(s)
	_, s.address, _ = im.probe(s.node.Get("healthcheck", "test"))
}

// fill says what else a service says of itself, once all others have their variables.
func (im *importer) fill(s *service) {
	if im.alone(s) {
		im.work(s)
	} else {
		im.health(s)
		im.port(s)
	}
	im.size(s)
	im.replicas(s)
	im.security(s)
	im.mounts(s)
}

// note is about the service as a whole.
func (s *service) note(to, why string, changes bool) {
	s.Note(s.node, draft.Item{Fate: draft.Approximated, To: to, Why: why, Changes: changes})
}

func (im *importer) fillImage(s *service) {
	d, image, build := s.draft, s.node.Get("image"), s.node.Get("build")
	to := d.Path("image")
	switch _, why := im.text(image); {
	case image != nil:
		d.Set("image", s.image)
		if why != "" {
			d.Comment("image", "%s", why)
			s.Approximate(image, to, why+": write the image's name into the spec", true)
		} else {
			s.Carry(image, to)
		}
		s.Leave(build, "the image is built and pushed before: a stack runs what is in a registry", false)
	case build != nil:
		context, _ := im.text(build.Get("context"))
		d.Set("image", draft.Unresolved{})
		d.Comment("image", "was built from %s: push it, and write its name here", orThis(context))
		s.Approximate(build, to, "build and push the image first, and write its name into the spec", true)
	default:
		d.Set("image", draft.Unresolved{})
		d.Comment("image", "nothing in the source says which image it runs")
		s.note(to, "nothing says which image it runs", true)
	}
	if n := s.node.Get("platform"); n != nil {
		switch platform, _ := im.text(n); platform {
		case "linux/amd64":
			d.Set("kubernetes.architecture", "x86_64")
			s.Carry(n, d.Path("kubernetes.architecture"))
		case "linux/arm64", "linux/arm64/v8", "linux/aarch64":
			d.Set("kubernetes.architecture", "arm64")
			d.Set("lambda.architecture", "arm64")
			s.Carry(n, d.Path("kubernetes.architecture"))
		default:
			s.Leave(n, "images are built for x86_64 or arm64", true)
		}
	}
}

func orThis(folder string) string {
	if folder == "" {
		return "."
	}
	return folder
}

// size carries how much CPU and memory a service gets.
func (im *importer) size(s *service) {
	resources := s.node.Get("deploy", "resources")
	limits, reservations := resources.Get("limits"), resources.Get("reservations")
	cpu := im.sized(s, "cpu", first(limits.Get("cpus"), s.node.Get("cpus")), reservations.Get("cpus"), milliCPU, draft.CPU)
	memory := im.sized(s, "memory", first(limits.Get("memory"), s.node.Get("mem_limit")), first(reservations.Get("memory"), s.node.Get("mem_reservation")), bytesOf, draft.Memory)
	switch {
	case !cpu && !memory:
		s.note(s.draft.Path("memory"), "sets neither cpu nor memory: ambi's defaults apply", true)
	case !cpu:
		s.note(s.draft.Path("cpu"), "sets no cpu: ambi's default applies", true)
	case !memory:
		s.note(s.draft.Path("memory"), "sets no memory: ambi's default applies", true)
	}
}

func first(nodes ...*source.Node) *source.Node {
	for _, n := range nodes {
		if n != nil {
			return n
		}
	}
	return nil
}

// sized carries one of the two sizes, and reports whether there is one.
func (im *importer) sized(s *service, key string, limit, reservation *source.Node, read func(string) (int64, bool), write func(int64) string) bool {
	to := s.draft.Path(key)
	value := func(n *source.Node) (int64, bool) {
		text, why := im.text(n)
		amount, ok := read(text)
		if n != nil && (!ok || why != "") {
			s.Leave(n, "is no amount that ambi reads", true)
		}
		return amount, n != nil && ok && why == ""
	}
	most, limited := value(limit)
	least, reserved := value(reservation)
	switch {
	case !limited && !reserved:
		return false
	case key == "cpu" && reserved:
		s.draft.Set(key, write(least))
		s.Carry(reservation, to)
		if limited {
			s.Leave(limit, "pods have no CPU limit, which would only slow them down while CPU is idle", false)
		}
	case limited:
		s.draft.Set(key, write(most))
		s.Carry(limit, to)
		if reserved && least != most {
			s.Approximate(reservation, to, "a service has one memory, request and limit alike: the limit's", false)
		} else if reserved {
			s.Carry(reservation, to)
		}
	default:
		s.draft.Set(key, write(least))
		s.Approximate(reservation, to, "it is the limit, too", true)
	}
	return true
}

// milliCPU reads cores as thousandths.
func milliCPU(text string) (int64, bool) {
	cores, err := strconv.ParseFloat(strings.TrimSpace(text), 64)
	if err != nil || !(cores > 0 && cores <= 1000) {
		return 0, false
	}
	return int64(math.Round(cores * 1000)), true
}

// bytesOf reads Docker's amounts of memory, of which 1m is 1024 times 1024 bytes.
func bytesOf(text string) (int64, bool) {
	bytes, err := units.RAMInBytes(strings.TrimSpace(text))
	return bytes, err == nil && bytes > 0
}

// mostReplicas is what scale.max may be.
const mostReplicas = 1000

// replicas is how many containers run.
func (im *importer) replicas(s *service) {
	d := s.draft
	at := first(s.node.Get("deploy", "replicas"), s.node.Get("scale"))
	text, _ := im.text(at)
	n, err := strconv.Atoi(text)
	switch {
	case at == nil:
		n = 1
	case err != nil:
		s.Leave(at, "is no number", true)
		n = 1
	case n < 1:
		s.Approximate(at, d.Path("scale"), "runs no containers; a service runs one at least", true)
		n = 1
	case n > mostReplicas:
		s.Approximate(at, d.Path("scale"), "1000 is the most", true)
		n = mostReplicas
	default:
		s.Carry(at, d.Path("scale"))
	}
	d.Set("scale.min", n)
	d.Set("scale.max", n)
	d.Comment("scale", "no autoscaler was there: raise max to let it scale")
	if mode := s.node.Get("deploy", "mode"); mode.String() == "replicated" {
		s.Skip(mode)
	}
}

// security is who the containers run as, and what they may write to.
func (im *importer) security(s *service) {
	d := s.draft
	if n := s.node.Get("user"); n != nil {
		text, _ := im.text(n)
		user, group, grouped := strings.Cut(text, ":")
		switch id, err := strconv.Atoi(user); {
		case user == "root" || user == "0":
			s.Leave(n, "no pod of ambi's runs as root: they run as user 65532", true)
		case err != nil || id < 0 || id > math.MaxInt32:
			s.Leave(n, "kubernetes.user takes the user's number: pods run as user 65532", true)
		default:
			if id != 65532 {
				d.Set("kubernetes.user", id)
			}
			if grouped && group != user {
				s.Approximate(n, d.Path("kubernetes.user"), "the group has the user's number", true)
			} else {
				s.Carry(n, d.Path("kubernetes.user"))
			}
		}
	} else {
		s.note(d.Path("kubernetes.user"), "the image says which user runs it; ambi's pods run as user 65532 unless kubernetes.user says otherwise", true)
	}
	readOnly := s.node.Get("read_only")
	if readOnly.String() == "true" {
		s.Carry(readOnly, d.Path("kubernetes"))
		return
	}
	s.Skip(readOnly)
	d.Set("kubernetes.writableRoot", true)
}

// temporary is a folder in memory.
func (im *importer) temporary(s *service, n *source.Node, at string) {
	if path, _, _ := strings.Cut(at, ":"); path == "/tmp" {
		s.Skip(n)
		return
	}
	s.Approximate(n, s.draft.Path("kubernetes.writableRoot"), "the app may write to its image's files instead; a function can write to /tmp alone", true)
	s.draft.Set("kubernetes.writableRoot", true)
}

// rest says why what is left of a service has no place in a spec.
func (im *importer) rest(s *service) {
	for _, key := range s.node.Keys {
		im.restOf(s, s.node.Child(key), key)
	}
}

func (im *importer) restOf(s *service, n *source.Node, key string) {
	if r, known := reasons()[key]; known {
		s.Rest(n, saysNothing(r), func(*source.Node) (string, bool) { return r.why, r.changes })
		return
	}
	if n.Kind == source.Map && slices.Contains([]string{"deploy", "deploy.resources", "deploy.resources.limits", "deploy.resources.reservations", "healthcheck"}, key) {
		for _, k := range n.Keys {
			im.restOf(s, n.Child(k), key+"."+k)
		}
		return
	}
	r := unknown(key)
	s.Rest(n, saysNothing(r), func(*source.Node) (string, bool) { return r.why, r.changes })
}

// saysNothing reports of a value whether it is empty, or what is usual.
func saysNothing(r reason) func(*source.Node) bool {
	return func(n *source.Node) bool {
		switch n.Kind {
		case source.Null:
			return true
		case source.Map:
			return len(n.Keys) == 0
		case source.List:
			return len(n.Items) == 0
		default:
			return slices.Contains(r.usual, n.Text)
		}
	}
}
