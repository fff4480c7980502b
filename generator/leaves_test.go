package generator_test

import (
	"bytes"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"ambi/generator"
	"ambi/spec"
	"ambi/target"
	"ambi/target/finding"
)

// bends gives each leaf of the grammar values to try in its place; the first
// that differs and leaves the spec valid is taken. A * stands for any key. Those
// of a switch are known.
var bends = map[string][]string{
	"apiVersion":                                nil, // there is only one
	"name":                                      {"bent"},
	"targets[]":                                 nil, // which targets are written: TestGolden has each
	"services.*.targets[]":                      nil, // the same
	"services.*.image":                          {"123456789012.dkr.ecr.us-east-1.amazonaws.com/bent:9"},
	"services.*.command[]":                      {"/bent"},
	"services.*.args[]":                         {"bent"},
	"services.*.port":                           {"9999"},
	"services.*.cpu":                            {"1750m", "3"},
	"services.*.memory":                         {"3000Mi"},
	"services.*.timeout":                        {"13s"},
	"services.*.concurrency":                    {"17"},
	"services.*.env.*":                          {"bent"},
	"services.*.secrets.*.name":                 {"bent"},
	"services.*.secrets.*.key":                  {"bent"},
	"services.*.connections":                    {"7"},
	"services.*.health.startup":                 {"2m"},
	"services.*.kubernetes.architecture":        {"x86_64", "arm64"},
	"services.*.kubernetes.auth":                nil, // TestChoicesChange
	"services.*.kubernetes.jwks":                {"https://bent.example.com/keys"},
	"services.*.kubernetes.user":                {"1234"},
	"services.*.needs[]":                        nil, // TestChoicesChange
	"services.*.permissions[].actions[]":        {"sqs:SendMessage"},
	"services.*.permissions[].resources[]":      {"arn:aws:sqs:us-east-1:123456789012:bent"},
	"services.*.permissions[].why":              {"bent"},
	"services.*.health.path":                    {"/bent"},
	"services.*.http.routes[]":                  {"GET /bent"},
	"services.*.http.cors.origins[]":            {"https://bent.example.com"},
	"services.*.http.cors.methods[]":            {"DELETE"},
	"services.*.http.cors.headers[]":            {"X-Bent"},
	"services.*.http.cors.maxAge":               {"77s"},
	"services.*.http.auth.jwt.issuer":           {"https://bent.example.com"},
	"services.*.http.auth.jwt.audience[]":       {"bent"},
	"services.*.http.maxBody":                   {"3Mi"},
	"services.*.http.domain":                    {"bent.example.com"},
	"services.*.scale.min":                      {"4", "0"},
	"services.*.scale.max":                      {"44", "9"},
	"services.*.scale.cpu":                      {"55"},
	"services.*.scale.memory":                   {"55"},
	"services.*.scale.requests":                 {"55/s"},
	"services.*.scale.backlog":                  {"55"},
	"image":                                     {"123456789012.dkr.ecr.us-east-1.amazonaws.com/bent:9"},
	"data.*.bucket.expire":                      {"77d"},
	"data.*.bucket.cors.origins[]":              {"https://bent.example.com"},
	"data.*.bucket.cors.methods[]":              {"DELETE"},
	"data.*.bucket.cors.headers[]":              {"X-Bent"},
	"data.*.bucket.cors.maxAge":                 {"77s"},
	"data.*.table.key":                          {"bent"},
	"data.*.table.sort":                         {"bent"},
	"data.*.table.types.*":                      {"binary"},
	"data.*.table.ttl":                          {"bent"},
	"data.*.table.indexes.*.key":                {"bent"},
	"data.*.table.indexes.*.sort":               {"bent"},
	"data.*.table.usage.stored":                 {"99Gi"},
	"data.*.table.usage.writes":                 {"9/month"},
	"data.*.table.usage.reads":                  {"9/month"},
	"data.*.table.usage.itemSize":               {"99"},
	"data.*.bucket.usage.stored":                {"99Gi"},
	"data.*.bucket.usage.writes":                {"9/month"},
	"data.*.bucket.usage.reads":                 {"9/month"},
	"data.*.valkey.maxStorage":                  {"77Gi"},
	"services.*.volumes.*.path":                 {"/bent"},
	"services.*.volumes.*.size":                 {"77Gi"},
	"services.*.volumes.*.class":                {"bent"},
	"services.*.volumes.*.access":               {"ReadWriteMany", "ReadWriteOnce"},
	"data.*.valkey.usage.stored":                {"99Gi"},
	"data.*.valkey.usage.writes":                {"9/month"},
	"data.*.valkey.usage.reads":                 {"9/month"},
	"data.*.valkey.usage.itemSize":              {"99"},
	"data.*.postgres.usage.backups":             {"99Gi"},
	"data.*.postgres.usage.capacity":            {"3"},
	"data.*.postgres.usage.stored":              {"99Gi"},
	"data.*.postgres.usage.writes":              {"9/month"},
	"data.*.postgres.usage.reads":               {"9/month"},
	"data.*.postgres.existing":                  nil, // without it a database needs what it may not have with it
	"data.*.postgres.version":                   {"15"},
	"data.*.postgres.class":                     {"db.r7g.large"},
	"data.*.postgres.storage":                   {"77Gi"},
	"data.*.postgres.backups":                   {"17d"},
	"data.*.postgres.serverless.min":            {"1.5"},
	"data.*.postgres.serverless.max":            {"17"},
	"data.*.queue.attempts":                     {"9"},
	"data.*.queue.retention":                    {"177h"},
	"services.*.queue.from":                     nil, // TestChoicesChange
	"services.*.queue.path":                     {"/bent"},
	"services.*.queue.batch":                    {"9"},
	"services.*.queue.window":                   {"77s"},
	"services.*.queue.pull":                     nil, // TestChoicesChange
	"services.*.uploads.from":                   nil, // TestChoicesChange
	"services.*.uploads.prefix":                 {"bent/"},
	"services.*.uploads.suffix":                 {".bent"},
	"services.*.uploads.path":                   {"/bent"},
	"services.*.uploads.batch":                  {"9"},
	"services.*.uploads.window":                 {"77s"},
	"services.*.uploads.pull":                   nil, // TestChoicesChange
	"services.*.schedule.cron":                  {"7 7 * * *"},
	"services.*.schedule.timeZone":              {"Asia/Tokyo"},
	"services.*.schedule.input":                 {`{"bent": true}`},
	"services.*.schedule.path":                  {"/bent"},
	"services.*.schedule.attempts":              {"3"},
	"services.*.schedule.overlap":               {"allow", "forbid"},
	"services.*.uses.*[]":                       {"delete", "write"},
	"services.*.uses.*.*[]":                     {"bent/"},
	"services.*.lambda.architecture":            {"arm64", "x86_64"},
	"services.*.lambda.image":                   {"123456789012.dkr.ecr.us-east-1.amazonaws.com/bent:9"},
	"services.*.lambda.zip":                     {"app/build/bent.zip"},
	"services.*.lambda.layers[]":                {"arn:aws:lambda:us-east-1:753240598075:layer:Bent:1"},
	"services.*.lambda.handler":                 {"adapter", "native"},
	"services.*.lambda.memory":                  {"3000Mi"},
	"services.*.lambda.provisioned":             {"7"},
	"services.*.lambda.logRetentionDays":        {"3", "7"},
	"services.*.kubernetes.namespace":           {"bent"},
	"services.*.kubernetes.cpu":                 {"1750m"},
	"services.*.kubernetes.memory":              {"3000Mi"},
	"services.*.kubernetes.pullSecrets[]":       {"bent"},
	"services.*.kubernetes.identity":            {"irsa", "pod-identity"},
	"services.*.kubernetes.ingress.class":       {"bent"},
	"services.*.kubernetes.ingress.tlsSecret":   {"bent"},
	"services.*.kubernetes.ingress.scheme":      {"internal"},
	"services.*.kubernetes.ingress.group":       {"bent"},
	"services.*.kubernetes.gateway.name":        {"bent"},
	"services.*.kubernetes.gateway.namespace":   {"bent"},
	"services.*.kubernetes.metric":              {"bent"},
	"services.*.kubernetes.scaleToZero.floor":   nil, // TestChoicesChange
	"services.*.kubernetes.scaleToZero.keda.*":  {"http://bent.example.com"},
	"services.*.kubernetes.serviceMonitor.path": {"/bent"},
	"services.*.usage.requests":                 {"9/month"},
	"services.*.usage.duration":                 {"99ms"},
	"services.*.usage.reportDuration":           {"99ms@256Mi"},
	"services.*.usage.cpuTime":                  {"1ms"},
	"services.*.usage.batchSize":                {"1.5", "1"},
	"services.*.usage.requestSize":              {"99"},
	"services.*.usage.responseSize":             {"99"},
	"services.*.usage.logSize":                  {"99"},
	"services.*.usage.outboundSize":             {"99"},
	"services.*.usage.startTime":                {"99ms"},
	"services.*.usage.shape":                    {"sporadic", "bursty"},
	"services.*.usage.peakToMean":               {"9", "1"},
	"services.*.usage.burst":                    {"99s"},
	"usage.requests":                            {"9/s"},
	"usage.duration":                            {"99ms"},
	"usage.reportDuration":                      nil, // in place of usage.duration; see a service's
	"usage.cpuTime":                             {"9ms"},
	"usage.batchSize":                           nil, // a service's is bent
	"usage.requestSize":                         {"99"},
	"usage.responseSize":                        {"99"},
	"usage.logSize":                             {"99"},
	"usage.outboundSize":                        {"99"},
	"usage.startTime":                           {"99ms"},
	"usage.shape":                               {"sporadic", "bursty"},
	"usage.peakToMean":                          {"9", "1"},
	"usage.burst":                               {"99s"},
}

