package tree

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// What stands in the way is refused by name, with and without Force, and
// nothing is written: not in the project, and not where a link leads to.
func TestBlocked(t *testing.T) {
	const outside = linkTo + "../outside"
	for name, c := range map[string]struct {
		lay  project
		want []string
	}{
		"link out for a folder": {
			project{"stacks/lambda": outside},
			[]string{"stacks/lambda: is a symbolic link to ../outside\nhint: "},
		},
		"link out for stacks": {
			project{"stacks": outside},
			[]string{"stacks: is a symbolic link to ../outside\nhint: "},
		},
		"link out for a file": {
			project{"stacks/lambda/api.go": outside + "/secret"},
			[]string{"stacks/lambda/api.go: is a symbolic link to ../outside/secret\n"},
		},
		"absolute link for a file": {
			project{"stacks/lambda/api.go": linkTo + "/etc/passwd"},
			[]string{"stacks/lambda/api.go: is a symbolic link to /etc/passwd\n"},
		},
		"link to a file inside": {
			project{"stacks/lambda/api.go": linkTo + "../main.go", "stacks/main.go": "mine\n"},
			[]string{"stacks/lambda/api.go: is a symbolic link to ../main.go\n"},
		},
		"link that leads nowhere": {
			project{"stacks/lambda/api.go": linkTo + "nowhere"},
			[]string{"stacks/lambda/api.go: is a symbolic link to nowhere\n"},
		},
		"link to a folder inside": {
			project{"stacks/lambda": linkTo + "kubernetes", "stacks/kubernetes/": ""},
			[]string{"stacks/lambda: is a symbolic link to kubernetes\n"},
		},
		"link out for the state": {
			project{"stacks/.ambi": outside},
			[]string{"stacks/.ambi: is a symbolic link to ../outside\n"},
		},
		"link out for the base texts": {
			project{"stacks/.ambi/base": linkTo + "../../outside"},
			[]string{"stacks/.ambi/base: is a symbolic link to ../../outside\n"},
		},
		"link out for a base text": {
			project{"stacks/.ambi/base/lambda/api.go": outside + "/secret"},
			[]string{"stacks/.ambi/base/lambda/api.go: is a symbolic link to ../outside/secret\n"},
		},
		"link out for the journal": {
			project{"stacks/.ambi/pending": outside},
			[]string{"stacks/.ambi/pending: is a symbolic link to ../outside\n"},
		},
		"folder for a file": {
			project{"stacks/lambda/api.go/note.txt": "mine\n"},
			[]string{"stacks/lambda/api.go: is a folder where ambi needs a file"},
		},
		"empty folder for a base text": {
			project{"stacks/.ambi/base/lambda/api.go/": ""},
			[]string{"stacks/.ambi/base/lambda/api.go: is a folder where ambi needs a file"},
		},
		"file for a folder": {
			project{"stacks/lambda": "mine\n"},
			[]string{"stacks/lambda: is a file where ambi needs a folder"},
		},
		"file for stacks": {
			project{"stacks": "mine\n"},
			[]string{"stacks: is a file where ambi needs a folder"},
		},
		"file for the state": {
			project{"stacks/.ambi": "mine\n"},
			[]string{"stacks/.ambi: is a file where ambi needs a folder"},
		},
		"text that is no base text": {
			project{"stacks/.ambi/base/.ambi/x": "odd\n"},
			[]string{"stacks/.ambi/base/.ambi/x: is no base text of ambi's"},
		},
		"several": {
			project{"stacks/lambda": outside, "stacks/kubernetes/stack.go/": "", "stacks/main.go": linkTo + "x"},
			[]string{
				"stacks/kubernetes/stack.go: is a folder where ambi needs a file\nstacks/lambda: is a symbolic link",
				"\nstacks/main.go: is a symbolic link",
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			all := t.TempDir()
			dir := filepath.Join(all, "project")
			c.lay.with(project{"Pulumi.yaml": "x\n"}).lay(t, dir)
			project{"outside/secret": "do not touch\n"}.lay(t, all)
			was := reading(t, all)
			files := emitted(project{
				"stacks/main.go": "new\n", "stacks/lambda/api.go": "new\n",
				"stacks/lambda/web.go": "new\n", "stacks/kubernetes/stack.go": "new\n",
			})
			for _, f := range []func() error{
				func() error { _, err := Compare(open(t, dir), files, Options{}); return err },
				func() error { _, err := Write(open(t, dir), files, Options{}); return err },
				func() error { _, err := Write(open(t, dir), files, Options{Force: true}); return err },
			} {
				err := f()
				var b *BlockedError
				if !errors.As(err, &b) {
					t.Fatalf("got %v, want a BlockedError", err)
				}
				for _, want := range c.want {
					if !strings.Contains(err.Error(), want) {
						t.Errorf("got error:\n%v\nwant in it:\n%s", err, want)
					}
				}
				if n := strings.Count(err.Error(), "stacks/lambda: "); n > 1 {
					t.Errorf("one folder is told %d times:\n%v", n, err)
				}
				same(t, "after the error", reading(t, all), was)
			}
		})
	}
}

