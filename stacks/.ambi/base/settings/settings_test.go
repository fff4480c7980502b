package settings_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"ambi/stacks/settings"
	"ambi/stacks/stacktest"
)

const (
	image    = "registry.example.com:5000/team/app:1.0"
	ecrImage = "123456789012.dkr.ecr.us-east-1.amazonaws.com/app:1.0"
	digest   = "@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
)

// read reads one setting under some configuration.
func read[V any](t *testing.T, config map[string]string, one func(*settings.Settings) V) (value V, err error) {
	t.Helper()
	_, err = stacktest.Deploy(t, func(ctx *pulumi.Context) error {
		s := settings.Read(ctx)
		value = one(s)
		return s.Err()
	}, config)
	return value, err
}

// accepts and refuses try values of the setting api.x.
func accepts[V comparable](t *testing.T, one func(*settings.Settings) V, values map[string]V) {
	t.Helper()
	for text, want := range values {
		if got, err := read(t, map[string]string{"api.x": text}, one); err != nil || got != want {
			t.Errorf("%q is read as %v, %v; want %v", text, got, err, want)
		}
	}
}

func refuses[V any](t *testing.T, one func(*settings.Settings) V, values ...string) {
	t.Helper()
	for _, text := range values {
		if got, err := read(t, map[string]string{"api.x": text}, one); err == nil || !strings.Contains(err.Error(), stacktest.Project+":api.x: must be ") {
			t.Errorf("%q is read as %v, %v; want an error", text, got, err)
		}
	}
}

func TestMemoryMiB(t *testing.T) {
	one := func(s *settings.Settings) int { return s.MemoryMiB("api.x", 512, 128, 10240) }
	accepts(t, one, map[string]int{"": 512, "128Mi": 128, "1Gi": 1024, "10240Mi": 10240, "10Gi": 10240, "0.5Gi": 512, "512M": 489, "134217729": 129, "1e9": 954})
	refuses(t, one, "127Mi", "10241Mi", "11Gi", "512", "134217727", "10737418241", "1073741824.5", "300000000000.5m", "Mi", "-512Mi", "+1Gi", "01Gi", "512Mi ", "512MiB", "lots",
		"9223372036854775807Gi", "-18014398509481983Gi", "18014398509481985Gi", "1e10", "1E+9")
}

func TestInt(t *testing.T) {
	one := func(s *settings.Settings) int { return s.Int("api.x", 5, 1, 10) }
	accepts(t, one, map[string]int{"": 5, "1": 1, "10": 10})
	refuses(t, one, "0", "11", "-1", "+5", "05", "1_0", "1.5", "ten", "1e1", "99999999999999999999")
}

func TestBool(t *testing.T) {
	one := func(s *settings.Settings) bool { return s.Bool("api.x", true) }
	accepts(t, one, map[string]bool{"": true, "true": true, "false": false})
	refuses(t, one, "yes", "True", "1", "on")
}

func TestDuration(t *testing.T) {
	one := func(s *settings.Settings) time.Duration {
		return s.Duration("api.x", 5*time.Minute, 10*time.Second, time.Hour)
	}
	accepts(t, one, map[string]time.Duration{"": 5 * time.Minute, "10s": 10 * time.Second, "1h": time.Hour, "1m30s": 90 * time.Second})
	refuses(t, one, "9s", "61m", "-1m", "90", "1d", "soon")
}

func TestOneOf(t *testing.T) {
	one := func(s *settings.Settings) int { return s.OneOf("api.x", 30, []int{7, 30}) }
	accepts(t, one, map[string]int{"": 30, "7": 7})
	refuses(t, one, "8", "+7", "07", "week")
}

func TestLabel(t *testing.T) {
	one := func(s *settings.Settings) string { return s.Label("api.x", "default") }
	accepts(t, one, map[string]string{"": "default", "a": "a", "team-1": "team-1"})
	refuses(t, one, "Team", "-team", "team-", "a.b", "a_b", strings.Repeat("a", 64))
}

