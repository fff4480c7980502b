package tree

import (
	"io/fs"
	"os"
	"path"
	"testing"
)

// Whatever ambi emits can be merged without its alignment.
func TestUnalignedEmitted(t *testing.T) {
	emitted := os.DirFS("../../" + baseDir)
	n := 0
	err := fs.WalkDir(emitted, ".", func(name string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() || path.Ext(name) != ".go" {
			return err
		}
		n++
		text, err := fs.ReadFile(emitted, name)
		if err != nil {
			return err
		}
		if _, ok := unaligned(text); !ok {
			t.Errorf("%s: gofmt does not bring it back", name)
		}
		return nil
	})
	if err != nil || n == 0 {
		t.Errorf("%d files, %v", n, err)
	}
}
