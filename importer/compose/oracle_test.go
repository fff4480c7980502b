package compose

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/compose-spec/compose-go/v2/dotenv"
	"github.com/compose-spec/compose-go/v2/loader"
	"github.com/compose-spec/compose-go/v2/types"
	"github.com/sirupsen/logrus"

	"ambi/importer/draft"
	"ambi/importer/source"
)

// view is what both readers say of a service, as text that can be compared.
type view map[string]string

func (v view) set(key string, values ...string) {
	if slices.Sort(values); len(values) > 0 {
		v[key] = strings.Join(slices.Compact(values), "|")
	}
}

// theirs is what Compose's own library makes of files.
func theirs(t *testing.T, dir string, names []string) (map[string]view, error) {
	t.Helper()
	logrus.SetOutput(io.Discard) // it warns of each variable that is not set
	env := map[string]string{}
	if _, err := os.Stat(filepath.Join(dir, ".env")); err == nil {
		if env, err = dotenv.GetEnvFromFile(map[string]string{}, []string{filepath.Join(dir, ".env")}); err != nil {
			return nil, err
		}
	}
	details := types.ConfigDetails{WorkingDir: dir, Environment: env}
	for _, name := range names {
		details.ConfigFiles = append(details.ConfigFiles, types.ConfigFile{Filename: filepath.Join(dir, name)})
	}
	project, err := loader.LoadWithContext(context.Background(), details, func(o *loader.Options) {
		o.SetProjectName("shop", true)
		o.SkipConsistencyCheck = true
		o.Profiles = []string{"*"}
	})
	if err != nil {
		return nil, err
	}
	all := map[string]view{}
	for name, s := range project.Services {
		v := view{"image": s.Image}
		for key, value := range s.Environment {
			if value != nil {
				v["env "+key] = *value
			}
		}
		var ports, mounts, secrets, depends []string
		for _, p := range s.Ports {
			ports = append(ports, fmt.Sprintf("%d/%s", p.Target, p.Protocol))
		}
		for _, m := range s.Volumes {
			mounts = append(mounts, base(m.Source)+":"+m.Target)
		}
		for _, m := range s.Secrets {
			secrets = append(secrets, m.Source)
		}
		for other := range s.DependsOn {
			depends = append(depends, other)
		}
		v.set("ports", ports...)
		v.set("expose", s.Expose...)
		v.set("mounts", mounts...)
		v.set("secrets", secrets...)
		v.set("depends", depends...)
		v.set("profiles", s.Profiles...)
		if s.HealthCheck != nil {
			v["health"] = strings.TrimPrefix(strings.Join(s.HealthCheck.Test, " "), "CMD-SHELL ")
		}
		if s.Build != nil {
			v["build"] = filepath.Base(s.Build.Context)
		}
		if len(s.Command) > 0 {
			v["command"] = strings.Join(s.Command, " ")
		}
		if s.Scale != nil {
			v["replicas"] = fmt.Sprint(*s.Scale)
		}
		if s.Deploy != nil {
			if r := s.Deploy.Resources.Limits; r != nil {
				v["memory"] = fmt.Sprint(int64(r.MemoryBytes))
			}
			if s.Deploy.Replicas != nil {
				v["replicas"] = fmt.Sprint(*s.Deploy.Replicas)
			}
		}
		all[name] = v
	}
	return all, nil
}

