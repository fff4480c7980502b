// Package gitmerge merges texts with git's own three-way merge, for
// [ambi/generator/tree]:
//
//	changes, err := tree.Write(root, files, tree.Options{Merge: gitmerge.New(ctx)})
//
// It runs `git merge-file`, which needs no repository: the texts go into a
// temporary folder that is removed again. No configuration of the user's has a
// say, so the same texts give the same result everywhere.
package gitmerge

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"ambi/generator/tree"
	"ambi/internal/scratch"
)

// What the sides of a conflict are called in the markers.
const (
	Yours = "yours"
	Base  = "ambi wrote"
	Want  = "ambi would write"
)

// New returns a merge by git. Ending the context stops it.
//
// Texts that git refuses to merge, and a machine without git, are a
// [tree.UnmergeableError]; a temporary folder that cannot be written is an error
// of its own.
func New(ctx context.Context) tree.Merger {
	return func(yours, base, want []byte) (text []byte, conflicts bool, err error) {
		git, err := exec.LookPath("git")
		if err != nil {
			return nil, false, &tree.UnmergeableError{
				Reason: "git is not on PATH",
				Hint:   "install git, which ambi merges with",
			}
		}
		dir, remove, err := scratch.Dir(scratch.Merge)
		if err != nil {
			return nil, false, fmt.Errorf("cannot merge: %w", err)
		}
		defer func() {
			if rerr := remove(); err == nil && rerr != nil {
				err = fmt.Errorf("cannot remove what the merge left: %w", rerr)
			}
		}()
		for name, side := range map[string][]byte{"yours": yours, "base": base, "want": want} {
			if err := os.WriteFile(filepath.Join(dir, name), side, 0o600); err != nil {
				return nil, false, fmt.Errorf("cannot merge: %w", err)
			}
		}
		cmd := exec.CommandContext(ctx, git, "merge-file", "-p", "--diff3",
			"-L", Yours, "-L", Base, "-L", Want, "yours", "base", "want")
		cmd.Dir = dir
		cmd.Env = append(os.Environ(), "LC_ALL=C",
			"GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL="+os.DevNull, "GIT_CEILING_DIRECTORIES="+filepath.Dir(dir))
		var stdout, stderr bytes.Buffer
		cmd.Stdout, cmd.Stderr = &stdout, &stderr
		err = cmd.Run()
		if ctx.Err() != nil {
			return nil, false, ctx.Err()
		}
		var exit *exec.ExitError
		switch {
		case err == nil:
			return stdout.Bytes(), false, nil
		// The code is the number of conflicts, 127 at most; 255 is git's own failure.
		case errors.As(err, &exit) && exit.ExitCode() > 0 && exit.ExitCode() <= 127 && stdout.Len() > 0:
			return stdout.Bytes(), true, nil
		}
		why := strings.TrimSpace(stderr.String())
		if why == "" {
			why = err.Error()
		}
		return nil, false, &tree.UnmergeableError{
			Reason: "git merge-file: " + why,
			Hint:   "take ambi's new text over by hand, or remove the file and edit ambi's anew",
		}
	}
}
