package main

import (
	"fmt"
	"strings"

	"ambi/generator"
	"ambi/generator/tree"
	"ambi/internal/terminal"
)

// settingsList is the list of settings in a project's Pulumi.yaml, and what
// generate makes of it.
type settingsList struct {
	want []byte // Pulumi.yaml as ambi would write it anew
	edit generator.SettingsEdit
	why  string // it stays as it is, though it may be old; or empty
}

// settings is the list that the spec asks for.
func (p *project) settings() (*settingsList, error) {
	files, err := generator.Project(p.input(p.app.Targets), specFile)
	if err != nil {
		return nil, err
	}
	list := &settingsList{}
	for _, f := range files {
		if f.Path == tree.ProjectFile {
			list.want = f.Content
		}
	}
	return list, nil
}

// merge is a [tree.Editor]: it brings the list in a project's file up to date.
func (l *settingsList) merge(have, base []byte) (text, record []byte, err error) {
	if l.edit, err = generator.MergeSettings(have, base, l.want); err != nil {
		return nil, nil, err
	}
	if l.edit.Listed {
		record = l.want
	}
	return l.edit.Text, record, nil
}

// take returns the changes without that of the project's file, and keeps why that
// one stays as it is.
func (l *settingsList) take(changes []tree.Change) []tree.Change {
	if len(changes) == 0 || changes[0].Path != tree.ProjectFile {
		return changes
	}
	for _, p := range changes[0].Problems {
		l.why = p.Text
	}
	return changes[1:]
}

// changed are all changes, that of the project's file only where there is one.
func (l *settingsList) changed(changes []tree.Change) []tree.Change {
	if l.edit.Changes() {
		return changes
	}
	return l.take(changes)
}

// done says what was done to the list, such as "settings added: api.image".
func (l *settingsList) done() string { return l.summary("added", "removed", "described anew") }

// toDo says what is to be done to the list, such as "settings to add: api.image".
func (l *settingsList) toDo() string { return l.summary("to add", "to remove", "to describe anew") }

func (l *settingsList) summary(added, removed, changed string) string {
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
func (l *settingsList) warn(io streams) {
	if l.why != "" {
		fmt.Fprintf(io.err, "warning: the list of settings in %s is not kept current: %s\n", tree.ProjectFile, terminal.Line(l.why))
	}
}