// A broken journal is told apart from the user's files, with the way out.
func TestBrokenJournal(t *testing.T) {
	dir := t.TempDir()
	project{"stacks/.ambi/pending/manifest.json": "{"}.lay(t, dir)
	_, err := Write(open(t, dir), nil, Options{})
	if err == nil || !strings.HasPrefix(err.Error(), "stacks/.ambi/pending/manifest.json: not a manifest: ") ||
		!strings.HasSuffix(err.Error(), "\nhint: this is the journal of an interrupted `ambi generate`; delete stacks/.ambi/pending to give that run up") {
		t.Errorf("got %v", err)
	}
}

// FuzzJournal finishes a journal that anyone may have written: what is not
// ambi's stays as it is.
func FuzzJournal(f *testing.F) {
	f.Add([]byte(`{"version":1,"folders":[{"path":"stacks/a"}],"entries":[{"path":"stacks/a/x.go","file":"put","base":"put"}]}`))
	for _, name := range []string{".git/config", "stacks/../.git/config", "./.git/config"} {
		for _, action := range []action{put, drop} {
			f.Add(fmt.Appendf(nil, `{"version":1,"entries":[{"path":%q,"have":%q,"file":%q}]}`, name, hash([]byte("[core]\n")), action))
		}
	}
	f.Add([]byte(`{"version":1,"entries":[{"path":"stacks/.ambi/base/../../../.git/config","base":"drop"}]}`))
	f.Add([]byte(`{"version":1,"folders":[{"path":".git/hooks","made":true}],"entries":[]}`))
	f.Add([]byte(`{"version":1,"folders":[{"path":"stacks/.ambi/base/..","made":true}]}`))
	f.Add([]byte(`{"version":2}`))
	f.Add([]byte(`{`))
	f.Fuzz(func(t *testing.T, manifest []byte) {
		dir := fastDir(t)
		others := project{".git/config": "[core]\n", ".git/hooks/": "", "Pulumi.yaml": "x\n", "stacks/mine.go": "mine\n"}
		for _, state := range []string{"pending", "staging"} {
			others.with(project{
				"stacks/.ambi/" + state + "/manifest.json": string(manifest),
				"stacks/.ambi/" + state + "/0.new":         "bad\n",
				"stacks/.ambi/" + state + "/0.base":        "bad\n",
			}).lay(t, dir)
			_, _ = Write(open(t, dir), emitted(project{"stacks/main.go": "new\n"}), Options{})
			got := reading(t, dir)
			for name, text := range others {
				if g, ok := got[name]; !ok || g != text {
					t.Errorf("%s became %q, %v by %s", name, g, ok, manifest)
				}
			}
			if err := os.RemoveAll(filepath.Join(dir, "stacks/.ambi")); err != nil {
				t.Fatal(err)
			}
		}
	})
}
