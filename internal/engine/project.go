package engine

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"path/filepath"
	"strings"

	"go.yaml.in/yaml/v3"

	"ambi/internal/inputfile"
	"ambi/internal/problem"
)

// project is what matters here of a Pulumi.yaml.
type project struct {
	Name           string               `yaml:"name"`
	Main           string               `yaml:"main"`
	Runtime        yaml.Node            `yaml:"runtime"` // a name, or a name and options
	Config         map[string]yaml.Node `yaml:"config"`
	StackConfigDir string               `yaml:"stackConfigDir"`

	dir string
}

// projectFiles are the names that Pulumi knows a project's file by.
func projectFiles() []string { return []string{"Pulumi.yaml", "Pulumi.yml", "Pulumi.json"} }

// readProject reads the project's file in a folder.
func readProject(dir string) (*project, error) {
	for _, name := range projectFiles() {
		text, err := inputfile.Text(filepath.Join(dir, name))
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, err
		}
		p := &project{dir: dir}
		if err := yaml.Unmarshal(text, p); err != nil {
			return nil, &ProjectError{problem.InFile(name, err)}
		}
		if p.Name == "" {
			return nil, &ProjectError{problem.File(name, 0, "has no name")}
		}
		return p, nil
	}
	return nil, &ProjectError{problem.New("no Pulumi.yaml in %s", dir).Hint("\"ambi init\" writes what a project lacks, and keeps what is there")}
}

// compiles reports whether the language host compiles the program: Go, and not
// prebuilt.
func (p *project) compiles() bool {
	if p.Runtime.Kind == yaml.ScalarNode {
		return p.Runtime.Value == "go"
	}
	var runtime struct {
		Name    string `yaml:"name"`
		Options struct {
			Binary string `yaml:"binary"`
		} `yaml:"options"`
	}
	return p.Runtime.Decode(&runtime) == nil && runtime.Name == "go" && runtime.Options.Binary == ""
}

// program is the folder of the stack program.
func (p *project) program() string { return filepath.Join(p.dir, filepath.FromSlash(p.Main)) }

// configFile is where a stack's configuration is. A stack's name may carry its
// organization; the file's does not.
func (p *project) configFile(stack string) string {
	return filepath.Join(p.dir, filepath.FromSlash(p.StackConfigDir), "Pulumi."+path.Base(stack)+".yaml")
}

// stackConfig is a stack's configuration file.
type stackConfig struct {
	Config map[string]yaml.Node `yaml:"config"`
}

// readConfig reads a stack's configuration. A stack without a file has none.
func (p *project) readConfig(stack string) (*stackConfig, error) {
	config := &stackConfig{}
	text, err := inputfile.Text(p.configFile(stack))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	if err := yaml.Unmarshal(text, config); err != nil {
		return nil, &ProjectError{fmt.Errorf("%s: %w", filepath.Base(p.configFile(stack)), err)}
	}
	if config.Config == nil {
		config.Config = map[string]yaml.Node{}
	}
	return config, nil
}

// given reports whether a stack has a value for one of the program's settings: of its own,
// also below the service that the setting begins with, or the project's default.
func (p *project) given(config *stackConfig, key string) bool {
	if config.Config[p.Name+":"+key].Value != "" {
		return true
	}
	if service, below, nested := strings.Cut(key, "."); nested {
		var settings map[string]string
		if node := config.Config[p.Name+":"+service]; node.Decode(&settings) == nil && settings[below] != "" {
			return true
		}
	}
	var listed struct{ Default, Value string }
	node := p.Config[key]
	return node.Kind == yaml.MappingNode && node.Decode(&listed) == nil && listed.Default+listed.Value != ""
}

// agree fails when the stack's configuration picks another target than the caller
// means to preview.
func (p *project) agree(stack, target string) error {
	config, err := p.readConfig(stack)
	if err != nil {
		return err
	}
	set := config.Config[p.Name+":target"]
	if target == "" || set.Value == "" || set.Value == target {
		return nil
	}
	return &ProjectError{problem.New("stack %s deploys target %s, not %s", stack, set.Value, target).
		Hint("pick the stack that is configured for %s, or change it: pulumi config set --stack %s target %s", target, stack, target)}
}
