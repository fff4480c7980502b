package tree

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"

	"ambi/generator"
)

const (
	stacksDir  = "stacks"
	stateDir   = stacksDir + "/.ambi"
	baseDir    = stateDir + "/base"
	stagingDir = stateDir + "/staging"
	pendingDir = stateDir + "/pending"
)

// ProjectFile is the one file outside stacks/ that a run may change: the user's
// own, of which [Options.Project] keeps a part current.
const ProjectFile = "Pulumi.yaml"

// basePath is where the base text of an emitted file lies, or the record of the
// project file.
func basePath(name string) string {
	if name == ProjectFile {
		return stateDir + "/" + ProjectFile
	}
	return baseDir + strings.TrimPrefix(name, stacksDir)
}

// checkName accepts the paths that ambi may emit. The manifest is read with
// it too: a journal comes from disk and must not reach further than the generator.
func checkName(name string) error {
	switch {
	case !fs.ValidPath(name) || strings.Contains(name, `\`):
		return fmt.Errorf("%q is not a clean relative path", name)
	case !strings.HasPrefix(name, stacksDir+"/"):
		return fmt.Errorf("%s: ambi writes only under %s", name, stacksDir)
	case name == stateDir || strings.HasPrefix(name, stateDir+"/"):
		return fmt.Errorf("%s: %s is for ambi's own records", name, stateDir)
	}
	return nil
}

// sorted returns the files in order of path, and refuses a set that no disk can hold.
func sorted(files []generator.File) ([]generator.File, error) {
	files = slices.SortedFunc(slices.Values(files), func(a, b generator.File) int {
		return cmp.Compare(a.Path, b.Path)
	})
	seen := make(map[string]bool, len(files))
	for _, f := range files {
		if err := checkName(f.Path); err != nil {
			return nil, err
		}
		if seen[f.Path] {
			return nil, fmt.Errorf("%s: emitted twice", f.Path)
		}
		seen[f.Path] = true
	}
	for _, f := range files {
		for dir := path.Dir(f.Path); dir != "."; dir = path.Dir(dir) {
			if seen[dir] {
				return nil, fmt.Errorf("%s: emitted as a file and as the folder of %s", dir, f.Path)
			}
		}
	}
	return files, nil
}

// compare reads the disk and classifies every file. What blocks a path is
// gathered, so that the user hears of all of it at once.
func compare(d *disk, wanted []generator.File, opts Options) ([]Change, error) {
	bases, err := readBases(d)
	if err != nil {
		return nil, err
	}
	all := make(map[string]Change, len(wanted))
	for p, base := range bases {
		all[p] = Change{Path: p, Base: base}
	}
	for _, f := range wanted {
		// Never nil: a wanted file may be empty.
		all[f.Path] = Change{Path: f.Path, Base: bases[f.Path], Want: append([]byte{}, f.Content...)}
	}

	var changes []Change
	if c, found, err := compareProject(d, opts.Project); err != nil {
		return nil, err
	} else if found {
		changes = append(changes, c)
	}
	var blocked []error
	keep := func(err error) error {
		var b *BlockedError
		if !errors.As(err, &b) {
			return err
		}
		// One symbolic link in place of a folder blocks every file below it.
		if !slices.ContainsFunc(blocked, func(e error) bool { return e.Error() == err.Error() }) {
			blocked = append(blocked, err)
		}
		return nil
	}
	for _, p := range slices.Sorted(maps.Keys(all)) {
		c := all[p]
		if _, err := d.look(basePath(p), aFile); err != nil {
			if err := keep(err); err != nil {
				return nil, err
			}
		}
		c.Have, err = d.read(p)
		if err != nil {
			if err := keep(err); err != nil {
				return nil, err
			}
		}
		if c, err = classify(c, opts); err != nil {
			return nil, fmt.Errorf("%s: %w", p, err)
		}
		changes = append(changes, c)
	}
	if len(blocked) > 0 {
		return nil, errors.Join(blocked...)
	}
	tellMoves(changes, wanted)
	return changes, nil
}

// compareProject returns the change to the project file, and false if there is none. Problems
// with that file do not end a run, because it is the user's.
func compareProject(d *disk, edit Editor) (c Change, found bool, err error) {
	if edit == nil {
		return c, false, nil
	}
	c = Change{Path: ProjectFile, Kind: Unchanged}
	stays := func(why string) (Change, bool, error) {
		c.Want, c.record = c.Have, nil
		c.Problems = []Problem{{Text: why}}
		return c, true, nil
	}
	c.Have, err = d.read(ProjectFile)
	var blocked *BlockedError
	if errors.As(err, &blocked) {
		reason, _, _ := strings.Cut(blocked.Reason, "\n")
		return stays("it " + reason)
	}
	if err != nil || c.Have == nil {
		return c, false, err
	}
	if c.Base, err = d.read(basePath(ProjectFile)); err != nil {
		return c, false, err
	}
	if c.Want, c.record, err = edit(c.Have, c.Base); err != nil {
		return stays(err.Error())
	}
	if !bytes.Equal(c.Have, c.Want) {
		c.Kind = Update
	}
	return c, true, nil
}

// tellMoves tells each conflict which files of its folder are new and hold what it held:
// the edit may belong there.
func tellMoves(changes []Change, wanted []generator.File) {
	for _, f := range wanted {
		created := func(c Change) bool { return c.Path == f.Path && c.Kind == Create }
		if f.TakesOver == "" || !slices.ContainsFunc(changes, created) {
			continue
		}
		for _, c := range changes {
			if c.Kind != Conflict || path.Dir(c.Path) != path.Dir(f.Path) {
				continue
			}
			for i := range c.Problems {
				if c.Problems[i].Hint == "" {
					c.Problems[i].Hint = fmt.Sprintf("%s is new and has %s: carry your edit of that over to it; ambi's CHANGELOG says what moved", f.Path, f.TakesOver)
				}
			}
		}
	}
}

// classify sets the kind, and what a merge gives.
func classify(c Change, opts Options) (Change, error) {
	asWritten := c.Have != nil && c.Base != nil && bytes.Equal(c.Have, c.Base)
	switch {
	case c.Want == nil && c.Have == nil:
		c.Kind = Unchanged
	case c.Want == nil && (asWritten || opts.Force):
		c.Kind = Remove
	case c.Want == nil:
		c.Kind = Leftover
	case c.Have == nil:
		c.Kind = Create
	case bytes.Equal(c.Have, c.Want):
		c.Kind = Unchanged
	case asWritten:
		c.Kind = Update
	case opts.Force:
		c.Kind = Overwrite
	case c.Base == nil:
		c.Kind = Foreign
		c.Problems = []Problem{{Text: "not written by ambi", Hint: "move it away; or, if ambi did write it, commit " + stateDir + " with it: that is how ambi knows"}}
	case markerLine(c.Have) > 0:
		c.Kind = Unresolved
		c.Problems = []Problem{{Line: markerLine(c.Have), Text: "has a conflict marker", Hint: "resolve the conflict there, and remove its markers"}}
	default:
		return merge(c, settleBase(c.Base, c.Have), opts.Merge)
	}
	return c, nil
}

// readBases returns every base text by the path of the file that it belongs to.
func readBases(d *disk) (map[string][]byte, error) {
	bases := make(map[string][]byte)
	exists, err := d.look(baseDir, aFolder)
	if err != nil || !exists {
		return bases, err
	}
	var walk func(dir string) error
	walk = func(dir string) error {
		entries, err := d.list(dir)
		if err != nil {
			return err
		}
		for _, e := range entries {
			if e.Name() == probeName {
				continue // of a run that was killed: the next one removes it
			}
			p := path.Join(dir, e.Name())
			if e.IsDir() {
				if err := walk(p); err != nil {
					return err
				}
				continue
			}
			text, err := d.read(p)
			if err != nil {
				return err
			}
			name := stacksDir + strings.TrimPrefix(p, baseDir)
			if err := checkName(name); err != nil {
				return &BlockedError{Path: p, Reason: "is no base text of ambi's"}
			}
			bases[name] = text
		}
		return nil
	}
	return bases, walk(baseDir)
}
