package spectest

import (
	"bytes"
	"cmp"
	"encoding"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"

	"ambi/spec"
)

// TestEverythingParses is what the package promises.
func TestEverythingParses(t *testing.T) {
	hostile := Hostile()
	used := map[string]bool{}
	for name, make := range map[string]func(*rand.Rand) []byte{"Generate": Generate, "Deployable": Deployable} {
		for seed := range uint64(600) {
			src := make(rand.New(rand.NewPCG(seed, 0)))
			app, err := spec.Parse("app.yaml", src)
			if err != nil {
				t.Fatalf("%s, seed %d: %v\n%s", name, seed, err, src)
			}
			if again := make(rand.New(rand.NewPCG(seed, 0))); !bytes.Equal(src, again) {
				t.Fatalf("%s, seed %d: two texts from one seed", name, seed)
			}
			for _, s := range app.Services {
				for _, value := range s.Env {
					if !slices.Contains(hostile, value) && !strings.HasPrefix(value, "very long ") {
						t.Fatalf("%s, seed %d: a value changed on its way: %q", name, seed, value)
					}
					used[value] = true
				}
			}
		}
	}
	for _, s := range hostile {
		if !used[s] {
			t.Errorf("never generated: %q", s)
		}
	}
}

// TestEveryKeyIsGenerated requires of both kinds of specs that some have each key
// of the grammar.
func TestEveryKeyIsGenerated(t *testing.T) {
	all := keys(reflect.TypeFor[spec.App](), "")
	if len(all) < 60 {
		t.Fatalf("only %d keys: %v", len(all), all)
	}
	for name, make := range map[string]func(*rand.Rand) []byte{"Generate": Generate, "Deployable": Deployable} {
		given := map[string]bool{}
		for seed := range uint64(600) {
			app, err := spec.Parse("app.yaml", make(rand.New(rand.NewPCG(seed, 2))))
			if err != nil {
				t.Fatal(err)
			}
			for _, key := range all {
				for _, name := range slices.Concat(app.ServiceNames(), app.DataNames()) {
					given[key] = given[key] || app.Given(strings.Replace(key, "*", name, 1))
				}
			}
		}
		for _, key := range all {
			refused := name == "Deployable" && (key == "services.*.worker" || key == "services.*.volumes") // by lambda
			if !given[key] && !refused {
				t.Errorf("%s: %s is in none", name, key)
			}
		}
	}
}

// keys lists the paths of the grammar, with a star for a service's name and
// the first element for each of a list.
func keys(t reflect.Type, path string) []string {
	switch t.Kind() {
	case reflect.Pointer:
		return keys(t.Elem(), path)
	case reflect.Map:
		if path != "services" && path != "data" {
			return nil // its keys are the spec's own
		}
		return keys(t.Elem(), path+".*")
	case reflect.Slice:
		return keys(t.Elem(), path+"[0]")
	case reflect.Struct:
	default:
		return nil
	}
	if reflect.PointerTo(t).Implements(reflect.TypeFor[encoding.TextUnmarshaler]()) {
		return nil
	}
	var all []string
	for i := range t.NumField() {
		f := t.Field(i)
		if !f.IsExported() {
			continue
		}
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		at := strings.TrimPrefix(path+"."+name, ".")
		all = append(all, at)
		all = append(all, keys(f.Type, at)...)
	}
	return all
}

// TestDeployable keeps to the limits of both targets that need no resolving.
func TestDeployable(t *testing.T) {
	for seed := range uint64(300) {
		text := Deployable(rand.New(rand.NewPCG(seed, 1)))
		app, err := spec.Parse("app.yaml", text)
		if err != nil {
			t.Fatal(err)
		}
		refuse := func(service, why string, refused bool) {
			if refused {
				t.Errorf("seed %d, %s: %s\n%s", seed, service, why, text)
			}
		}
		var policy *spec.CORS
		first := true
		for _, name := range app.ServiceNames() {
			s := app.Services[name]
			image := cmp.Or(s.Image, app.Image)
			env := 0
			for k, v := range s.Env {
				env += len(k) + len(v)
			}
			k, l := s.Kubernetes, s.Lambda
			open := k.Gateway != nil || k.Ingress != nil
			if s.IsHTTP() && first {
				policy, first = s.HTTP.CORS, false
			}
			refuse(name, "nothing to run on one target", image == "" || l.Image == "" && l.Zip == "")
			refuse(name, "beyond a limit of size", s.Memory.Bytes() < 128<<20 || s.Memory.Bytes() > 10240<<20 || s.CPU.Milli() > 5000 || env > 3000)
			refuse(name, "beyond API Gateway's timeout", s.Timeout.Std().Seconds() > 30)
			refuse(name, "scales to zero without a way", s.Scale.Min == 0 && k.ScaleToZero == nil && s.Scale.Backlog == 0)
			refuse(name, "more invocations at once than a mapping takes, or fewer", s.IsEvents() && (s.Scale.Max*s.Concurrency < 2 || s.Scale.Max*s.Concurrency > 1000))
			refuse(name, "scales by requests without a metric", !s.Scale.Requests.IsZero() && k.Metric == "")
			refuse(name, "permissions without an identity", (len(s.Permissions)+len(s.Uses) > 0 || s.IsEvents()) && k.Identity == "")
			refuse(name, "more warm than there may be", l.Provisioned > s.Scale.Max)
			refuse(name, "more reserved than an account has", l.Reserved && s.Scale.Max*s.Concurrency > 900)
			refuse(name, "tokens that nothing checks", s.HTTP.Auth != nil && k.Auth == "")
			refuse(name, "a domain that nothing serves", s.HTTP.Domain != "" && !open)
			refuse(name, "CORS that nothing answers", s.HTTP.CORS != nil && k.Gateway == nil && (k.Ingress == nil || k.Ingress.Class != "nginx"))
			refuse(name, "CORS of its own", s.IsHTTP() && !reflect.DeepEqual(s.HTTP.CORS, policy))
		}
	}
}
