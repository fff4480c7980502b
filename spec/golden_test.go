package spec_test

import (
	"encoding/json"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"ambi/internal/problem"
	"ambi/spec"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// TestValid parses each testdata/valid/*.yaml and compares the whole app,
// defaults included, with the .json beside it.
func TestValid(t *testing.T) {
	for _, path := range cases(t, "valid", ".json") {
		t.Run(filepath.Base(path), func(t *testing.T) {
			app, err := spec.Parse(filepath.Base(path), read(t, path))
			if err != nil {
				t.Fatal(err)
			}
			got, err := json.MarshalIndent(app, "", "  ")
			if err != nil {
				t.Fatal(err)
			}
			golden(t, strings.TrimSuffix(path, ".yaml")+".json", string(got)+"\n")
		})
	}
}

// TestInvalid parses each testdata/invalid/*.yaml and compares the whole text
// of the error with the .txt beside it.
func TestInvalid(t *testing.T) {
	for _, path := range cases(t, "invalid", ".txt") {
		t.Run(filepath.Base(path), func(t *testing.T) {
			app, err := spec.Parse(filepath.Base(path), read(t, path))
			if app != nil || err == nil {
				t.Fatalf("parsed as %+v", app)
			}
			if _, ok := errors.AsType[problem.List](err); !ok {
				t.Fatalf("the error is a %T", err)
			}
			golden(t, strings.TrimSuffix(path, ".yaml")+".txt", err.Error()+"\n")
		})
	}
}

// cases lists the inputs in a folder of testdata. Anything else there that is
// not an input's golden file is an orphan.
func cases(t *testing.T, folder, ext string) []string {
	t.Helper()
	all, err := filepath.Glob(filepath.Join("testdata", folder, "*"))
	if err != nil || len(all) == 0 {
		t.Fatalf("no files in testdata/%s: %v", folder, err)
	}
	var inputs []string
	for _, path := range all {
		switch filepath.Ext(path) {
		case ".yaml":
			inputs = append(inputs, path)
		case ext:
			if _, err := os.Stat(strings.TrimSuffix(path, ext) + ".yaml"); err != nil {
				t.Errorf("%s: no test writes this file; remove it", path)
			}
		default:
			t.Errorf("%s: no test reads this file", path)
		}
	}
	return inputs
}

func read(t *testing.T, path string) []byte {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// golden compares got with a file, or with -update writes the file.
func golden(t *testing.T, path, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if want := string(read(t, path)); got != want {
		t.Errorf("%s differs (go test -update rewrites it)\ngot:\n%s\nwant:\n%s", path, got, want)
	}
}