// TestNothingIsDroppedSilently bends every leaf of specs that together have every
// key: on each target the emitted files change, or a finding says that the field
// is dropped or refused.
func TestNothingIsDroppedSilently(t *testing.T) {
	bends := maps.Clone(bends)
	for _, pattern := range grammar(reflect.TypeFor[spec.App](), "", reflect.Bool) {
		if _, known := bends[pattern]; !known {
			bends[pattern] = []string{"false", "true"}
		}
	}
	files, err := filepath.Glob("testdata/*/app.yaml")
	if err != nil {
		t.Fatal(err)
	}
	files = append(files, "../app/app.yaml", "../spec/testdata/valid/full.yaml", "../spec/testdata/valid/events.yaml", "../spec/testdata/valid/schedules.yaml")
	bent := map[string]bool{}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var document yaml.Node
		if err := yaml.Unmarshal(text, &document); err != nil {
			t.Fatal(err)
		}
		before := emit(t, text)
		leaves(document.Content[0], "", func(path string, leaf *yaml.Node) {
			pattern := pattern(path)
			values, known := bends[pattern]
			if !known {
				t.Errorf("%s: no bend for %s", file, pattern)
			}
			original := *leaf
			defer func() { *leaf = original }()
			for _, value := range values {
				if value == original.Value {
					continue
				}
				leaf.Value = value
				changed, err := yaml.Marshal(&document)
				if err != nil {
					t.Fatal(err)
				}
				if _, err := spec.Parse(file, changed); err != nil {
					continue // this value does not fit here, the next may
				}
				bent[pattern] = true
				after := emit(t, changed)
				for _, target := range before.targets {
					if before.same(after, target) && !before.excused(path, target) && !after.excused(path, target) {
						t.Errorf("%s: %s: %q instead of %q changes nothing on %s, and no finding says so", file, path, value, original.Value, target)
					}
				}
				return
			}
		})
	}
	for _, pattern := range slices.Sorted(maps.Keys(bends)) {
		if bends[pattern] != nil && !bent[pattern] {
			t.Errorf("%s was never bent: give one of the specs that key", pattern)
		}
	}
	for _, pattern := range grammar(reflect.TypeFor[spec.App](), "") {
		if _, known := bends[pattern]; !known && !strings.HasPrefix(pattern, "services.*.kubernetes.scaleToZero.keda.") {
			t.Errorf("the grammar has %s, and there is no bend for it", pattern)
		}
	}
}