func TestImage(t *testing.T) {
	one := func(s *settings.Settings) string { return s.Image("api.x", image) }
	accepts(t, one, map[string]string{"": image, "app:1": "app:1", "a/b__c-d.e:V1.0": "a/b__c-d.e:V1.0", "[::1]:5000/a:1": "[::1]:5000/a:1", "Host/a:1": "Host/a:1", "app" + digest: "app" + digest, "app:latest" + digest: "app:latest" + digest})
	refuses(t, one, "app", "registry.example.com:5000/app", "app:latest", "App:1", "a//b:1", "a..b:1", "a..b/c:1", "-a.b/c:1", "a.b:/c:1", strings.Repeat("a", 256)+":1", "https://app:1", "app:1 ", "app:", "app@sha256:12")
}

func TestECRImage(t *testing.T) {
	one := func(s *settings.Settings) string { return s.ECRImage("api.x", ecrImage) }
	accepts(t, one, map[string]string{"": ecrImage})
	refuses(t, one, image, "123.dkr.ecr.us-east-1.amazonaws.com/app:1.0", "123456789012.dkr.ecr.us-east-1.example.com/app:1.0")
	if _, err := read(t, map[string]string{"aws:region": "us-east-1"}, one); err != nil {
		t.Errorf("the region's own repository is refused: %v", err)
	}
	if _, err := read(t, map[string]string{"aws:region": "eu-west-1"}, one); err == nil {
		t.Error("a repository of another region is accepted, where Lambda cannot pull")
	}
}

