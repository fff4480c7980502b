// Package released has what earlier versions of ambi emitted, for tests that bring
// projects of theirs along: projects that a team has edited, and stacks that it has
// deployed. A release adds its own archive:
//
//	0.1.0.tar.gz    the golden projects and the example, by name: app.yaml, what 0.1.0
//	                emitted for it, and its Pulumi.yaml
//
// The module of each project is [Module].
package released

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"embed"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"ambi/generator"
)

// Module is the path of the module that the projects' imports begin with.
const Module = "example.com/golden"

//go:embed testdata
var archives embed.FS

// Project is one project, by its files' paths.
type Project map[string][]byte

// Spec is the project's app.yaml.
func (p Project) Spec() []byte { return p["app.yaml"] }

// Emitted returns the files below stacks/, sorted by path, with imports of another module.
func (p Project) Emitted(module string) []generator.File {
	var files []generator.File
	for _, name := range slices.Sorted(maps.Keys(p)) {
		if strings.HasPrefix(name, "stacks/") {
			files = append(files, generator.File{Path: name, Content: bytes.ReplaceAll(p[name], []byte(`"`+Module+"/"), []byte(`"`+module+"/"))})
		}
	}
	return files
}

// Projects returns what a version emitted, by the projects' names.
func Projects(version string) (map[string]Project, error) {
	text, err := archives.ReadFile("testdata/" + version + ".tar.gz")
	if err != nil {
		return nil, err
	}
	unzipped, err := gzip.NewReader(bytes.NewReader(text))
	if err != nil {
		return nil, err
	}
	projects := map[string]Project{}
	for archive := tar.NewReader(unzipped); ; {
		header, err := archive.Next()
		if errors.Is(err, io.EOF) {
			return projects, nil
		}
		if err != nil {
			return nil, err
		}
		name, file, ok := strings.Cut(header.Name, "/")
		if !ok {
			return nil, fmt.Errorf("%s is in no project", header.Name)
		}
		content, err := io.ReadAll(archive)
		if err != nil {
			return nil, err
		}
		if projects[name] == nil {
			projects[name] = Project{}
		}
		projects[name][file] = content
	}
}
