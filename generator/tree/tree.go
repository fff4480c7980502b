// Package tree compares the files that ambi emits with the ones in a user's
// project, and writes them so that nothing is lost: no edit of the user's, and
// no file torn by a kill, a full disk or two runs at once.
//
// # What is kept on disk
//
// Every emitted file lies under stacks/. Beside it, ambi keeps the text that it
// wrote last, its base text; users commit both. The project file is the user's,
// and ambi edits a part of it; its base text is a record of that part.
//
//	stacks/lambda/stack.go               an emitted file, the user's to edit
//	stacks/.ambi/base/lambda/stack.go    its base text
//	Pulumi.yaml                          the project file
//	stacks/.ambi/Pulumi.yaml             its record
//	stacks/.ambi/staging/                a run that is being prepared; never acted on
//	stacks/.ambi/pending/                a run that is decided: its journal
//
// The last two exist only while a run lasts, or after one was killed.
// Go tools skip folders whose name begins with a dot, so a base text is no
// second package.
//
// # What happens to a file
//
// The base text tells an edit from an old text, and is what both sides of a
// merge began with:
//
//	on disk              wanted    what Write does
//	the wanted text      yes       nothing, Unchanged
//	missing              yes       Create, though the user may have removed it
//	the base text        yes       Update
//	an edit              yes       Edited: kept, when ambi has nothing new, or nothing that the edit lacks
//	an edit              yes       Merge: both sides' changes, when they do not meet
//	an edit              yes       Conflict: they do; written with both sides marked with Options.Conflicts
//	conflict markers     yes       Unresolved
//	no base text         yes       Foreign: ambi never wrote it, and it differs
//	the base text        no        Remove, and the folders that this leaves empty
//	an edit              no        Leftover: kept, base text too, so that it is reported again
//	missing              no        nothing, Unchanged; the base text is dropped
//
// A Conflict (without that option), an Unresolved or a Foreign file is an error,
// and nothing at all is written, not the other files either. With Options.Force
// whatever differs from both the base text and the wanted one is Overwrite, and
// an edited file that is not wanted is Remove.
//
// A base text with git's conflict markers, after branches were merged, counts as
// the side that the file has; the user need not settle it.
//
// When a run is written, the wanted text becomes the base text of each wanted
// file, whatever became of the file: the next merge begins there.
//
// A file that was removed comes back because the program does not compile
// without it. To do without its content, leave only the package clause: that is
// an edit, and stays.
//
// # How a run is written
//
// Write prepares everything in staging: the new files, the new base texts and
// a manifest of what goes where. Renaming staging to pending decides the run.
// From then on there are only renames and removals, which need next to no
// space, and a run that is killed is finished by the next Write. A run that was
// killed before that rename is discarded. A file that was edited in between is
// left alone, and the comparison that follows sees it as any other edit.
//
// Limits: an edit that is saved within the microseconds between reading a file
// and renaming the new one over it is lost, since no file system can compare
// and rename at once. Modes, owners and times of emitted files are not kept: files
// are created 0644 and folders 0755, less the umask. The project file keeps its mode.
// A file of more than 16 MiB is not read: nothing that ambi writes is as large.
package tree

import (
	"os"

	"ambi/generator"
	"ambi/internal/problem"
)

// Kind says what Write does, or did, with one file.
type Kind string

// The kinds; the package comment has the table.
const (
	// Unchanged files are as wanted. At most their base text is updated.
	Unchanged Kind = "unchanged"
	// Create is a wanted file that is missing.
	Create Kind = "create"
	// Update is a file as ambi wrote it, for which there is a new text.
	Update Kind = "update"
	// Edited is a file that the user edited and that needs nothing of ambi's.
	Edited Kind = "edited"
	// Merge is a file that the user edited, for which there is a new text that
	// goes together with the edits.
	Merge Kind = "merge"
	// Conflict is such a file where the two do not go together.
	Conflict Kind = "conflict"
	// Unresolved is a file with the markers of an earlier conflict in it: ambi's,
	// or git's after branches were merged.
	Unresolved Kind = "unresolved"
	// Foreign is a file that ambi did not write, where a wanted one belongs.
	Foreign Kind = "foreign"
	// Overwrite is any of the last five, replaced by the wanted text with Force.
	Overwrite Kind = "overwrite"
	// Remove is a file that ambi wrote and that is no longer wanted.
	Remove Kind = "remove"
	// Leftover is such a file that was edited.
	Leftover Kind = "leftover"
)

// Stale reports whether there is something to write, or for the user to decide.
func (k Kind) Stale() bool { return k != Unchanged && k != Edited }

// Change is one file: what is on disk, what is wanted and what ambi wrote last.
// A text is nil where there is none; an empty file is an empty text.
type Change struct {
	// Path is relative to the project's root, with forward slashes.
	Path string
	Kind Kind
	// Have is the text on disk.
	Have []byte
	// Want is the text that ambi would write now.
	Want []byte
	// Base is the text that ambi wrote last.
	Base []byte
	// Merged is the result of a Merge, and of a Conflict with Options.Conflicts: Have with the
	// changes in Want. It is nil for a conflict of texts that cannot be merged at all.
	Merged []byte
	// Problems say what is wrong with a Conflict, Unresolved or Foreign file, and why a project
	// file could not be updated.
	Problems []Problem

	record []byte // the project file's new base text; nil to keep the one that is there
}

