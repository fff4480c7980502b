package generator_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestGoldenProjects compiles every golden project and runs its emitted tests.
//
// They are linked into one program: a test program for each of their packages would hold the
// provider SDKs once more, and linking those takes several seconds. So the tests
// of a package are compiled as a part of it, and "go test ./..." as a user runs it is left to
// ambi's own stacks, and to the packages whose text is the same in all projects.
func TestGoldenProjects(t *testing.T) {
	if testing.Short() {
		t.Skip("compiles the provider SDKs")
	}
	files := map[string][]byte{}
	sources := t.TempDir()
	var tested []testedPackage
	for _, name := range cases(t) {
		all := project(t, name, goldenModules+name)
		writeSources(t, filepath.Join(sources, name), all)
		tested = append(tested, withTests(t, name, all, files)...)
	}
	if len(tested) == 0 {
		t.Fatal("no package to test")
	}
	files["all_test.go"] = allTests(tested)
	// The go command vets what it tests, in the packages' folders, which are in the overlay alone.
	cmd := exec.Command("go", "test", "-vet=off", overlayOf(t, files), "./testdata")
	cmd.Env = append(os.Environ(), "GOLDEN_SOURCES="+sources)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
}

// writeSources writes a golden project's Go files as a user has them: their tests read them.
func writeSources(t *testing.T, dir string, all map[string][]byte) {
	t.Helper()
	for name, text := range all {
		file := filepath.Join(dir, filepath.FromSlash(name))
		if filepath.Ext(file) != ".go" {
			continue
		}
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, text, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// testedPackage is a package of a golden project that has its tests among its own files.
type testedPackage struct{ path, folder, name string }

// withTests adds all Go files of a golden project to files, by their path below testdata. Packages of
// which a file is on disk have their tests among the others; the text of the rest
// is the same everywhere.
func withTests(t *testing.T, name string, all, files map[string][]byte) []testedPackage {
	t.Helper()
	own := map[string]bool{} // folders of the project that something is in on disk
	for file := range all {
		_, err := os.Stat(filepath.Join("testdata", name, filepath.FromSlash(file)))
		own[path.Dir(file)] = own[path.Dir(file)] || err == nil && strings.HasSuffix(file, ".go")
	}
	for folder, isOwn := range own {
		text, err := os.ReadFile(filepath.Join("testdata", name, filepath.FromSlash(folder), handWritten))
		if isOwn && err == nil {
			all[folder+"/"+handWritten] = text
		}
	}
	found := map[testedPackage][]string{} // the tests
	for file, text := range all {
		folder := path.Dir(file)
		base, isTest := strings.CutSuffix(path.Base(file), "_test.go")
		switch {
		case !strings.HasSuffix(file, ".go") || isTest && !own[folder]:
			continue
		case isTest:
			packageName, tests := declared(t, file, text)
			of := folder
			if strings.HasSuffix(packageName, "_test") { // it imports the package, and so needs a folder of its own
				folder += "/" + packageName
			}
			if packageName == "main" {
				packageName = importable
			}
			p := testedPackage{name + "/" + folder, name + "/" + of, packageName}
			found[p] = append(found[p], tests...)
			files[name+"/"+file] = nil // what is on disk of it
			file = folder + "/" + base + "_tested.go"
		}
		files[name+"/"+file] = packageMain.ReplaceAll(text, []byte("package "+importable))
	}
	var packages []testedPackage
	for p, tests := range found {
		if len(tests) == 0 {
			continue
		}
		slices.Sort(tests)
		var list strings.Builder
		for _, test := range tests {
			fmt.Fprintf(&list, "\t{Name: %[1]q, F: %[1]s},\n", test)
		}
		files[p.path+"/tests.go"] = fmt.Appendf(nil, "package %s\n\nimport \"testing\"\n\nvar Tests = []testing.InternalTest{\n%s}\n", p.name, list.String())
		packages = append(packages, p)
	}
	slices.SortFunc(packages, func(a, b testedPackage) int { return strings.Compare(a.path, b.path) })
	return packages
}

// importable is the package main of a golden project, which nothing could import.
const importable = "program"

var packageMain = regexp.MustCompile(`(?m)^package main$`)

// declared are the package of a Go file and the tests in it.
func declared(t *testing.T, name string, text []byte) (packageName string, tests []string) {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), name, text, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range file.Decls {
		if f, ok := d.(*ast.FuncDecl); ok && f.Recv == nil && strings.HasPrefix(f.Name.Name, "Test") && f.Name.Name != "TestMain" {
			tests = append(tests, f.Name.Name)
		}
	}
	return file.Name.Name, tests
}

// allTests is a test for each of the packages.
func allTests(packages []testedPackage) []byte {
	var imports, list strings.Builder
	for i, p := range packages {
		fmt.Fprintf(&imports, "\tp%d %q\n", i, goldenModules+p.path)
		fmt.Fprintf(&list, "\t\t%q: p%d.Tests,\n", p.folder, i)
	}
	return fmt.Appendf(nil, `package golden_test

import (
	"os"
	"path/filepath"
	"testing"

%s)

func TestAll(t *testing.T) {
	for folder, tests := range map[string][]testing.InternalTest{
%s	} {
		t.Run(folder, func(t *testing.T) {
			t.Chdir(filepath.Join(os.Getenv("GOLDEN_SOURCES"), folder))
			for _, test := range tests {
				t.Run(test.Name, test.F)
			}
		})
	}
}
`, imports.String(), list.String())
}
