package lifecycle

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"ambi/generator"
	"ambi/spec"
	"ambi/target"
	"ambi/target/data"
)

// Program is a project whose one program holds the emitted programs of several specs,
// each as ambi emits it. Its main, which is the test's own, picks one by the setting variant.
// The project is called life.
type Program struct {
	t   *testing.T
	dir string

	Variants []Variant            // what was added
	Data     map[string]DataStack // what programs read of a data stack, by the variant's name
	// Settings are what stacks beside the app's must have and has no default. Those of all variants
	// stand in the stack's file.
	Settings map[Variant]map[string]string
}

// DataStack is what a variant's program reads of the stack of its data.
type DataStack struct {
	App     string
	Outputs map[string]any
}

// DataTarget and TrafficTarget stand for the programs beside an app's own among the targets of
// variants.
const (
	DataTarget    = spec.Target("data")
	TrafficTarget = spec.Target("traffic")
)

// Variant is one spec's program for one target.
type Variant struct {
	Name   string
	Target spec.Target
}

// NewProgram begins a program in an empty folder.
func NewProgram(t *testing.T, dir string) *Program {
	return &Program{t: t, dir: dir, Data: map[string]DataStack{}, Settings: map[Variant]map[string]string{}}
}

// Add adds the programs of a variant. A target without a spec has none.
func (b *Program) Add(name string, onLambda, onKubernetes []byte) {
	b.t.Helper()
	in := generator.Input{App: "life", Module: "example.com/life/" + name}
	for i, text := range [][]byte{onLambda, onKubernetes} {
		if text == nil {
			continue
		}
		on := spec.Targets()[i]
		app, err := spec.Parse(name+" on "+string(on), text)
		if err != nil {
			b.t.Fatalf("%v\n%s", err, text)
		}
		resolved := target.Resolve(app)
		if refused := resolved.Findings.Of(on).Refused(); len(refused) > 0 {
			b.t.Fatal(refused)
		}
		in.App = app.Name
		if !resolved.Data.Empty() {
			in.Data = &resolved.Data
			b.Data[name] = DataStack{app.Name, dataOutputs(app.Name, &resolved.Data)}
		}
		if !resolved.Traffic.Empty() {
			in.Traffic, in.First = &resolved.Traffic, app.Targets[0]
		}
		if on == spec.Lambda {
			in.Lambda = &resolved.Lambda
		} else {
			in.Kubernetes = &resolved.Kubernetes
		}
	}
	files, err := generator.Generate(in)
	if err != nil {
		b.t.Fatal(err)
	}
	b.AddFiles(name, files, in.Targets()...)
	beside, err := generator.ProgramsBeside(in)
	if err != nil {
		b.t.Fatal(err)
	}
	for _, program := range beside {
		b.addBeside(name, program, files)
	}
}

// dataOutputs are what a data stack exports, in the forms that AWS gives them.
func dataOutputs(app string, m *data.Model) map[string]any {
	outputs := map[string]any{"region": "us-east-1", "consumer": "lambda"}
	for _, o := range m.Outputs() {
		outputs[o.Name()] = o.Example(app+"-"+o.Data, "us-east-1")
	}
	return outputs
}

// addBeside adds a program beside the app's own as a variant: a package, where ambi emits a
// command.
func (b *Program) addBeside(name string, program generator.Beside, files []generator.File) {
	b.t.Helper()
	of := path.Base(program.Folder)
	for _, f := range files {
		if strings.HasPrefix(f.Path, program.Folder+"/") && !strings.HasSuffix(f.Path, "_test.go") {
			text := strings.TrimPrefix(strings.Replace("\n"+string(f.Content), "\npackage main\n", "\npackage "+of+"\n", 1), "\n")
			b.file(name+"/"+f.Path, []byte(strings.Replace(text, "func main() {\n\tpulumi.Run(deploy)\n}", "// Deploy is what main runs.\nvar Deploy = deploy", 1)))
		}
	}
	v := Variant{name, spec.Target(of)}
	b.Variants = append(b.Variants, v)
	b.Settings[v] = maps.Clone(program.Placeholders)
	delete(b.Settings[v], "subnetIds") // which every stack has
}

// AddFiles adds a program whose module is example.com/life/ and the variant's name.
func (b *Program) AddFiles(name string, files []generator.File, targets ...spec.Target) {
	b.t.Helper()
	for _, f := range files {
		if beside := slices.Contains([]string{generator.DataFolder, generator.TrafficFolder}, path.Dir(f.Path)); !beside &&
			f.Path != "stacks/main.go" && !strings.HasSuffix(f.Path, "_test.go") && !strings.Contains(f.Path, "stacktest") {
			b.file(name+"/"+f.Path, f.Content)
		}
	}
	for _, on := range targets {
		b.Variants = append(b.Variants, Variant{name, on})
	}
}

