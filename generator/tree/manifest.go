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

// action is what to do with a file or its base text.
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

// entryTexts are what an entry puts in place.
type entryTexts struct{ file, base []byte }

// plan turns changes into a manifest, and returns the texts of each entry.
func plan(d *disk, changes []Change) (manifest, []entryTexts, error) {
	m := manifest{Version: manifestVersion}
	var texts []entryTexts
	var touched []string
	for _, c := range changes {
		e := entry{Path: c.Path, Have: hash(c.Have)}
		text := entryTexts{file: c.Want, base: c.Want}
		switch {
		case c.Path == ProjectFile:
			if text.base = c.record; c.record != nil && !bytes.Equal(c.Base, c.record) {
				e.Base = put
			}
		case c.Want == nil && c.Kind != Leftover:
			e.Base = drop
		case c.Want != nil && (c.Base == nil || !bytes.Equal(c.Base, c.Want)):
			e.Base = put
		}
		switch c.Kind {
		case Remove:
			e.File = drop
		case Create, Update, Overwrite:
			e.File = put
		case Merge, Conflict:
			e.File = put
			text.file = c.Merged
		case Unchanged, Edited, Unresolved, Foreign, Leftover: // stays as it is
		}
		if e.File != leave {
			touched = append(touched, path.Dir(c.Path))
		}
		if e.Base != leave {
			touched = append(touched, path.Dir(basePath(c.Path)))
		}
		if e.File != leave || e.Base != leave {
			m.Entries = append(m.Entries, e)
			texts = append(texts, text)
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

// parseManifest refuses a manifest with paths that ambi does not write: it comes from disk and
// may be malicious.
func parseManifest(text []byte) (manifest, error) {
	var m manifest
	if err := json.Unmarshal(text, &m); err != nil {
		return m, fmt.Errorf("not a manifest: %w", err)
	}
	if m.Version != manifestVersion {
		return m, fmt.Errorf("version %d, want %d", m.Version, manifestVersion)
	}
	for _, e := range m.Entries {
		if e.Path == ProjectFile && e.File != drop && e.Base != drop {
			continue
		}
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

// checkFolder accepts the folders of files and of base texts, and those that hold all of them.
func checkFolder(name string) error {
	if name == "." || name == stateDir || name == baseDir {
		return nil
	}
	if below, ok := strings.CutPrefix(name, baseDir+"/"); ok {
		name = stacksDir + "/" + below
	}
	return checkName(name + "/x")
}
