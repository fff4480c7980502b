package tree

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"
)

// manifest is the journal's table of contents. It is written before anything
// outside the staging folder is touched, so that a discarded run can be undone,
// and it is complete, so that a decided run can be finished, by any later process.
type manifest struct {
	Version int      `json:"version"`
	Folders []folder `json:"folders"`
	Entries []entry  `json:"entries"`
}

const (
	manifestName    = "manifest.json"
	manifestVersion = 1
)

// folder is one whose names the run changes.
type folder struct {
	Path string `json:"path"`
	// Made says that it was missing, and is made while staging.
	Made bool `json:"made,omitempty"`
}

// action is what becomes of a file or of its base text.
type action string

const (
	leave action = ""
	put   action = "put"
	drop  action = "drop"
)

// entry is one file and its base text.
type entry struct {
	Path string `json:"path"`
	// Have is the hash of the file as it was compared, "" when it was missing:
	// a file that is no longer so was edited since.
	Have string `json:"have,omitempty"`
	File action `json:"file,omitempty"`
	Base action `json:"base,omitempty"`
}

func hash(text []byte) string {
	if text == nil {
		return ""
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

// The names of an entry's texts in the staging folder, and then the pending one.
func newText(dir string, i int) string { return dir + "/" + strconv.Itoa(i) + ".new" }
func oldText(dir string, i int) string { return dir + "/" + strconv.Itoa(i) + ".old" }
func newBase(dir string, i int) string { return dir + "/" + strconv.Itoa(i) + ".base" }

// plan turns changes into a manifest, and returns the text of each entry.
func plan(d *disk, changes []Change, opts Options) (manifest, [][]byte, error) {
	m := manifest{Version: manifestVersion}
	var texts [][]byte
	var touched []string
	for _, c := range changes {
		e := entry{Path: c.Path, Have: hash(c.Have)}
		switch {
		case c.Want == nil && (c.Kind != RemoveEdited || opts.Force):
			e.Base = drop
		case c.Want != nil && (c.Base == nil || !bytes.Equal(c.Base, c.Want)):
			e.Base = put
		}
		switch {
		case c.Kind == Remove, c.Kind == RemoveEdited && opts.Force:
			e.File = drop
		case c.Kind == Create, c.Kind == Update, c.Kind == Edited:
			e.File = put
		}
		if e.File != leave {
			touched = append(touched, path.Dir(c.Path))
		}
		if e.Base != leave {
			touched = append(touched, path.Dir(basePath(c.Path)))
		}
		if e.File != leave || e.Base != leave {
			m.Entries = append(m.Entries, e)
			texts = append(texts, c.Want)
		}
	}

	folders := make(map[string]folder)
	for _, dir := range touched {
		for made := true; made; dir = path.Dir(dir) {
			if _, known := folders[dir]; known {
				break
			}
			exists, err := d.look(dir, aFolder)
			if err != nil {
				return m, nil, err
			}
			// These two are made before there is a manifest.
			made = !exists && dir != stacksDir && dir != stateDir
			folders[dir] = folder{Path: dir, Made: made}
		}
	}
	for _, f := range folders {
		m.Folders = append(m.Folders, f)
	}
	slices.SortFunc(m.Folders, func(a, b folder) int { return strings.Compare(a.Path, b.Path) })
	return m, texts, nil
}

// probeName is what a folder holds for a moment, to learn whether it can be
// written: a read-only folder or one on another disk must be found out before
// the run is decided.
const probeName = ".ambi-probe"

// stage prepares a run and decides it with its last rename. On an error the
// caller discards what was staged.
func stage(d *disk, m manifest, texts [][]byte) error {
	if err := d.mkdirAll(stateDir); err != nil {
		return err
	}
	if err := d.mkdir(stagingDir); err != nil {
		return err
	}
	text, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return err
	}
	if err := d.create(stagingDir+"/"+manifestName, append(text, '\n')); err != nil {
		return err
	}
	if err := prepare(d, m.Folders); err != nil {
		return err
	}
	for i, e := range m.Entries {
		if e.File == put {
			if err := d.create(newText(stagingDir, i), texts[i]); err != nil {
				return about(e.Path, "write", err)
			}
		}
		if e.Base == put {
			if err := d.create(newBase(stagingDir, i), texts[i]); err != nil {
				return about(basePath(e.Path), "write", err)
			}
		}
	}
	// The staged names must be durable before the rename that decides the run.
	if err := d.syncFolder(stagingDir); err != nil {
		return err
	}
	return d.rename(stagingDir, pendingDir)
}

// prepare makes the folders that are missing and checks that the others can be written.
func prepare(d *disk, folders []folder) error {
	probe := stagingDir + "/probe"
	if err := d.create(probe, nil); err != nil {
		return err
	}
	for _, f := range folders {
		if f.Made {
			if err := d.mkdir(f.Path); err != nil {
				return err
			}
			continue
		}
		there := f.Path + "/" + probeName
		if err := d.rename(probe, there); err != nil {
			return about(f.Path, "write to it", err)
		}
		if err := d.rename(there, probe); err != nil {
			return about(f.Path, "write to it", err)
		}
	}
	return nil
}

// finish applies a decided run and closes its journal. It returns the files
// that it left alone because they were edited since the run was compared.
func finish(d *disk, m manifest) ([]string, error) {
	left, err := apply(d, m)
	if err != nil {
		return nil, fmt.Errorf("%w\nhint: the run is not finished, though every file is whole; `ambi generate` finishes it", err)
	}
	// Renamed away, the journal is no longer acted on, however little of it
	// the removals that follow get done.
	if err := d.rename(pendingDir, stagingDir); err != nil {
		return nil, fmt.Errorf("%w\nhint: all files are written; `ambi generate` closes the journal", err)
	}
	if err := sweep(d); err != nil {
		return nil, fmt.Errorf("%w\nhint: all files are written; `ambi generate` removes what is left of the journal", err)
	}
	return left, nil
}

func apply(d *disk, m manifest) (left []string, err error) {
	// The decision must be durable before anything follows from it.
	if err := d.syncFolder(stateDir); err != nil {
		return nil, err
	}
	for i, e := range m.Entries {
		done, err := applyFile(d, i, e)
		if err != nil {
			return nil, err
		}
		if !done {
			// Its base text stays too: it is what the edit was made on.
			left = append(left, e.Path)
			continue
		}
		if err := applyBase(d, i, e); err != nil {
			return nil, err
		}
	}
	for _, e := range m.Entries {
		if e.File == drop {
			if err := d.prune(path.Dir(e.Path)); err != nil {
				return nil, err
			}
		}
		if e.Base == drop {
			if err := d.prune(path.Dir(basePath(e.Path))); err != nil {
				return nil, err
			}
		}
	}
	// All of it must be durable before the journal goes: nobody would finish it then.
	for _, f := range m.Folders {
		if err := d.syncFolder(f.Path); err != nil {
			return nil, err
		}
	}
	if err := d.syncFolder(stacksDir); err != nil {
		return nil, err
	}
	return left, d.syncFolder(".")
}

// applyFile puts or drops one file by a rename out of or into the journal, so
// that the journal itself tells whether it has been done: what is on disk then
// is ambi's work, or an edit on top of it. It is not done when the file was
// edited before.
func applyFile(d *disk, i int, e entry) (done bool, err error) {
	if e.File == leave {
		return true, nil
	}
	inJournal := newText(pendingDir, i)
	if e.File == drop {
		inJournal = oldText(pendingDir, i)
	}
	there, err := d.look(inJournal, aFile)
	if err != nil {
		return false, err
	}
	if there == (e.File == drop) {
		return true, nil
	}
	have, err := d.read(e.Path)
	if err != nil {
		return false, err
	}
	if hash(have) != e.Have {
		return false, nil
	}
	if e.File == drop {
		return true, about(e.Path, "remove", d.rename(e.Path, inJournal))
	}
	// There already, unless the user removed it since.
	if err := d.mkdirAll(path.Dir(e.Path)); err != nil {
		return false, err
	}
	return true, d.rename(inJournal, e.Path)
}

func applyBase(d *disk, i int, e entry) error {
	base := basePath(e.Path)
	switch e.Base {
	case put:
		inJournal := newBase(pendingDir, i)
		there, err := d.look(inJournal, aFile)
		if err != nil || !there {
			return err
		}
		if err := d.mkdirAll(path.Dir(base)); err != nil {
			return err
		}
		return d.rename(inJournal, base)
	case drop:
		there, err := d.look(base, aFile)
		if err != nil || !there {
			return err
		}
		return d.remove(base)
	}
	return nil
}

// discard takes back a run that was never decided. The rest of a journal that
// was closed looks the same, and there it only removes the journal's files.
func discard(d *disk) error {
	exists, err := d.look(stagingDir, aFolder)
	if err != nil {
		return err
	}
	if !exists {
		return d.prune(stateDir)
	}
	text, err := d.read(stagingDir + "/" + manifestName)
	if err != nil {
		return err
	}
	// Without a whole manifest nothing was done outside the staging folder.
	if m, err := parseManifest(text); err == nil {
		if err := undo(d, m.Folders); err != nil {
			return err
		}
	}
	return sweep(d)
}

// sweep removes the staging folder, and the folders above it if they are empty then.
func sweep(d *disk) error {
	entries, err := d.list(stagingDir)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if err := d.remove(stagingDir + "/" + e.Name()); err != nil {
			return err
		}
	}
	return d.prune(stagingDir)
}