func (b *Program) file(name string, content []byte) {
	b.t.Helper()
	name = filepath.Join(b.dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		b.t.Fatal(err)
	}
	if err := os.WriteFile(name, content, 0o600); err != nil {
		b.t.Fatal(err)
	}
}

// Write writes what holds the variants together, and builds it once: the language host would ask
// the go command before each operation whether there is something to build.
func (b *Program) Write() {
	b.t.Helper()
	files, err := generator.Module("example.com/life")
	if err != nil {
		b.t.Fatal(err)
	}
	for _, f := range files {
		b.file(f.Path, f.Content)
	}
	var imports, cases strings.Builder
	for _, v := range b.Variants {
		fmt.Fprintf(&imports, "\t%[1]s%[2]s \"example.com/life/%[1]s/stacks/%[2]s\"\n", v.Name, v.Target)
		fmt.Fprintf(&cases, "\t\tcase \"%[1]s %[2]s\":\n\t\t\treturn %[1]s%[2]s.Deploy(ctx)\n", v.Name, v.Target)
	}
	b.file("stacks/main.go", []byte(`package main

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi/config"

`+imports.String()+`)

func main() {
	pulumi.Run(func(ctx *pulumi.Context) error {
		switch read := config.New(ctx, ""); read.Require("variant") + " " + read.Require("target") {
`+cases.String()+`		}
		panic("no such variant")
	})
}
`))
	active := "  life:active: true\n" // where no data's stack says which target is
	if len(b.Data) > 0 {
		active = ""
	}
	binary := filepath.Join(b.dir, "bin", "life")
	b.file("Pulumi.yaml", fmt.Appendf(nil, "name: life\nmain: stacks\nruntime: {name: go, options: {binary: %q}}\n", binary))
	for _, target := range append(spec.Targets(), DataTarget, TrafficTarget) {
		settings := active
		own := map[string]string{}
		for v, of := range b.Settings {
			if v.Target == target {
				maps.Copy(own, of)
			}
		}
		for _, key := range slices.Sorted(maps.Keys(own)) {
			settings += fmt.Sprintf("  life:%s: %s\n", key, own[key])
		}
		b.file("Pulumi."+string(target)+".yaml", []byte(`config:
  life:target: `+string(target)+`
  aws:region: us-east-1
  life:certificateArn: arn:aws:acm:us-east-1:123456789012:certificate/life
  life:subnetIds: subnet-1,subnet-2
  life:securityGroupIds: sg-1
  life:clusterName: life
  life:podSecurityGroupId: sg-2
  life:consumer: lambda
  life:dataStack: main
  life:kedaRoleArn: arn:aws:iam::123456789012:role/keda-operator
  life:oidcProviderArn: arn:aws:iam::123456789012:oidc-provider/oidc.eks.us-east-1.amazonaws.com/id/LIFE
  life:apiArn: arn:aws:execute-api:us-east-1:123456789012:a1b2c3d4e5
`+settings))
	}
	cmd := exec.Command("go", "build", "-o", binary, "./stacks")
	cmd.Dir = b.dir
	if said, err := cmd.CombinedOutput(); err != nil {
		b.t.Fatalf("%v\n%s", err, said)
	}
}

// Zips builds what functions run that have no image.
func (b *Program) Zips(names ...string) {
	b.t.Helper()
	for _, name := range names {
		var archive bytes.Buffer
		w := zip.NewWriter(&archive)
		entry, err := w.Create("bootstrap")
		if err != nil {
			b.t.Fatal(err)
		}
		fmt.Fprint(entry, name)
		if err := w.Close(); err != nil {
			b.t.Fatal(err)
		}
		b.file("app/build/"+name+".zip", archive.Bytes())
	}
}

// SettingsOf puts a variant's settings into its stack's configuration file, in place of those of
// all variants: a program refuses settings of what it does not have.
func (b *Program) SettingsOf(variant Variant, file []byte) ([]byte, error) {
	var stack map[string]any
	if err := yaml.Unmarshal(file, &stack); err != nil {
		return nil, err
	}
	config, ok := stack["config"].(map[string]any)
	if !ok {
		return nil, errors.New("the file has no configuration")
	}
	for v, settings := range b.Settings {
		for key := range settings {
			if v.Target == variant.Target {
				delete(config, "life:"+key)
			}
		}
	}
	for key, value := range b.Settings[variant] {
		config["life:"+key] = value
	}
	return yaml.Marshal(stack)
}
