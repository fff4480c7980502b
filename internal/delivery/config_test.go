//go:build delivery

package delivery_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"ambi/generator"
	"ambi/spec"
	"ambi/target"
)

const deliveryPort = 4195

// facts are what the configuration depends on.
type facts struct {
	port, timeoutSeconds, atOnce int
	fifo                         bool
}

// emittedConfig is what the delivery container is told: ambi emits the program of a spec
// with these facts, and the program's own function makes the configuration of them. The rest
// of the program is left out, so that no SDK is compiled for it.
func emittedConfig(t *testing.T, f facts) string {
	t.Helper()
	app, err := spec.Parse("app.yaml", fmt.Appendf(nil, `apiVersion: ambi/v1
name: thumbs
targets: [kubernetes]
data: {originals: {bucket: {}}, orders: {queue: {fifo: true}}}
services:
  resize:
    image: example.com/thumbs:1
    port: %d
    timeout: %ds
    concurrency: %d
    %s
    kubernetes: {identity: irsa}
`, f.port, f.timeoutSeconds, f.atOnce, map[bool]string{false: "uploads: {from: originals}", true: "queue: {from: orders}"}[f.fifo]))
	if err != nil {
		t.Fatal(err)
	}
	files, err := generator.Generate(generator.InputOf(target.Resolve(app), "example.com/thumbs", spec.Kubernetes))
	if err != nil {
		t.Fatal(err)
	}
	texts := map[string]string{}
	for _, file := range files {
		texts[file.Path] = string(file.Content)
	}
	made := emitted(t, texts["stacks/kubernetes/delivery.go"], "deliveryPort", "delivery", "deliveryConfig")
	service := emitted(t, texts["stacks/kubernetes/resize_service.go"], "resizeFacts.port", "resizeFacts.timeoutSeconds", "resizeFacts.delivery")
	program := filepath.Join(t.TempDir(), "main.go")
	text := "package main\n\nimport \"fmt\"\n\n" + strings.Join(made, "\n\n") + `

type facts struct {
	port, timeoutSeconds int
	delivery             delivery
}

func main() { fmt.Print(deliveryConfig(facts{` + strings.Join(service, ", ") + `})) }
`
	if err := os.WriteFile(program, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command("go", "run", program).Output()
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	if port := fmt.Sprintf(`address: "0.0.0.0:%d"`, deliveryPort); !strings.Contains(string(out), port) {
		t.Fatalf("the configuration lacks %s:\n%s", port, out)
	}
	return string(out)
}

// emitted returns declarations of a file by what they declare, or, as name.field, a field
// with its value in what a variable points to.
func emitted(t *testing.T, text string, names ...string) []string {
	t.Helper()
	positions := token.NewFileSet()
	file, err := parser.ParseFile(positions, "", text, 0)
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]string{}
	source := func(n ast.Node) string {
		return text[positions.Position(n.Pos()).Offset:positions.Position(n.End()).Offset]
	}
	for _, d := range file.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			found[d.Name.Name] = source(d)
		case *ast.GenDecl:
			for _, s := range d.Specs {
				switch s := s.(type) {
				case *ast.TypeSpec:
					found[s.Name.Name] = source(d)
				case *ast.ValueSpec:
					found[s.Names[0].Name] = source(d)
					if literal, ok := s.Values[0].(*ast.CompositeLit); ok {
						for _, e := range literal.Elts {
							if field, ok := e.(*ast.KeyValueExpr); ok {
								found[s.Names[0].Name+"."+source(field.Key)] = source(field)
							}
						}
					}
				}
			}
		}
	}
	var list []string
	for _, name := range names {
		if found[name] == "" {
			t.Fatalf("the emitted file has no %s:\n%s", name, text)
		}
		list = append(list, found[name])
	}
	return list
}
