package tree

import (
	"encoding/json"
	"io/fs"
	"path"
	"slices"

	"golang.org/x/sync/errgroup"

	"ambi/internal/problem"
)

// probeName is what a folder holds for a moment, to learn whether it can be
// written: a read-only folder or one on another disk must be found out before
// the run is decided.
const probeName = ".ambi-probe"

// stagedText is a text in the staging folder, and the file or base text that it becomes.
type stagedText struct {
	at, name string
	text     []byte
	like     fs.FileInfo // the file whose mode it gets; nil for that of a new file
}

// stage prepares a run and decides it with its last rename. On an error the
// caller discards what was staged.
func stage(d *disk, m manifest, texts []entryTexts) error {
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
	if err := d.create(stagingDir+"/"+manifestName, append(text, '\n'), nil); err != nil {
		return err
	}
	if err := prepare(d, m.Folders); err != nil {
		return err
	}
	var all []stagedText
	for i, e := range m.Entries {
		if e.File == put {
			text := stagedText{at: newText(stagingDir, i), name: e.Path, text: texts[i].file}
			if e.Path == ProjectFile {
				if text.like, err = d.info(e.Path); err != nil {
					return err
				}
			}
			all = append(all, text)
		}
		if e.Base == put {
			all = append(all, stagedText{at: newBase(stagingDir, i), name: basePath(e.Path), text: texts[i].base})
		}
	}
	for _, s := range all {
		if err := d.create(s.at, s.text, s.like); err != nil {
			return about(s.name, "write", err)
		}
	}
	if err := syncStaged(d, all); err != nil {
		return err
	}
	return d.rename(stagingDir, pendingDir)
}

// syncStaged makes the staged texts and their names durable, before the rename
// that decides the run: that rename may reach the medium first otherwise, and
// after a power cut the next run would put empty files in place. Many syncs at
// once cost the disk little more than one.
func syncStaged(d *disk, all []stagedText) error {
	var g errgroup.Group
	g.SetLimit(16)
	g.Go(func() error { return d.sync(stagingDir+"/"+manifestName, aFile) })
	for _, s := range all {
		g.Go(func() error { return about(s.name, "write", d.sync(s.at, aFile)) })
	}
	if err := g.Wait(); err != nil {
		return err
	}
	return d.sync(stagingDir, aFolder)
}

// prepare makes the folders that are missing and checks that the others can be written.
func prepare(d *disk, folders []folder) error {
	probe := stagingDir + "/probe"
	if err := d.create(probe, nil, nil); err != nil {
		return err
	}
	for _, f := range folders {
		if f.Made {
			if err := d.mkdir(f.Path); err != nil {
				return err
			}
			continue
		}
		there := path.Join(f.Path, probeName)
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
		return nil, problem.Hinted(err, "the run is not finished, though every file is whole; `ambi generate` finishes it")
	}
	// Renamed away, the journal is no longer acted on, however little of it
	// the removals that follow get done.
	if err := d.rename(pendingDir, stagingDir); err != nil {
		return nil, problem.Hinted(err, "all files are written; `ambi generate` closes the journal")
	}
	if err := sweep(d); err != nil {
		return nil, problem.Hinted(err, "all files are written; `ambi generate` removes what is left of the journal")
	}
	return left, nil
}

func apply(d *disk, m manifest) (left []string, err error) {
	// The decision must be durable before anything follows from it.
	if err := d.sync(stateDir, aFolder); err != nil {
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
	// All of it must be durable before the journal is removed, because no later run would
	// finish it. Above the folders, others were made or removed.
	durable := make(map[string]bool)
	for _, f := range m.Folders {
		for dir := f.Path; !durable[dir]; dir = path.Dir(dir) {
			durable[dir] = true
			if err := d.sync(dir, aFolder); err != nil {
				return nil, err
			}
		}
	}
	return left, nil
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
	case leave:
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

// sweep removes the staging folder with all that is in it, and the folders above
// it if they are empty then.
func sweep(d *disk) error {
	if err := d.empty(stagingDir); err != nil {
		return err
	}
	return d.prune(stagingDir)
}

// undo takes back what prepare did.
func undo(d *disk, folders []folder) error {
	for _, f := range slices.Backward(folders) {
		probe := path.Join(f.Path, probeName)
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
