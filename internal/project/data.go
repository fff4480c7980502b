package project

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"ambi/generator"
	"ambi/generator/tree"
	"ambi/internal/problem"
)

// missingStartFiles are the files that programs beside the app's own start with, where the spec
// asks for one and the project has no such program yet.
func (p *Project) missingStartFiles() ([]generator.File, error) {
	beside, err := generator.ProgramsBeside(p.Input(p.App.Targets))
	if err != nil {
		return nil, err
	}
	missing := func(name string) bool {
		_, err := os.Lstat(filepath.Join(p.Root, filepath.FromSlash(name)))
		return errors.Is(err, fs.ErrNotExist)
	}
	var files []generator.File
	for _, program := range beside {
		if !missing(program.Project()) {
			continue // and yours, or something that Pulumi will complain about
		}
		for _, f := range program.Files {
			if missing(f.Path) {
				files = append(files, f)
			}
		}
	}
	return files, nil
}

// withStartFiles adds the files that programs beside the app's own lack to the changes.
func (p *Project) withStartFiles(changes []tree.Change) ([]tree.Change, error) {
	files, err := p.missingStartFiles()
	if err != nil {
		return nil, err
	}
	for _, f := range files {
		changes = append(changes, tree.Change{Path: f.Path, Kind: tree.Create, Want: f.Content})
	}
	slices.SortFunc(changes, func(a, b tree.Change) int { return strings.Compare(a.Path, b.Path) })
	return changes, nil
}

// writeStartFiles writes them.
func (p *Project) writeStartFiles(root *os.Root, changes []tree.Change) error {
	w := &starter{root: root}
	for _, c := range changes {
		if c.Kind == tree.Create && strings.HasPrefix(path.Base(c.Path), "Pulumi.") {
			if err := w.create(generator.File{Path: c.Path, Content: c.Want}); err != nil {
				return problem.As(problem.Machine, err)
			}
		}
	}
	return nil
}

// DataFolder is where the program of the data is; empty where the app has none.
func (p *Project) DataFolder() string {
	if p.Resolved.Data.Empty() {
		return ""
	}
	return generator.DataFolder
}

// Traffic is the program that switches between the targets; nil where the app has none.
func (p *Project) Traffic() (*generator.Beside, error) {
	beside, err := generator.ProgramsBeside(p.Input(p.App.Targets))
	if err != nil || p.Resolved.Traffic.Empty() {
		return nil, err
	}
	return &beside[len(beside)-1], nil
}

// OrderOf says in which order the programs must be deployed after these changes: the app's
// stacks read what the data's export, and Pulumi does not guard that. Empty where the data
// stays as it is.
func OrderOf(changes []tree.Change) string {
	added, removed := false, false
	for _, c := range changes {
		if !strings.HasPrefix(c.Path, generator.DataFolder+"/") || strings.HasSuffix(c.Path, "_test.go") {
			continue
		}
		switch c.Kind {
		case tree.Create, tree.Update, tree.Merge, tree.Overwrite:
			added = true
		case tree.Remove:
			removed = true
		case tree.Unchanged, tree.Edited, tree.Conflict, tree.Unresolved, tree.Foreign, tree.Leftover: // nothing to deploy
		}
	}
	return order(added, removed)
}

// OrderOfPreview says the same of what a preview of the data found.
func OrderOfPreview(operations []string) string {
	added, removed := false, false
	for _, op := range operations {
		switch op {
		case "delete":
			removed = true
		case "same":
		default:
			added = true
		}
	}
	return order(added, removed)
}

func order(added, removed bool) string {
	const first = "deploy the data first: pulumi up -C " + generator.DataFolder + ", then the app's own stacks, which read what it exports"
	switch {
	case added && removed:
		return fmt.Sprintf("%s; the spec no longer has some of the data: remove it last, once no stack of the app uses it", first)
	case added:
		return first
	case removed:
		return "deploy the app's own stacks first, then remove the data that they no longer use: pulumi up -C " + generator.DataFolder
	}
	return ""
}