// ours is what this package makes of the same files.
func ours(t *testing.T, dir string, names []string) map[string]view {
	t.Helper()
	var documents []source.Document
	for _, name := range names {
		text, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		more, err := source.Read(source.File{Name: name, Text: text})
		if err != nil {
			t.Fatal(err)
		}
		documents = append(documents, more...)
	}
	report := &draft.Report{}
	im := &importer{project: load(documents, folderOf(dir), report), app: &draft.App{Name: "shop"}, hosts: map[string]*service{}}
	im.find()
	all := map[string]view{}
	for _, s := range slices.Concat(im.services, im.outside) {
		if s.draft == nil {
			s.draft = &draft.Service{}
		}
		v := view{"image": s.image}
		for _, variable := range im.variablesOf(s) {
			if v["env "+variable.name] = variable.node.String(); variable.why != "" {
				v["env "+variable.name], _ = (&expander{}).expand(variable.node.String(), func(string) (string, bool) { return "", true })
			}
		}
		texts := func(n *source.Node, inner string) []string {
			var all []string
			for _, item := range n.List() {
				if item.Kind == source.Map {
					item = item.Get(inner)
				}
				text, _ := im.text(item)
				all = append(all, text)
			}
			return all
		}
		var ports, mounts []string
		for _, n := range s.node.Get("ports").List() {
			p, _ := im.readPort(n, true)
			for number := p.from; number <= p.to; number++ {
				ports = append(ports, fmt.Sprintf("%d/%s", number, p.protocol))
			}
		}
		for _, n := range s.node.Get("volumes").List() {
			m := mountOf(n.String())
			if n.Kind == source.Map {
				m = mount{n.Get("source").String(), n.Get("target").String(), ""}
			}
			mounts = append(mounts, base(m.source)+":"+m.target)
		}
		v.set("ports", ports...)
		v.set("expose", texts(s.node.Get("expose"), "")...)
		v.set("mounts", mounts...)
		v.set("secrets", texts(s.node.Get("secrets"), "source")...)
		v.set("profiles", texts(s.node.Get("profiles"), "")...)
		if depends := s.node.Get("depends_on"); depends != nil {
			v.set("depends", depends.Keys...)
		}
		joined := func(n *source.Node) string {
			if n != nil && n.Kind == source.Scalar {
				text, _ := im.text(n)
				return text
			}
			return strings.TrimPrefix(strings.Join(texts(n, ""), " "), "CMD-SHELL ")
		}
		if check := s.node.Get("healthcheck"); check != nil {
			v["health"] = joined(check.Get("test"))
		}
		if build := s.node.Get("build"); build != nil {
			context, _ := im.text(build.Get("context"))
			v["build"] = cmp.Or(filepath.Base(context), ".")
		}
		if n := s.node.Get("command"); n != nil {
			words, _ := im.split(n)
			if command := strings.Join(words, " "); command != "" {
				v["command"] = command
			}
		}
		if memory, _ := im.text(s.node.Get("deploy", "resources", "limits", "memory")); memory != "" {
			bytes, _ := bytesOf(memory)
			v["memory"] = fmt.Sprint(bytes)
		}
		if n := first(s.node.Get("deploy", "replicas"), s.node.Get("scale")); n != nil {
			v["replicas"], _ = im.text(n)
		}
		all[s.name] = v
	}
	return all
}

// base is the last part of a path, since the library makes paths absolute.
func base(path string) string {
	if path == "" {
		return ""
	}
	return filepath.Base(path)
}

func folderOf(dir string) source.Folder {
	return source.Folder{Name: "shop", Path: ".", Open: func(name string) ([]byte, error) { return os.ReadFile(filepath.Join(dir, name)) }}
}

// compared fails where both readers differ.
func compared(t *testing.T, dir string, names []string) (services int, refused error) {
	t.Helper()
	want, err := theirs(t, dir, names)
	if err != nil {
		return 0, err
	}
	got := ours(t, dir, names)
	if a, b := slices.Sorted(maps.Keys(got)), slices.Sorted(maps.Keys(want)); !slices.Equal(a, b) {
		t.Fatalf("services %q, want %q", a, b)
	}
	for name := range want {
		services++
		for _, key := range slices.Sorted(maps.Keys(merge(want[name], got[name]))) {
			if got[name][key] != want[name][key] {
				t.Errorf("%s: %s: got %q, want %q", name, key, got[name][key], want[name][key])
			}
		}
	}
	return services, nil
}

func merge(a, b view) view {
	all := maps.Clone(a)
	maps.Copy(all, b)
	return all
}

// TestOracle holds what is read of the golden files to what Compose's own library makes of
// them.
func TestOracle(t *testing.T) {
	folders, err := filepath.Glob("../testdata/compose/*/in")
	if err != nil || len(folders) == 0 {
		t.Fatal("no cases", err)
	}
	for _, dir := range folders {
		t.Run(filepath.Base(filepath.Dir(dir)), func(t *testing.T) {
			entries, err := os.ReadDir(dir)
			if err != nil {
				t.Fatal(err)
			}
			var names []string
			for _, e := range entries {
				names = append(names, e.Name())
			}
			if names = Claim(names); len(names) == 0 {
				t.Skip("none of Compose's own names")
			}
			whole, err := filepath.Abs(dir)
			if err != nil {
				t.Fatal(err)
			}
			services, err := compared(t, whole, names)
			switch refused := err != nil; {
			case refused && filepath.Base(filepath.Dir(dir)) == "open": // which has values that Compose refuses
			case refused:
				t.Error(err)
			case services == 0:
				t.Error("nothing was compared")
			}
		})
	}
}