// undo takes back what prepare did.
func undo(d *disk, folders []folder) error {
	for _, f := range slices.Backward(folders) {
		probe := f.Path + "/" + probeName
		there, err := d.look(probe, aFile)
		if err != nil {
			return err
		}
		if there {
			if err := d.remove(probe); err != nil {
				return err
			}
		}
		if f.Made {
			if err := d.prune(f.Path); err != nil {
				return err
			}
		}
	}
	return nil
}

// parseManifest refuses a manifest that reaches out of what ambi writes: it
// comes from disk, perhaps from somebody else's.
func parseManifest(text []byte) (manifest, error) {
	var m manifest
	if err := json.Unmarshal(text, &m); err != nil {
		return m, fmt.Errorf("not a manifest: %w", err)
	}
	if m.Version != manifestVersion {
		return m, fmt.Errorf("version %d, want %d", m.Version, manifestVersion)
	}
	for _, e := range m.Entries {
		if err := checkName(e.Path); err != nil {
			return m, err
		}
	}
	for _, f := range m.Folders {
		if err := checkFolder(f.Path); err != nil {
			return m, err
		}
	}
	return m, nil
}

// checkFolder accepts the folders of files and of base texts, and the one that holds both.
func checkFolder(name string) error {
	if name == stateDir || name == baseDir {
		return nil
	}
	if below, ok := strings.CutPrefix(name, baseDir+"/"); ok {
		name = stacksDir + "/" + below
	}
	return checkName(name + "/x")
}
