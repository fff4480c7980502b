package project

import (
	"bytes"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/mod/modfile"
	"golang.org/x/mod/module"

	"ambi/generator"
	"ambi/internal/inputfile"
)

// PinnedModules lists Pulumi's modules that emitted code imports, in the versions that
// a new project has.
func PinnedModules() ([]module.Version, error) {
	files, err := generator.Module("example.com/any")
	if err != nil {
		return nil, err
	}
	var list []module.Version
	for _, f := range files {
		if f.Path != "go.mod" {
			continue
		}
		text, err := modfile.ParseLax(f.Path, f.Content, nil)
		if err != nil {
			return nil, err
		}
		for _, r := range text.Require {
			if !r.Indirect && strings.HasPrefix(r.Mod.Path, "github.com/pulumi/pulumi") {
				list = append(list, r.Mod)
			}
		}
	}
	return list, nil
}

// MissingModules returns the commands that add to the user's go.mod what the
// program needs and go.mod lacks; ambi never edits that file.
func (p *Project) MissingModules() []string {
	dir, err := filepath.Abs(p.Root)
	if err != nil {
		return nil
	}
	var required map[string]bool
	for at := dir; ; at = filepath.Dir(at) {
		name := filepath.Join(at, "go.mod")
		if text, err := inputfile.Text(name); err == nil {
			file, err := modfile.ParseLax(name, text, nil)
			if err != nil {
				return nil
			}
			required = map[string]bool{}
			for _, r := range file.Require {
				required[r.Mod.Path] = true
			}
			break
		}
		if at == filepath.Dir(at) {
			return nil
		}
	}
	files, err := p.Files()
	if err != nil {
		return nil
	}
	pins, err := PinnedModules()
	if err != nil {
		return nil
	}
	var missing []string
	for _, module := range pins {
		imported := slices.ContainsFunc(files, func(f generator.File) bool {
			return bytes.Contains(f.Content, []byte(`"`+module.Path+"/"))
		})
		if imported && !required[module.Path] {
			missing = append(missing, module.String())
		}
	}
	if missing == nil {
		return nil
	}
	return []string{
		"",
		"go.mod lacks what the program imports; add it with",
		fmt.Sprintf("  go get %s", strings.Join(missing, " ")),
		"  go mod tidy",
	}
}
