package settings_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"ambi/internal/problem"
	"ambi/spec"
	"ambi/stacks/settings"
	"ambi/stacks/stacktest"
)

// kinds are the settings that app.yaml has too. What each setting reads must be what
// the spec takes in the same place, and mean the same.
var kinds = map[string]struct {
	seeds []string
	read  func(s *settings.Settings) string
	spec  string                       // an app.yaml in which %s is the text as a string of YAML
	path  string                       // of the field that the text stands in
	value func(s *spec.Service) string // what the field means
}{
	"memory": {
		seeds: []string{"512Mi", "1.5Gi", "0.000001Ti", "1073741824", "1e9", "1E9", "4194304.000000001", "4194304000m", "4Mi", "1Ti", "+1Gi", "-18014398509481983Gi", "4096Ki", "999999999999999999T"},
		read:  func(s *settings.Settings) string { return strconv.Itoa(s.MemoryMiB("api.x", 512, 4, 1<<20)) },
		spec:  "    memory: %s\n    image: app:1\n",
		path:  "services.api.memory",
		value: func(s *spec.Service) string { return strconv.FormatInt((s.Memory.Bytes()+1<<20-1)>>20, 10) },
	},
	"image": {
		seeds: []string{
			image, ecrImage, "app" + digest, "app:latest", "a.b/c:1", "a_b.c/d:1", "[::1]:5000/a:1", "Host/a/b__c-d.e:V1", "localhost/a:1", "docker.io/a:1",
			"a@sha512:" + strings.Repeat("0123456789abcdef", 8), "a@sha384:" + strings.Repeat("0123456789abcdef", 6), "a@md5:" + strings.Repeat("0", 32),
		},
		read:  func(s *settings.Settings) string { return s.Image("api.x", image) },
		spec:  "    image: %s\n",
		path:  "services.api.image",
		value: func(s *spec.Service) string { return s.Image },
	},
	"namespace": {
		seeds: []string{"default", "team-1", "1", strings.Repeat("a", 63), "a.b", "-a"},
		read:  func(s *settings.Settings) string { return s.Label("api.x", "default") },
		spec:  "    kubernetes: {namespace: %s}\n    image: app:1\n",
		path:  "services.api.kubernetes.namespace",
		value: func(s *spec.Service) string { return s.Kubernetes.Namespace },
	},
	"layer": {
		seeds: []string{"arn:aws:lambda:us-east-1:123456789012:layer:own_1:12", "arn:aws-cn:lambda:cn-north-1:123456789012:layer:a:1", "arn:aws:lambda:us-east-1:123456789012:layer:" + strings.Repeat("a", 94) + ":1"},
		read:  func(s *settings.Settings) string { return s.Layer("api.x", "") },
		spec:  "    lambda: {zip: app.zip, layers: [%s]}\n",
		path:  "services.api.lambda.layers[0]",
		value: func(s *spec.Service) string { return s.Lambda.Layers[0] },
	},
}

// agree holds one text against the spec.
func agree(t *testing.T, kind, text string) {
	t.Helper()
	k := kinds[kind]
	if text == "" || strings.ToValidUTF8(text, "") != text || regexp.MustCompile(`^\s*(null|\{[\s\S]*\})\s*$`).MatchString(text) || len(text) > 240 {
		return // not set, no text, or of no kind; only a registry's own limits come near such a length
	}
	app, err := spec.Parse("app.yaml", fmt.Appendf(nil, "apiVersion: ambi/v1\nname: shop\nservices:\n  api:\n    http: {routes: [GET /]}\n"+k.spec, quoted(text)))
	want, wanted := "", true
	var problems problem.List
	if errors.As(err, &problems) {
		for _, p := range problems {
			if p.Field != k.path {
				t.Fatalf("%s %q: %v", kind, text, err)
			}
		}
		wanted = false
	} else if err != nil {
		t.Fatal(err)
	} else {
		want = k.value(app.Services["api"])
	}
	got, err := read(t, map[string]string{"api.x": text}, k.read)
	if (err == nil) != wanted || wanted && got != want {
		t.Errorf("%s %q: the stack reads %q, %v; the spec %q, %t", kind, text, got, err, want, wanted)
	}
}

// quoted is a text as a string of YAML.
func quoted(text string) string {
	var b strings.Builder
	for _, c := range text {
		fmt.Fprintf(&b, `\U%08x`, c)
	}
	return `"` + b.String() + `"`
}

// TestSameGrammar tries texts that are a few edits away from good ones.
func TestSameGrammar(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for kind, k := range kinds {
		for _, seed := range k.seeds {
			agree(t, kind, seed)
			for range 60 {
				text := []byte(seed)
				for range 1 + random.IntN(3) {
					at := random.IntN(len(text) + 1)
					from := k.seeds[random.IntN(len(k.seeds))]
					switch c := from[random.IntN(len(from))]; {
					case at < len(text) && random.IntN(3) == 0:
						text[at] = c
					case at < len(text) && random.IntN(2) == 0:
						text = append(text[:at], text[at+1:]...)
					default:
						text = append(text[:at], append([]byte{c}, text[at:]...)...)
					}
				}
				agree(t, kind, string(text))
			}
		}
	}
}

// FuzzGrammar looks for any text that a stack and the spec read differently.
func FuzzGrammar(f *testing.F) {
	for kind, k := range kinds {
		for _, seed := range k.seeds {
			f.Add(kind, seed)
		}
	}
	f.Fuzz(func(t *testing.T, kind, text string) {
		if _, known := kinds[kind]; known {
			agree(t, kind, text)
		}
	})
}

// FuzzRead holds that whatever a stack sets, a value of its own comes out of it or an
// error: the default stays in force only where nothing is set.
func FuzzRead(f *testing.F) {
	for _, text := range []string{"7", "", "null", "{}", `{"x":7}`, `{"x":"7"}`, `{"x":null}`, `{"x":{"a":""}}`, `["7"]`, `"7"`, "+7", "7.0", `{"x":7,"y":""}`, `{"X":7}`} {
		f.Add("api", text)
		f.Add("api.x", text)
		f.Add("rate", text)
		f.Add("apii.x", text)
	}
	f.Fuzz(func(t *testing.T, key, text string) {
		if strings.Contains(key, ":") || strings.ToValidUTF8(key+text, "") != key+text {
			return
		}
		var x, rate int
		_, err := stacktest.Deploy(t, func(ctx *pulumi.Context) error {
			s := settings.Read(ctx)
			x, rate = s.Int("api.x", 5, 1, 10), s.Int("rate", 5, 1, 10)
			return s.Err()
		}, map[string]string{key: text})
		if x < 1 || x > 10 || rate < 1 || rate > 10 {
			t.Errorf("%q = %q is out of bounds: %d, %d", key, text, x, rate)
		}
		five := regexp.MustCompile(`^5$`).MatchString(text)
		if (key == "api.x" && x == 5 || key == "rate" && rate == 5) && err == nil && text != "" && !five {
			t.Errorf("%s = %q is overlooked", key, text)
		}
	})
}