func TestArchive(t *testing.T) {
	archive := filepath.Join(t.TempDir(), "app.zip")
	if err := os.WriteFile(archive, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	one := func(s *settings.Settings) string { return s.Archive("api.x", archive) }
	accepts(t, one, map[string]string{"": archive, archive: archive})
	refuses(t, one, archive+".missing", filepath.Dir(archive))
}

func TestLayer(t *testing.T) {
	one := func(s *settings.Settings) string { return s.Layer("api.x", "123456789012:layer:adapter:3") }
	accepts(t, one, map[string]string{"arn:aws-cn:lambda:cn-north-1:123456789012:layer:own:1": "arn:aws-cn:lambda:cn-north-1:123456789012:layer:own:1"})
	refuses(t, one, "", "adapter:3", "arn:aws:lambda:us-east-1:123456789012:function:api", "arn:aws:lambda:us-east-1:123456789012:layer:own",
		"arn:aws:lambda:us-east-1:123456789012:layer:own:1:2", "arn:aws:lambda::123456789012:layer:own:1", "arn:aws:lambda:us-east-1:123456789012:layer:"+strings.Repeat("a", 100)+":1")
	got, err := read(t, map[string]string{"aws:region": "eu-west-1"}, one)
	if want := "arn:aws:lambda:eu-west-1:123456789012:layer:adapter:3"; err != nil || got != want {
		t.Errorf("the layer of the region is %q, %v; want %q", got, err, want)
	}
	for _, region := range []string{"cn-north-1", "us-gov-west-1"} {
		if got, err = read(t, map[string]string{"aws:region": region}, one); err == nil {
			t.Errorf("%s has no such layer, and gets %q", region, got)
		}
	}
}

func TestClusterName(t *testing.T) {
	one := func(s *settings.Settings) string { return s.ClusterName("api.x") }
	accepts(t, one, map[string]string{"": "", "prod": "prod", "Prod_1-a": "Prod_1-a"})
	refuses(t, one, "-prod", "prod cluster", "prod/1", strings.Repeat("a", 101))
}

func TestRoleName(t *testing.T) {
	one := func(s *settings.Settings) string { return s.RoleName("api.x") }
	accepts(t, one, map[string]string{"": "", "api": "api", "Api_1+=,.@-": "Api_1+=,.@-"})
	refuses(t, one, "an api", "path/api", "arn:aws:iam::123456789012:role/api", strings.Repeat("a", 65))
}

func TestARN(t *testing.T) {
	const topic = "arn:aws:sns:us-east-1:123456789012:alarms"
	one := func(s *settings.Settings) string { return s.ARN("api.x", "sns", "") }
	accepts(t, one, map[string]string{"": "", topic: topic})
	refuses(t, one, "alarms", "arn:aws:sqs:us-east-1:123456789012:alarms", "arn:aws:sns:us-east-1:123456789012:", "arn:aws:sns:us-east-1:12:alarms", topic[1:],
		topic+":0b1ac2c5-subscription", topic+" ", topic+"/x", "arn:aws:sns::123456789012:alarms", topic+"*")
	if _, err := read(t, map[string]string{"aws:region": "us-east-1", "api.x": topic}, one); err != nil {
		t.Errorf("a topic of the region is refused: %v", err)
	}
	if _, err := read(t, map[string]string{"aws:region": "eu-west-1", "api.x": topic}, one); err == nil {
		t.Error("a topic of another region is accepted")
	}
	one = func(s *settings.Settings) string { return s.ARN("api.x", "iam", "policy/") }
	accepts(t, one, map[string]string{"arn:aws:iam::123456789012:policy/b": "arn:aws:iam::123456789012:policy/b", "arn:aws-cn:iam::aws:policy/b": "arn:aws-cn:iam::aws:policy/b"})
	refuses(t, one, "arn:aws:iam::123456789012:role/b", "arn:aws:iam::123456789012:policy/", "arn:aws:iam::123456789012:policy/a b", "arn:aws:iam::123456789012:policy/a/",
		"arn:aws:iam:us-east-1:123456789012:policy/b", "arn:aws:iam::123456789012:policy/b\n")
	one = func(s *settings.Settings) string { return s.ARN("api.x", "acm", "certificate/") }
	refuses(t, one, "arn:aws:acm:us-east-1:123456789012:certificate/a/b", "arn:aws:acm:us-east-1:123456789012:certificate/*", "arn:aws:acm::123456789012:certificate/a")
	one = func(s *settings.Settings) string { return s.ARN("api.x", "execute-api", "") }
	const api = "arn:aws:execute-api:us-east-1:123456789012:a1b2c3d4e5"
	accepts(t, one, map[string]string{api: api})
	refuses(t, one, api+"/", api+"/$default/GET/", "arn:aws:execute-api:us-east-1:123456789012:", "arn:aws:execute-api::123456789012:a1b2c3d4e5", "https://a1b2c3d4e5.execute-api.us-east-1.amazonaws.com")
	one = func(s *settings.Settings) string { return s.ARN("api.x", "iam", "oidc-provider/") }
	const provider = "arn:aws:iam::123456789012:oidc-provider/oidc.eks.us-east-1.amazonaws.com/id/0123ABC"
	accepts(t, one, map[string]string{provider: provider})
	refuses(t, one, provider+`"`, provider+"/", "arn:aws:iam::123456789012:oidc-provider/https://example.com")
	one = func(s *settings.Settings) string { return s.ARN("api.x", "sqs", "jobs-") } // a team's own
	accepts(t, one, map[string]string{"arn:aws:sqs:us-east-1:123456789012:jobs-1": "arn:aws:sqs:us-east-1:123456789012:jobs-1"})
	refuses(t, one, "arn:aws:sqs:us-east-1:123456789012:mail-1", "arn:aws:sqs:us-east-1:123456789012:jobs-", "arn:aws:sqs:us-east-1:123456789012:jobs-1 2")
}

func TestList(t *testing.T) {
	one := func(s *settings.Settings) string {
		return strings.Join(s.List("api.x", regexp.MustCompile(`^x-[0-9]+$`)), "|")
	}
	accepts(t, one, map[string]string{"": "", "x-1": "x-1", "x-1, x-2": "x-1|x-2", `["x-1","x-2"]`: "x-1|x-2"})
	refuses(t, one, "x-1,", "x-", "x-1 x-2", `["y"]`, "[]", `{"x":`)
}

func TestDemand(t *testing.T) {
	one := func(s *settings.Settings) any { s.Demand("x", "the app needs it"); return nil }
	if _, err := read(t, nil, one); err == nil || !strings.Contains(err.Error(), stacktest.Project+":x: must be set: the app needs it") {
		t.Errorf("a missing setting is not refused: %v", err)
	}
	if _, err := read(t, map[string]string{"x": "1"}, one); err != nil {
		t.Error(err)
	}
}

func TestAtMost(t *testing.T) {
	for _, c := range []struct {
		least, most int
		good        bool
	}{{1, 2, true}, {2, 2, true}, {3, 2, false}} {
		_, err := read(t, nil, func(s *settings.Settings) any { s.AtMost("api.min", c.least, "api.max", c.most); return nil })
		if good := err == nil; good != c.good {
			t.Errorf("%d at most %d: %v", c.least, c.most, err)
		}
	}
}

// Pulumi keeps api.memory in two ways, and a value that is set in either must
// not be overlooked.
func TestPath(t *testing.T) {
	one := func(s *settings.Settings) int { return s.Int("api.x", 5, 1, 10) }
	for _, config := range []map[string]string{
		{"api.x": "7"},
		{"api": `{"x":"7"}`},
		{"api": `{"x":7}`},
		{"api": `{"x":"","y":""}`, "api.x": "7"}, // as the defaults of Pulumi.yaml arrive
	} {
		if got, err := read(t, config, one); err != nil || got != 7 {
			t.Errorf("%v is read as %d, %v; want 7", config, got, err)
		}
	}
	if _, err := read(t, map[string]string{"api": `{"x":7}`, "api.x": "8"}, one); err == nil {
		t.Error("two values are accepted, one of which is overlooked")
	}
}

// What is no value must not leave a default in force, wherever it stands.
func TestNoValue(t *testing.T) {
	readers := map[string]func(s *settings.Settings){
		"Image":       func(s *settings.Settings) { s.Image("api.x", image) },
		"ECRImage":    func(s *settings.Settings) { s.ECRImage("api.x", ecrImage) },
		"Archive":     func(s *settings.Settings) { s.Archive("api.x", "settings.go") },
		"MemoryMiB":   func(s *settings.Settings) { s.MemoryMiB("api.x", 512, 128, 10240) },
		"Int":         func(s *settings.Settings) { s.Int("api.x", 5, 1, 10) },
		"OneOf":       func(s *settings.Settings) { s.OneOf("api.x", 30, []int{7, 30}) },
		"Label":       func(s *settings.Settings) { s.Label("api.x", "default") },
		"ClusterName": func(s *settings.Settings) { s.ClusterName("api.x") },
		"RoleName":    func(s *settings.Settings) { s.RoleName("api.x") },
		"ARN":         func(s *settings.Settings) { s.ARN("api.x", "sns", "") },
		"Layer":       func(s *settings.Settings) { s.Layer("api.x", "123456789012:layer:adapter:3") },
		"List":        func(s *settings.Settings) { s.List("api.x", regexp.MustCompile(`.*`)) },
		"Demand":      func(s *settings.Settings) { s.Demand("api.x", "the app needs it") },
	}
	for name, one := range readers {
		for _, config := range []map[string]string{
			{"api.x": "null"},
			{"api.x": " {}"},
			{"api.x": `{"a":""}`},
			{"api.x": `{"a":"5"}`},
			{"api": `{"x":null}`},
			{"api": `{"x":{}}`},
			{"api": `{"x": {"a":""}}`},
			{"api": "null"},
			{"api": "5"},
			{"api": `["x"]`},
		} {
			config["aws:region"] = "us-east-1"
			_, err := read(t, config, func(s *settings.Settings) any { one(s); return nil })
			if err == nil || !strings.Contains(err.Error(), ":api.x: must be one value, got ") && !strings.Contains(err.Error(), ":api: must be an object of api.x, got ") {
				t.Errorf("%s: %v is not refused: %v", name, config, err)
			} else if strings.Contains(err.Error(), "no such setting") || strings.Contains(err.Error(), "must be set") && config["api.x"] != "" {
				t.Errorf("%s: %v is refused twice: %v", name, config, err)
			}
		}
	}
	rate := func(s *settings.Settings) int { s.Int("api.x", 5, 1, 10); return s.Int("throttleRate", 5, 1, 10) }
	for key, text := range map[string]string{"throttleRate": `{"a":5}`, "throtleRate": `{"a":5}`, "Api": `{"x":5}`} {
		if got, err := read(t, map[string]string{key: text}, rate); err == nil {
			t.Errorf("%s: %s is not refused, and %d is in force", key, text, got)
		}
	}
	if _, err := read(t, map[string]string{"api": "{}", "alarms": `{"email":null}`, "tags": "null"}, rate); err != nil {
		t.Errorf("an object without settings, and keys of others, are refused: %v", err)
	}
}

// A service's settings must not be left behind by its new name.
func TestRenamedService(t *testing.T) {
	one := func(s *settings.Settings) int { s.Int("front.x", 5, 1, 10); return s.Int("web.x", 5, 1, 10) }
	for _, config := range []map[string]string{{"api.x": "7"}, {"api": `{"x":7}`}} {
		const want = "api.x: no such setting\nhint: the app has no service api; give its settings to the service that it has become, or remove them: there is front.x, web.x"
		if _, err := read(t, config, one); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v is not refused: %v", config, err)
		}
	}
}

