package gitmerge_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"ambi/generator/tree"
	"ambi/internal/gitmerge"
)

const base = "1\n2\n3\n4\n5\n6\n7\n8\n9\n"

func needGit(t *testing.T) {
	t.Helper()
	if _, _, err := gitmerge.New(t.Context())(nil, nil, nil); err != nil {
		t.Skip(err)
	}
}

func TestMerge(t *testing.T) {
	needGit(t)
	edit := func(text string, lines ...string) string {
		return strings.NewReplacer(lines...).Replace(text)
	}
	for name, c := range map[string]struct {
		yours, base, want string
		text              string
		conflicts         bool
	}{
		"apart": {edit(base, "2\n", "two\n"), base, edit(base, "8\n", "eight\n"), edit(base, "2\n", "two\n", "8\n", "eight\n"), false},
		"the same change": {
			edit(base, "2\n", "two\n"), base, edit(base, "2\n", "two\n"),
			edit(base, "2\n", "two\n"), false,
		},
		"the same line": {
			edit(base, "2\n", "zwei\n"), base, edit(base, "2\n", "two\n"),
			edit(base, "2\n", "<<<<<<< yours\nzwei\n||||||| ambi wrote\n2\n=======\ntwo\n>>>>>>> ambi would write\n"), true,
		},
		"removed and changed": {
			edit(base, "2\n", ""), base, edit(base, "2\n", "two\n"),
			edit(base, "2\n", "<<<<<<< yours\n||||||| ambi wrote\n2\n=======\ntwo\n>>>>>>> ambi would write\n"), true,
		},
		"no newline at the end": {"1\nx", "1\nx", "1\nx\ny", "1\nx\ny", false},
		"all empty":             {"", "", "", "", false},
		"emptied":               {"", base, base, "", false},
	} {
		t.Run(name, func(t *testing.T) {
			text, conflicts, err := gitmerge.New(t.Context())([]byte(c.yours), []byte(c.base), []byte(c.want))
			if err != nil {
				t.Fatal(err)
			}
			if string(text) != c.text || conflicts != c.conflicts {
				t.Errorf("got conflicts %v:\n%s\nwant %v:\n%s", conflicts, text, c.conflicts, c.text)
			}
		})
	}
}

// The number of conflicts is git's exit code, which cannot be any number.
func TestManyConflicts(t *testing.T) {
	needGit(t)
	side := func(of string) []byte {
		return []byte(strings.Repeat(of+"\nx\nx\nx\nx\n", 300))
	}
	text, conflicts, err := gitmerge.New(t.Context())(side("yours"), side("base"), side("want"))
	if err != nil || !conflicts || strings.Count(string(text), "<<<<<<< yours\n") != 300 {
		t.Errorf("got %d conflicts, %v, %v", strings.Count(string(text), "<<<<<<< yours\n"), conflicts, err)
	}
}

func TestUnmergeable(t *testing.T) {
	needGit(t)
	unmergeable := func(t *testing.T, want string) {
		t.Helper()
		_, _, err := gitmerge.New(t.Context())([]byte("a\x00b\n"), []byte("a\n"), []byte("b\n"))
		var u *tree.UnmergeableError
		if !errors.As(err, &u) || !strings.Contains(u.Reason, want) || u.Hint == "" {
			t.Errorf("got %v, want an UnmergeableError with %q", err, want)
		}
	}
	t.Run("binary", func(t *testing.T) { unmergeable(t, "Cannot merge binary files") })
	t.Run("no git", func(t *testing.T) {
		t.Setenv("PATH", t.TempDir())
		unmergeable(t, "git is not on PATH")
	})
	// What macOS has in git's place before its tools are installed.
	t.Run("a stub", func(t *testing.T) {
		dir := t.TempDir()
		stub := "#!/bin/sh\necho 'xcode-select: no developer tools were found' >&2\nexit 1\n"
		if err := os.WriteFile(filepath.Join(dir, "git"), []byte(stub), 0o755); err != nil {
			t.Fatal(err)
		}
		t.Setenv("PATH", dir)
		unmergeable(t, "no developer tools were found")
	})
}

// The machine's own failures are not the texts'.
func TestFailures(t *testing.T) {
	needGit(t)
	merge := func(ctx context.Context) error {
		_, _, err := gitmerge.New(ctx)([]byte("a\n"), []byte("a\n"), []byte("b\n"))
		return err
	}
	var u *tree.UnmergeableError
	t.Run("no temporary folder", func(t *testing.T) {
		t.Setenv("TMPDIR", filepath.Join(t.TempDir(), "missing"))
		if err := merge(t.Context()); err == nil || errors.As(err, &u) {
			t.Errorf("got %v", err)
		}
	})
	t.Run("interrupted", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if err := merge(ctx); !errors.Is(err, context.Canceled) {
			t.Errorf("got %v", err)
		}
	})
}

// The user's configuration has no say, and nothing is left behind.
func TestApart(t *testing.T) {
	needGit(t)
	home, temp := t.TempDir(), t.TempDir()
	config := "[merge]\n\tconflictStyle = nonsense\n[core]\n\tautocrlf = true\n"
	if err := os.WriteFile(filepath.Join(home, ".gitconfig"), []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("HOME", home)
	t.Setenv("TMPDIR", temp)
	t.Setenv("GIT_DIR", filepath.Join(home, "nowhere"))
	text, conflicts, err := gitmerge.New(t.Context())([]byte("0\n1\n2\n3\n"), []byte("1\n2\n3\n"), []byte("1\n2\n3\n4\n"))
	if err != nil || conflicts || string(text) != "0\n1\n2\n3\n4\n" {
		t.Errorf("got %q, %v, %v", text, conflicts, err)
	}
	left, err := os.ReadDir(temp)
	if err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}
