package generator

import (
	"os"
	"path/filepath"
	"testing"

	"ambi/spec"
	"ambi/target/kubernetes"
	"ambi/target/lambda"
)

func TestDump(t *testing.T) {
	text, _ := os.ReadFile("../app/app.yaml")
	app, err := spec.Parse("app/app.yaml", text)
	if err != nil {
		t.Fatal(err)
	}
	l, _ := lambda.Resolve(app)
	k, _ := kubernetes.Resolve(app)
	files, err := Generate(Input{App: app.Name, Module: "ambi", Lambda: &l, Kubernetes: &k})
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		os.MkdirAll(filepath.Dir("/tmp/out/"+f.Path), 0o755)
		os.WriteFile("/tmp/out/"+f.Path, f.Content, 0o644)
	}
}