// TestChoicesChange covers the leaves that have no other value to be bent to.
func TestChoicesChange(t *testing.T) {
	const base = `apiVersion: ambi/v1
name: shop
services:
  api:
    image: 123456789012.dkr.ecr.us-east-1.amazonaws.com/shop:1
    http: {routes: [GET /]}
  web:
    image: 123456789012.dkr.ecr.us-east-1.amazonaws.com/shop:1
    http: {routes: [GET /web]}
`
	const data = "    kubernetes: {identity: irsa}\ndata: {a: {queue: {}}, b: {queue: {}}, c: {bucket: {}}, d: {bucket: {}}}\n"
	event := func(trigger string) string {
		return "  e:\n    image: 123456789012.dkr.ecr.us-east-1.amazonaws.com/shop:1\n    " + trigger + "\n" + data
	}
	for name, c := range map[string]struct{ without, with string }{
		"queue.from":   {event("queue: {from: a}"), event("queue: {from: b}")},
		"uploads.from": {event("uploads: {from: c}"), event("uploads: {from: d}")},
		"pull":         {event("queue: {from: a}"), event("queue: {from: a, pull: app}")},
		"needs":        {"", "    needs: [api]\n"},
		"scaleToZero floor": {
			"    scale: {min: 0}\n", "    scale: {min: 0}\n    kubernetes: {scaleToZero: {floor: true}}\n",
		},
	} {
		before, after := emit(t, []byte(base+c.without)), emit(t, []byte(base+c.with))
		for _, target := range spec.Targets() {
			if before.same(after, target) && !after.excused("services.web.kubernetes.scaleToZero.floor", target) {
				t.Errorf("%s changes nothing on %s", name, target)
			}
		}
	}
}