// TestOracleRandom does so with random files: one, another that overrides it, and a third
// that services extend.
func TestOracleRandom(t *testing.T) {
	const rounds = 300
	services := 0
	for seed := range uint64(rounds) {
		r := rand.New(rand.NewPCG(seed, 22))
		dir := t.TempDir()
		for name, text := range map[string]string{
			"compose.yaml": randomFile(r, true), "compose.override.yaml": randomFile(r, false), "base.yaml": randomFile(r, false), ".env": "A=1\nB=two words\nC=\"$A-${B}\"\nEMPTY=\n",
			"some.env": "FROM_FILE='literal $A'\nTWO=\"a\\n$A\" # comment\nexport K0=file\n",
		} {
			if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		n, err := compared(t, dir, []string{"compose.yaml", "compose.override.yaml"})
		if services += n; err != nil {
			t.Error(err)
		}
		if t.Failed() {
			for _, name := range []string{"compose.yaml", "compose.override.yaml", "base.yaml"} {
				text, _ := os.ReadFile(filepath.Join(dir, name))
				t.Logf("seed %d: %s:\n%s", seed, name, text)
			}
			return
		}
	}
	t.Logf("%d services of %d apps alike", services, rounds)
}

// randomFile writes a Compose file with random keys in random forms.
func randomFile(r *rand.Rand, extends bool) string {
	pick := func(all ...string) string { return all[r.IntN(len(all))] }
	value := func() string {
		return pick("plain", "$A", "${B}", "${C:-d}", "${NONE:-x$A}", "${NONE-${A}}", "${EMPTY:-e}", "${EMPTY-e}", "${A:+set}", "${NONE:+set}", "a$$b", "${A}${B}", "${NONE}", "x${A:-y}z${NONE:-${EMPTY:-deep}}")
	}
	var b strings.Builder
	b.WriteString("services:\n")
	for _, name := range []string{"one", "two", "three"} {
		fmt.Fprintf(&b, "  %s:\n    image: %q\n", name, "img-"+pick("a", "b", "$A", "${NONE:-z}"))
		add := func(format string, args ...any) {
			if r.IntN(2) == 0 {
				fmt.Fprintf(&b, "    "+format+"\n", args...)
			}
		}
		if extends && name != "one" {
			add("%s", pick("extends: one", "extends: {service: one}", "extends: {file: base.yaml, service: two}"))
		}
		if r.IntN(2) == 0 {
			add("environment: {K%d: %q, K%d: %q, A: %d}", r.IntN(3), value(), 3+r.IntN(3), value(), r.IntN(9))
		} else {
			add("environment: [%q, %q, A]", fmt.Sprintf("K%d=%s", r.IntN(3), value()), fmt.Sprintf("K%d=%s", 3+r.IntN(3), value()))
		}
		add("env_file: %s", pick("some.env", "[some.env]", "[{path: some.env}]", "[{path: none.env, required: false}]"))
		add("ports: [%s]", pick(`"80"`, `"8080:80"`, `"127.0.0.1:53:53/udp"`, `{target: 3000, published: "3000"}`, `"9$A:9000"`, `"[::1]:99:98"`))
		add("expose: %s", pick("!reset []", "[80]"))
		add("volumes: [%s]", pick("data:/data", "{type: volume, source: other, target: /data}", "./src:/src:ro", "/anonymous", "{type: tmpfs, target: /data}", "other:/data"))
		add("secrets: [%s]", pick("s1", "s2", "{source: s1, target: t}"))
		add("depends_on: %s", pick("[one]", "{two: {condition: service_healthy}}", "[three]"))
		add("healthcheck: {test: %s}", pick(`"curl -f http://localhost/"`, `["CMD", "curl", "http://localhost:80/h"]`, `["CMD-SHELL", "wget $$X"]`))
		add("command: %s", pick(`["a", "b"]`, "run", "!reset null"))
		add("build: %s", pick("ctx", "{context: ctx2, target: t}"))
		add("profiles: [%s]", pick("p", "q"))
		add("deploy: {replicas: %d, resources: {limits: {memory: %s}}}", r.IntN(5), pick("512M", "1g", "64m", "1.5G", `"100000"`))
	}
	b.WriteString("volumes: {data: {}, other: {}}\nsecrets: {s1: {file: x}, s2: {file: y}}\n")
	return b.String()
}
