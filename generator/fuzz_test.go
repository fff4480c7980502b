package generator_test

import (
	"cmp"
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"math/rand/v2"
	"path"
	"slices"
	"strconv"
	"strings"
	"testing"

	"ambi/generator"
	"ambi/internal/spectest"
	"ambi/spec"
	"ambi/target"
)

// FuzzGenerate generates from any valid spec, refused or not, and requires that
// the output is sound Go and that every value of the spec stands in it as the
// same constant.
func FuzzGenerate(f *testing.F) {
	for seed := range uint64(40) {
		f.Add(seed)
	}
	f.Add(uint64(120)) // a service with rights whose tokens Envoy Gateway checks: both have a policy
	f.Fuzz(func(t *testing.T, seed uint64) {
		text := spectest.Generate(rand.New(rand.NewPCG(seed, seed)))
		app, err := spec.Parse("app.yaml", text)
		if err != nil {
			t.Fatalf("%v\n%s", err, text)
		}
		files, err := generator.Generate(generator.InputOf(target.Resolve(app), "example.com/fuzz", spec.Targets()...))
		if err != nil {
			t.Fatalf("%v\n%s", err, text)
		}
		requireFormatted(t, files)
		if slices.ContainsFunc(app.ServiceNames(), func(name string) bool { return app.TriggerOf(name) == "worker" && app.Services[name].For(spec.Lambda) }) {
			// Nothing starts a worker on Lambda, which refuses it, so that its program has no end.
			files = slices.DeleteFunc(files, func(f generator.File) bool { return strings.HasPrefix(f.Path, "stacks/lambda/") })
		}
		constants := compile(t, files)
		for name, s := range app.Services {
			onLambda, onKubernetes := constants["stacks/lambda"], constants["stacks/kubernetes"]
			if !s.For(spec.Lambda) {
				onLambda = nil // it has nothing of the service
			}
			if !s.For(spec.Kubernetes) {
				onKubernetes = nil
			}
			for key, value := range s.Env {
				requireConstants(t, onLambda, name, key, value)
				requireConstants(t, onKubernetes, name, key, value)
			}
			for key, secret := range s.Secrets {
				requireConstants(t, onLambda, name, key+"_SECRET", secret.Name, secret.Key)
				requireConstants(t, onKubernetes, name, key, secret.Name, secret.Key)
			}
			for _, route := range s.HTTP.Routes {
				requireConstants(t, onLambda, name, route.String())
			}
			if u := s.Uploads; u != nil {
				requireConstants(t, constants["stacks/data"], name, u.Prefix, u.Suffix)
			}
			if e, ok := app.Events(name); ok && !e.Pull {
				requireConstants(t, onKubernetes, name, e.Path)
			}
			for _, rights := range s.Uses {
				for _, prefixes := range rights {
					requireConstants(t, onLambda, name, prefixes...)
					requireConstants(t, onKubernetes, name, prefixes...)
				}
			}
			image, cpu := cmp.Or(s.Image, app.Image), s.CPU
			if s.Kubernetes.CPU != nil {
				cpu = *s.Kubernetes.CPU
			}
			requireConstants(t, onKubernetes, name, image, cpu.String(), s.Kubernetes.Namespace)
			if s.Worker == nil { // which is asked for its health only where the spec says so
				requireConstants(t, onKubernetes, name, s.Health.Path)
			}
			switch {
			case s.Lambda.Zip != "":
				requireConstants(t, onLambda, name, "../"+s.Lambda.Zip)
				requireConstants(t, onLambda, name, s.Lambda.Layers...)
			case s.Lambda.Image != "":
				requireConstants(t, onLambda, name, s.Lambda.Image)
			default:
				requireConstants(t, onLambda, name, image)
			}
		}
	})
}

func requireConstants(t *testing.T, constants map[string]bool, service string, values ...string) {
	t.Helper()
	for _, value := range values {
		if value != "" && constants != nil && !constants[value] {
			t.Errorf("%s: no constant is %q", service, value)
		}
	}
}

// compile type-checks each package on its own, taking everything imported on
// trust, and returns the string constants of each folder.
func compile(t *testing.T, files []generator.File) map[string]map[string]bool {
	t.Helper()
	positions := token.NewFileSet()
	packages := map[string][]*ast.File{}
	constants := map[string]map[string]bool{}
	for _, f := range files {
		dir := path.Dir(f.Path)
		parsed, err := parser.ParseFile(positions, f.Path, f.Content, 0)
		if err != nil {
			t.Fatal(err)
		}
		packages[dir+" "+parsed.Name.Name] = append(packages[dir+" "+parsed.Name.Name], parsed)
		if constants[dir] == nil {
			constants[dir] = map[string]bool{}
		}
		ast.Inspect(parsed, func(n ast.Node) bool {
			if lit, ok := n.(*ast.BasicLit); ok && lit.Kind == token.STRING {
				value, err := strconv.Unquote(lit.Value)
				if err != nil {
					t.Error(err)
				}
				constants[dir][value] = true
			}
			return true
		})
	}
	for dir, parsed := range packages {
		config := types.Config{
			Importer: nothing{},
			Error: func(err error) {
				if !strings.Contains(err.Error(), "could not import") {
					t.Errorf("%s: %v", dir, err)
				}
			},
		}
		_, _ = config.Check(dir, positions, parsed, nil) // errors went to Error
	}
	return constants
}

// nothing imports nothing: the checker then takes every use of a package on trust.
type nothing struct{}

func (nothing) Import(string) (*types.Package, error) { return nil, errors.New("not here") }