// emitted is what a spec becomes: files by target, and findings.
type emitted struct {
	targets  []spec.Target // that the spec lists
	files    map[spec.Target][]byte
	findings finding.List
}

func emit(t *testing.T, text []byte) emitted {
	t.Helper()
	app, err := spec.Parse("app.yaml", text)
	if err != nil {
		t.Fatal(err)
	}
	out := emitted{targets: app.Targets, files: map[spec.Target][]byte{}}
	resolved := target.Resolve(app)
	out.findings = resolved.All()
	for _, on := range spec.Targets() {
		files, err := generator.Generate(generator.InputOf(resolved, "example.com/bent", on))
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range files {
			out.files[on] = append(append(out.files[on], f.Path...), f.Content...)
		}
	}
	return out
}

func (e emitted) same(other emitted, t spec.Target) bool {
	return bytes.Equal(e.files[t], other.files[t])
}

// excused reports whether a finding owns up to the field at path, or to one that
// holds it.
func (e emitted) excused(path string, t spec.Target) bool {
	return slices.ContainsFunc(e.findings, func(f finding.Finding) bool {
		within := path == f.Path || strings.HasPrefix(path, f.Path+".") || strings.HasPrefix(path, f.Path+"[")
		return f.Target == t && within && (f.Kind == finding.Dropped || f.Kind == finding.Refused)
	})
}

// leaves visits every scalar below a node with its path.
func leaves(n *yaml.Node, path string, visit func(string, *yaml.Node)) {
	switch n.Kind {
	case yaml.MappingNode:
		for i := 0; i < len(n.Content); i += 2 {
			leaves(n.Content[i+1], strings.TrimPrefix(path+"."+n.Content[i].Value, "."), visit)
		}
	case yaml.SequenceNode:
		for i, element := range n.Content {
			leaves(element, fmt.Sprintf("%s[%d]", path, i), visit)
		}
	case yaml.ScalarNode:
		visit(path, n)
	}
}

var (
	index   = regexp.MustCompile(`\[\d+\]`)
	mapKeys = regexp.MustCompile(`^(services|data)\.[^.]+|\b(env|secrets|types|indexes|volumes)\.[^.]+`)
	rights  = regexp.MustCompile(`\.uses\.[^.[]+(\.[^.[]+)?`)
	keda    = regexp.MustCompile(`keda\.\w+`)
)

// pattern is a path with its indexes and free keys taken out.
func pattern(path string) string {
	path = mapKeys.ReplaceAllStringFunc(index.ReplaceAllString(path, "[]"), func(part string) string {
		return part[:strings.IndexByte(part, '.')] + ".*"
	})
	path = rights.ReplaceAllStringFunc(path, func(part string) string {
		return ".uses" + strings.Repeat(".*", strings.Count(part, ".")-1)
	})
	return keda.ReplaceAllString(path, "keda.*")
}

// grammar lists the leaves of a type of the spec; of some kinds alone, if any are
// named.
func grammar(t reflect.Type, path string, only ...reflect.Kind) []string {
	if _, scalar := reflect.New(t).Interface().(interface{ UnmarshalText([]byte) error }); scalar && only == nil {
		return []string{path}
	} else if scalar {
		return nil
	}
	switch t.Kind() {
	case reflect.Pointer:
		return grammar(t.Elem(), path, only...)
	case reflect.Slice:
		return grammar(t.Elem(), path+"[]", only...)
	case reflect.Map:
		return grammar(t.Elem(), path+".*", only...)
	case reflect.Struct:
		var list []string
		for i := range t.NumField() {
			if name, _, _ := strings.Cut(t.Field(i).Tag.Get("json"), ","); name != "" {
				list = append(list, grammar(t.Field(i).Type, strings.TrimPrefix(path+"."+name, "."), only...)...)
			}
		}
		return list
	default:
		if only != nil && !slices.Contains(only, t.Kind()) {
			return nil
		}
		return []string{path}
	}
}
