package main

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"strings"

	"ambi/generator"
	"ambi/generator/tree"
)

const (
	projectFile = "Pulumi.yaml"
	// settingsBase is Pulumi.yaml as ambi would have written it last: it tells a
	// setting that the user edited from an old one.
	settingsBase = "stacks/.ambi/Pulumi.yaml"
)

// settingsList is the list of settings in a project's Pulumi.yaml, and what
// generate makes of it.
type settingsList struct {
	edit       generator.SettingsEdit
	base, want []byte
	mode       fs.FileMode
	why        string // it stays as it is, though it may be old; or empty
}

// settings says what generate would do to the list of settings. A project without
// Pulumi.yaml has none.
func (p *project) settings() (settingsList, error) {
	root, err := os.OpenRoot(p.root)
	if err != nil {
		return settingsList{}, machineError{err}
	}
	defer root.Close()
	return p.readSettings(root)
}

func (p *project) readSettings(root *os.Root) (settingsList, error) {
	info, err := root.Lstat(projectFile)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return settingsList{}, nil
	case err != nil:
		return settingsList{}, machineError{err}
	case !info.Mode().IsRegular():
		return settingsList{why: "it is not a file"}, nil
	}
	list := settingsList{mode: info.Mode().Perm()}
	have, err := root.ReadFile(projectFile)
	if err != nil {
		return list, machineError{err}
	}
	if list.base, err = root.ReadFile(settingsBase); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return list, machineError{err}
	}
	files, err := generator.Project(p.input(p.app.Targets), specFile)
	if err != nil {
		return list, err
	}
	for _, f := range files {
		if f.Path == projectFile {
			list.want = f.Content
		}
	}
	edit, err := generator.MergeSettings(have, list.base, list.want)
	if err != nil {
		return settingsList{why: err.Error()}, nil
	}
	list.edit = edit
	return list, nil
}

// writeSettings brings the list of settings up to date. Pulumi.yaml goes first: a
// run that ends between the two is finished by the next one.
func (p *project) writeSettings(root *os.Root) (settingsList, error) {
	list, err := p.readSettings(root)
	if err != nil {
		return list, err
	}
	if list.edit.Changes() {
		if err := replace(root, projectFile, list.edit.Text, list.mode); err != nil {
			return list, machineError{err}
		}
	}
	if list.edit.Listed && !bytes.Equal(list.base, list.want) {
		if err := replace(root, settingsBase, list.want, 0o644); err != nil {
			return list, machineError{err}
		}
	}
	return list, nil
}

// change is the edit as a change of a file; nil where there is none.
func (l settingsList) change() []tree.Change {
	if !l.edit.Changes() {
		return nil
	}
	return []tree.Change{{Path: projectFile, Kind: tree.Update, Have: l.edit.Before, Want: l.edit.Text}}
}

// replace writes a file by renaming another over it, so that it is never torn.
func replace(root *os.Root, name string, text []byte, mode fs.FileMode) error {
	temporary := path.Join(path.Dir(name), ".ambi-"+path.Base(name))
	if err := root.WriteFile(temporary, text, mode); err != nil {
		_ = root.Remove(temporary) // it may not be there
		return err
	}
	if err := root.Rename(temporary, name); err != nil {
		_ = root.Remove(temporary)
		return err
	}
	return nil
}

// done says what was done to the list, such as "settings added: api.image".
func (l settingsList) done() string { return l.summary("added", "removed", "described anew") }

// toDo says what is to be done to the list, such as "settings to add: api.image".
func (l settingsList) toDo() string { return l.summary("to add", "to remove", "to describe anew") }

func (l settingsList) summary(added, removed, changed string) string {
	var parts []string
	for _, part := range []struct {
		what string
		keys []string
	}{{added, l.edit.Added}, {removed, l.edit.Removed}, {changed, l.edit.Changed}} {
		if len(part.keys) > 0 {
			parts = append(parts, part.what+": "+strings.Join(part.keys, ", "))
		}
	}
	return "settings " + strings.Join(parts, "; ")
}

// warn tells of a list that stays as it is, though it may be old.
func (l settingsList) warn(io streams) {
	if l.why != "" {
		fmt.Fprintf(io.err, "warning: the list of settings in %s is not kept current: %s\n", projectFile, l.why)
	}
}