// A typing error must not leave a default in force unnoticed, and keys that belong
// to no service are the team's own.
func TestUnknownKeys(t *testing.T) {
	one := func(s *settings.Settings) int { return s.Int("api.x", 5, 1, 10) }
	for _, config := range []map[string]string{{"api.other": "7"}, {"api": `{"other":7}`}} {
		if _, err := read(t, config, one); err == nil || !strings.Contains(err.Error(), "api.other: no such setting\nhint: the settings of api are api.x") {
			t.Errorf("%v is not refused: %v", config, err)
		}
	}
	rate := func(s *settings.Settings) int { s.Int("api.x", 5, 1, 10); return s.Int("throttleRate", 5, 1, 10) }
	for _, key := range []string{"throtleRate", "throttleRates", "throttlerate", "throttleRaet", "throttleRat", "throttleMate", "apii.x", "pai.x"} {
		want := ":" + key + ": no such setting\nhint: did you mean "
		if _, err := read(t, map[string]string{key: "7"}, rate); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s is not refused: %v", key, err)
		}
	}
	if _, err := read(t, map[string]string{"target": "lambda", "alarms.email": "a@example.com", "other:api.xx": "7", "api": `{"xx":""}`}, one); err != nil {
		t.Errorf("keys of others are refused: %v", err)
	}
}

func TestAllErrorsAtOnce(t *testing.T) {
	_, err := read(t, map[string]string{"api.a": "0", "api.b": "many", "api.c": "1"}, func(s *settings.Settings) any {
		s.Int("api.a", 5, 1, 10)
		s.Int("api.b", 5, 1, 10)
		s.Require(false, "never %s", "right")
		s.Require(true, "never wrong")
		return nil
	})
	for _, want := range []string{"api.a: must be", "api.b: must be", "api.c: no such setting", "never right"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q is not reported: %v", want, err)
		}
	}
	if err != nil && strings.Contains(err.Error(), "never wrong") {
		t.Errorf("what is right is reported: %v", err)
	}
}
