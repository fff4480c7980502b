package project

import (
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"ambi/generator"
	"ambi/internal/inputfile"
)

// leftover is what a stack's configuration still sets of a service that the spec does
// not have any more. The program refuses it: a default would take its place unnoticed.
type leftover struct {
	file, service string
	keys          []string // sorted
	renamed       string   // what the service is called now, where that is known
}

// Leftovers are the settings of services that are gone, which stacks in the project's
// folder still have, as a warning each. A file that cannot be read is Pulumi's to
// complain about.
func (p *Project) Leftovers(edit generator.SettingsEdit) []string {
	var warnings []string
	for _, left := range p.leftovers(edit) {
		warnings = append(warnings, left.warning(p.SpecName))
	}
	return warnings
}

func (p *Project) leftovers(edit generator.SettingsEdit) []leftover {
	names := map[string]bool{} // of settings, of whichever service
	for _, key := range slices.Concat(settingKeys(p), edit.Removed) {
		if _, setting, ofService := strings.Cut(key, "."); ofService {
			names[setting] = true
		}
	}
	renamed := renamedService(edit)
	var all []leftover
	files, _ := fs.Glob(os.DirFS(p.Root), "Pulumi.*.yaml") // the pattern is well formed
	for _, file := range files {
		text, err := inputfile.Text(filepath.Join(p.Root, file))
		if err != nil {
			continue
		}
		var stack struct {
			Config map[string]any `yaml:"config"`
		}
		if yaml.Unmarshal(text, &stack) != nil {
			continue
		}
		found := map[string][]string{} // by service
		for _, key := range configKeys(stack.Config) {
			service, setting, ofService := strings.Cut(key, ".")
			if _, has := p.App.Services[service]; ofService && !has && names[setting] {
				found[service] = append(found[service], key)
			}
		}
		for _, service := range slices.Sorted(maps.Keys(found)) {
			left := leftover{file: file, service: service, keys: found[service]}
			if renamed[0] == service {
				left.renamed = renamed[1]
			}
			all = append(all, left)
		}
	}
	return all
}

func settingKeys(p *Project) []string {
	var keys []string
	for _, s := range generator.Settings(p.Input(p.App.Targets)) {
		keys = append(keys, s.Key)
	}
	return keys
}

// configKeys lists the keys of a stack's configuration without the project's name,
// those within objects too, as api.image.
func configKeys(config map[string]any) []string {
	var keys []string
	for full, value := range config {
		_, key, qualified := strings.Cut(full, ":")
		if !qualified {
			key = full
		}
		object, nested := value.(map[string]any)
		if !nested {
			keys = append(keys, key)
		}
		for name := range object {
			keys = append(keys, key+"."+name)
		}
	}
	slices.Sort(keys)
	return keys
}

// renamedService returns a service's old and new names if the edit of the list of settings
// removes one service and adds one; otherwise nothing.
func renamedService(edit generator.SettingsEdit) (names [2]string) {
	for i, keys := range [][]string{edit.Removed, edit.Added} {
		for _, key := range keys {
			service, _, ofService := strings.Cut(key, ".")
			switch {
			case !ofService || service == names[i]:
			case names[i] == "":
				names[i] = service
			default:
				return [2]string{}
			}
		}
	}
	if names[0] == "" || names[1] == "" {
		return [2]string{}
	}
	return names
}

// warning says what is left over, and what to do.
func (l leftover) warning(specName string) string {
	hint := fmt.Sprintf("give them to the service that %s has become, or remove them", l.service)
	if l.renamed != "" {
		hint = fmt.Sprintf("if %s is called %s now, rename them", l.service, l.renamed)
	}
	return fmt.Sprintf("%s sets %s, and %s has no service %s: the next preview will refuse that\nhint: %s",
		l.file, strings.Join(l.keys, ", "), specName, l.service, hint)
}
