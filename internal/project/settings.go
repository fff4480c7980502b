package project

import (
	"fmt"
	"strings"

	"ambi/generator"
	"ambi/generator/tree"
	"ambi/internal/terminal"
)

// SettingsList is the list of settings in a project's Pulumi.yaml, and what
// generate makes of it.
type SettingsList struct {
	want []byte // Pulumi.yaml as ambi would write it anew
	Edit generator.SettingsEdit
	why  string // it stays as it is, though it may be old; or empty
}

// Settings is the list that the spec asks for.
func (p *Project) Settings() (*SettingsList, error) {
	files, err := generator.Project(p.Input(p.App.Targets), SpecFile)
	if err != nil {
		return nil, err
	}
	list := &SettingsList{}
	for _, f := range files {
		if f.Path == tree.ProjectFile {
			list.want = f.Content
		}
	}
	return list, nil
}

// merge is a [tree.Editor]: it brings the list in a project's file up to date.
func (l *SettingsList) merge(have, base []byte) (text, record []byte, err error) {
	if l.Edit, err = generator.MergeSettings(have, base, l.want); err != nil {
		return nil, nil, err
	}
	if l.Edit.Listed {
		record = l.want
	}
	return l.Edit.Text, record, nil
}

// Take returns the changes without that of the project's file, and keeps why that
// one stays as it is.
func (l *SettingsList) Take(changes []tree.Change) []tree.Change {
	if len(changes) == 0 || changes[0].Path != tree.ProjectFile {
		return changes
	}
	for _, p := range changes[0].Problems {
		l.why = p.Text
	}
	return changes[1:]
}

// Changed are all changes, that of the project's file only where there is one.
func (l *SettingsList) Changed(changes []tree.Change) []tree.Change {
	if l.Edit.Changes() {
		return changes
	}
	return l.Take(changes)
}

// Done says what was done to the list, such as "settings added: api.image".
func (l *SettingsList) Done() string { return l.summary("added", "removed", "described anew") }

// ToDo says what is to be done to the list, such as "settings to add: api.image".
func (l *SettingsList) ToDo() string { return l.summary("to add", "to remove", "to describe anew") }

func (l *SettingsList) summary(added, removed, changed string) string {
	var parts []string
	for _, part := range []struct {
		what string
		keys []string
	}{{added, l.Edit.Added}, {removed, l.Edit.Removed}, {changed, l.Edit.Changed}} {
		if len(part.keys) > 0 {
			parts = append(parts, part.what+": "+strings.Join(part.keys, ", "))
		}
	}
	return "settings " + strings.Join(parts, "; ")
}

// Warning says why a list could not be updated; empty if it could.
func (l *SettingsList) Warning() string {
	if l.why == "" {
		return ""
	}
	return fmt.Sprintf("the list of settings in %s is not kept current: %s", tree.ProjectFile, terminal.Line(l.why))
}