// Options are the caller's decisions about a write.
type Options struct {
	// Merge brings edits and new texts together. Without it, each file that
	// needs it is a Conflict.
	Merge Merger
	// Conflicts writes files with conflicts too, with both sides marked.
	Conflicts bool
	// Force replaces edited files, and removes edited ones that are no longer wanted.
	Force bool
	// Project edits the [ProjectFile], in the same run as all other files. Without
	// it, that file is left alone.
	Project Editor
}

// Editor updates the part that ambi maintains in a file that otherwise belongs to the user.
// have is its text, and base what Editor had recorded last, nil for nothing. It returns the new
// text, and what to record now, nil to keep base. An error says why the file stays as it is; it
// becomes a [Problem] of the file's Change, which is Unchanged then, and keeps no other file
// from being written.
type Editor func(have, base []byte) (text, record []byte, err error)

// Compare says what Write would do with the files, one change for each file
// that is wanted or that ambi wrote before, and for the project file if it is
// there and Options.Project is given, sorted by path. It writes nothing.
//
// Errors: a [PendingError] when an interrupted run has yet to be finished, a
// [BlockedError] for each path where something other than a file or a folder
// stands, and the disk's own errors. A generate that runs in the same project
// is waited for, five seconds at most. What Options.Merge fails with is returned too.
func Compare(root *os.Root, files []generator.File, opts Options) ([]Change, error) {
	d := newDisk(root, nil)
	wanted, err := sorted(files)
	if err != nil {
		return nil, err
	}
	unlock, err := lock(root, shared, lockWait)
	if err != nil {
		return nil, err
	}
	defer unlock()

	pending, err := d.look(pendingDir, aFolder)
	if err != nil {
		return nil, err
	}
	if pending {
		return nil, &PendingError{}
	}
	return compare(d, wanted, opts)
}

// Write makes the project hold exactly the files, as the package comment says,
// and returns what it did, in the same form and order as [Compare]. It first
// finishes or discards a run that was interrupted.
//
// Errors: those of Compare except PendingError; a [ConflictError] when files are
// in the way that only the user can decide about, and then the changes are returned too.
// Any error means that nothing of this run was written, unless its hint says otherwise.
func Write(root *os.Root, files []generator.File, opts Options) ([]Change, error) {
	return write(newDisk(root, nil), files, opts)
}

func write(d *disk, files []generator.File, opts Options) ([]Change, error) {
	wanted, err := sorted(files)
	if err != nil {
		return nil, err
	}
	unlock, err := lock(d.root, exclusive, lockWait)
	if err != nil {
		return nil, err
	}
	defer unlock()

	if err := recoverRun(d); err != nil {
		return nil, err
	}
	changes, err := compare(d, wanted, opts)
	if err != nil {
		return nil, err
	}
	if err := inTheWay(changes, opts); err != nil {
		return changes, err
	}
	m, texts, err := plan(d, changes)
	if err != nil {
		return nil, err
	}
	if len(m.Entries) == 0 {
		return changes, nil
	}
	if err := stage(d, m, texts); err != nil {
		// What cannot be cleaned up now is discarded by the next run.
		_ = discard(d)
		return nil, problem.Hinted(err, "nothing was written")
	}
	left, err := finish(d, m)
	if err != nil {
		return nil, err
	}
	return changes, leftAlone(left)
}

// recoverRun brings the project out of whatever an interrupted run left.
func recoverRun(d *disk) error {
	if err := discard(d); err != nil {
		return err
	}
	pending, err := d.look(pendingDir, aFolder)
	if err != nil || !pending {
		return err
	}
	name := pendingDir + "/" + manifestName
	text, err := d.read(name)
	if err != nil {
		return err
	}
	m, err := parseManifest(text)
	if err != nil {
		return problem.Hinted(problem.InFile(name, err), "this is the journal of an interrupted `ambi generate`; delete %s to give that run up", pendingDir)
	}
	// Files that were edited since need no word here: the comparison that
	// follows reports them.
	_, err = finish(d, m)
	return err
}

// inTheWay gathers the files that keep the run from being written.
func inTheWay(changes []Change, opts Options) error {
	e := ConflictError{}
	for _, c := range changes {
		marked := c.Kind == Conflict && c.Merged != nil && opts.Conflicts
		if c.Kind == Unresolved || c.Kind == Foreign || c.Kind == Conflict && !marked {
			e.Changes = append(e.Changes, c)
		}
	}
	if e.Changes == nil {
		return nil
	}
	return &e
}

// leftAlone reports files that changed between comparing and renaming.
func leftAlone(paths []string) error {
	var list problem.List
	for _, p := range paths {
		list = append(list, problem.File(p, 0, "changed while ambi was writing; it is left as it is"))
	}
	return problem.Hinted(list.Err(), "all other files are written; run `ambi generate` again")
}
