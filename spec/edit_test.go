package spec_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"ambi/spec"
)

const editImage = "    image: 123456789012.dkr.ecr.us-east-1.amazonaws.com/shop:1 # built by CI\n"

func TestSet(t *testing.T) {
	head := "# our shop\napiVersion: ambi/v1\nname: shop\nservices:\n  api:\n"
	tail := "    http: {routes: [GET /]} # ünïcode, and 1\n"
	cases := map[string]struct {
		scale, path string
		value       int
		want        string // of scale; empty for an error
	}{
		"a value":             {"    scale: {min: 1, max: 50, cpu: 70} # per month\n", "services.api.scale.min", 4, "    scale: {min: 4, max: 50, cpu: 70} # per month\n"},
		"a longer value":      {"    scale: {min: 1, max: 50, cpu: 70}\n", "services.api.scale.cpu", 100, "    scale: {min: 1, max: 50, cpu: 100}\n"},
		"a block":             {"    scale:\n      # the least\n      min: 1 # one\n      max: 50\n", "services.api.scale.max", 7, "    scale:\n      # the least\n      min: 1 # one\n      max: 7\n"},
		"a new key, in flow":  {"    scale: {max: 50}\n", "services.api.scale.min", 2, "    scale: {min: 2, max: 50}\n"},
		"a new key, in block": {"    scale:\n      max: 50\n", "services.api.scale.min", 2, "    scale:\n      min: 2\n      max: 50\n"},
		"in empty braces":     {"    scale: {}\n", "services.api.scale.min", 2, "    scale: {min: 2}\n"},
		"quoted key":          {"    scale: {\"min\": 1}\n", "services.api.scale.min", 2, "    scale: {\"min\": 2}\n"},
		"after runes":         {"    scale: {min: 1} # äöü\n", "services.api.scale.min", 2, "    scale: {min: 2} # äöü\n"},
		"windows":             {"    scale:\r\n      max: 50\r\n", "services.api.scale.min", 2, "    scale:\r\n      min: 2\r\n      max: 50\r\n"},
		"an anchor":           {"    scale: {min: &least 1, max: 9}\n", "services.api.scale.min", 2, ""},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			before, after := head+editImage+c.scale+tail, head+editImage+c.want+tail
			if name == "windows" {
				before, after = crlf(before), crlf(after)
			}
			got, err := spec.Set([]byte(before), c.path, c.value)
			if (err != nil) != (c.want == "") {
				t.Fatal(err)
			}
			if err == nil && string(got) != after {
				t.Errorf("got\n%s\nwant\n%s", got, after)
			}
		})
	}
	got, err := spec.Set([]byte(head+editImage+tail), "services.api.lambda.provisioned", 3)
	want := head + "    lambda: {provisioned: 3}\n" + editImage + tail
	if err != nil || string(got) != want {
		t.Errorf("%v, got\n%s", err, got)
	}
}

func TestSetDuration(t *testing.T) {
	head := "# our shop\napiVersion: ambi/v1\nname: shop\nservices:\n  api:\n"
	tail := "    http: {routes: [GET /]}\n"
	for before, after := range map[string]string{
		"    usage: {duration: 40ms} # measured\n": "    usage: {duration: 1.5s} # measured\n",
		"": "    usage: {duration: 1.5s}\n" + editImage,
	} {
		want := head + editImage + after + tail
		if before == "" {
			want = head + after + tail
		}
		got, err := spec.SetDuration([]byte(head+editImage+before+tail), "services.api.usage.duration", spec.Duration(1500*time.Millisecond))
		if err != nil || string(got) != want {
			t.Errorf("%v, got\n%s\nwant\n%s", err, got, want)
		}
	}
}

func crlf(text string) string {
	return strings.ReplaceAll(strings.ReplaceAll(text, "\r\n", "\n"), "\n", "\r\n")
}

// FuzzSet edits any spec: the result says what was asked for, and everything
// else as before.
func FuzzSet(f *testing.F) {
	files, err := filepath.Glob("testdata/valid/*.yaml")
	if err != nil || len(files) == 0 {
		f.Fatal(err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(text), uint8(3))
	}
	f.Fuzz(func(t *testing.T, text string, value uint8) {
		before, err := spec.Parse("app.yaml", []byte(text))
		if err != nil {
			return
		}
		n := int(value)%100 + 1
		for _, name := range before.ServiceNames() {
			for field, of := range map[string]func(*spec.Service) *int{
				"scale.max":          func(s *spec.Service) *int { return &s.Scale.Max },
				"lambda.provisioned": func(s *spec.Service) *int { return &s.Lambda.Provisioned },
			} {
				edited, err := spec.Set([]byte(text), "services."+name+"."+field, n)
				if err != nil {
					continue
				}
				after, err := spec.Parse("app.yaml", edited)
				if err != nil {
					// The new number may contradict another field, which a person must see.
					if !strings.Contains(err.Error(), "app.yaml:") {
						t.Fatalf("%s: %v in\n%s", field, err, edited)
					}
					continue
				}
				if got := *of(after.Services[name]); got != n {
					t.Fatalf("%s is %d, want %d, in\n%s", field, got, n, edited)
				}
				*of(after.Services[name]) = *of(before.Services[name])
				if len(after.Services[name].Volumes) > 0 { // their number is fixed: one bound sets both
					after.Services[name].Scale.Min = before.Services[name].Scale.Min
				}
				if a, b := text1(t, before), text1(t, after); a != b {
					t.Fatalf("%s: more changed:\n%s\n%s", field, a, b)
				}
			}
		}
	})
}

func text1(t *testing.T, app *spec.App) string {
	t.Helper()
	text, err := json.Marshal(app)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
