package kinds_test

import (
	"bytes"
	"flag"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"ambi/internal/kinds"
	"ambi/spec"
	"ambi/target"
	"ambi/target/finding"
)

var update = flag.Bool("update", false, "write docs/kinds.md anew")

const root = "../../"

// Each room of each kind has its file, under the kind's name where it is Go, or says
// why it has none.
func TestEveryKindHasItsRooms(t *testing.T) {
	for _, k := range kinds.All() {
		for _, room := range k.Rooms() {
			if (len(room.Files) == 0) == (room.None == "") {
				t.Errorf("%s, %s: name files, or say why there are none", k.Name, room.Name)
			}
			named := false
			for _, file := range room.Files {
				if info, err := os.Stat(root + file); err != nil || info.Size() == 0 {
					t.Errorf("%s, %s: no file %s", k.Name, room.Name, file)
				}
				named = named || path.Base(file) == k.Name+".go" || path.Ext(file) != ".go"
			}
			if room.Files != nil && !named && room.Name != "simulate" { // which has an entry in an engine

				t.Errorf("%s, %s: none of %v is named %s.go", k.Name, room.Name, room.Files, k.Name)
			}
		}
	}
}

// No Go file is two kinds', and the files of a target are a kind's or every
// service's.
func TestNoFileIsOfTwoKinds(t *testing.T) {
	owner := map[string]string{}
	for _, k := range kinds.All() {
		for _, room := range k.Rooms() {
			for _, file := range room.Files {
				if other := owner[file]; other != "" && path.Ext(file) == ".go" && room.Name != "simulate" {
					t.Errorf("%s is %s's and %s's", file, other, k.Name)
				}
				owner[file] = k.Name
			}
		}
	}
	everyones := []string{"model.go", "resolve.go", "limits.go", "scale.go", "environment.go", "options.go", "text.go", "command.go"}
	for _, dir := range []string{"target/lambda", "target/kubernetes"} {
		files, err := filepath.Glob(root + dir + "/*.go")
		if err != nil || files == nil {
			t.Fatalf("%s: %v", dir, err)
		}
		for _, file := range files {
			name := filepath.Base(file)
			if !strings.HasSuffix(name, "_test.go") && !slices.Contains(everyones, name) && owner[dir+"/"+name] == "" {
				t.Errorf("%s/%s is of no kind", dir, name)
			}
		}
	}
}

// Each key of a service is a kind's or every service's, and a kind's file in spec
// declares the type of its keys.
func TestEveryKeyHasAKind(t *testing.T) {
	var check func(of reflect.Type, at string, ofTarget bool)
	check = func(of reflect.Type, at string, ofTarget bool) {
		for i := range of.NumField() {
			name, _, _ := strings.Cut(of.Field(i).Tag.Get("json"), ",")
			key := at + "." + name
			field := of.Field(i).Type
			kind, isKind := kinds.Of(key)
			switch {
			case isKind && slices.Contains(kind.Keys, key):
				for field.Kind() == reflect.Pointer || field.Kind() == reflect.Slice || field.Kind() == reflect.Map && field.Name() == "" {
					field = field.Elem()
				}
				if !declares(t, kind.Spec.Files, field.Name()) {
					t.Errorf("%v does not declare type %s of %s", kind.Spec.Files, field.Name(), key)
				}
				if field.Kind() == reflect.Struct {
					check(field, key, false)
				}
			case isKind || slices.Contains(kinds.Common(), key) || ofTarget && field.Kind() == reflect.Bool:
			case field.Kind() == reflect.Struct && (name == string(spec.Lambda) || name == string(spec.Kubernetes)):
				check(field, key, true)
			default:
				t.Errorf("%s is no kind's key, nor every service's: give it a row", key)
			}
		}
	}
	check(reflect.TypeFor[spec.Service](), "services.*", false)
	check(reflect.TypeFor[spec.Data](), "data.*", false)
}

func declares(t *testing.T, files []string, name string) bool {
	t.Helper()
	for _, file := range files {
		parsed, err := parser.ParseFile(token.NewFileSet(), root+file, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range parsed.Decls {
			if g, ok := d.(*ast.GenDecl); ok {
				for _, s := range g.Specs {
					if s, ok := s.(*ast.TypeSpec); ok && s.Name.Name == name {
						return true
					}
				}
			}
		}
	}
	return false
}

// A kind's golden spec has each of its keys, and both targets say what becomes of
// them there.
func TestEveryKindHasAGoldenSpec(t *testing.T) {
	for _, k := range kinds.All() {
		text, err := os.ReadFile(root + k.Golden)
		if err != nil {
			t.Fatal(err)
		}
		app, err := spec.Parse(k.Golden, text)
		if err != nil {
			t.Fatal(err)
		}
		resolved := target.Resolve(app)
		for _, key := range k.Keys {
			names := slices.Concat(resolved.Services(), app.DataNames())
			given := slices.ContainsFunc(names, func(name string) bool {
				return app.Given(strings.Replace(key, "*", name, 1))
			})
			if !given {
				t.Errorf("%s has no %s", k.Golden, key)
			}
			for _, on := range spec.Targets() {
				said := slices.ContainsFunc(resolved.Findings.Of(on), func(f finding.Finding) bool {
					return slices.ContainsFunc(names, func(name string) bool {
						return kinds.Within(f.Path, strings.Replace(key, "*", name, 1))
					})
				})
				if !said {
					t.Errorf("%s: target %s says nothing of %s", k.Golden, on, key)
				}
			}
		}
	}
}

func TestPage(t *testing.T) {
	const page = root + "docs/kinds.md"
	want := kinds.Markdown()
	if *update {
		if err := os.WriteFile(page, want, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	have, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(have, want) {
		t.Error("docs/kinds.md is stale; run: go test ./internal/kinds -update, and read the difference")
	}
}
