package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/mod/modfile"

	"ambi/spec"
)

// The module versions that emitted code is written and tested against.
const (
	pulumiModule     = "github.com/pulumi/pulumi/sdk/v3"
	pulumiVersion    = "v3.250.0"
	awsModule        = "github.com/pulumi/pulumi-aws/sdk/v6"
	awsVersion       = "v6.83.2"
	kubernetesModule = "github.com/pulumi/pulumi-kubernetes/sdk/v4"
	kubeVersion      = "v4.30.0"
)

// missingModules returns the commands that add to the user's go.mod what the
// program needs and go.mod lacks; ambi never edits that file.
func (p *project) missingModules() []string {
	dir, err := filepath.Abs(p.root)
	if err != nil {
		return nil
	}
	var required map[string]bool
	for at := dir; ; at = filepath.Dir(at) {
		name := filepath.Join(at, "go.mod")
		if text, err := os.ReadFile(name); err == nil {
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
	wanted := []string{pulumiModule + "@" + pulumiVersion}
	if p.app.For(spec.Lambda) {
		wanted = append(wanted, awsModule+"@"+awsVersion)
	}
	if p.app.For(spec.Kubernetes) {
		wanted = append(wanted, kubernetesModule+"@"+kubeVersion)
	}
	var missing []string
	for _, module := range wanted {
		name, _, _ := strings.Cut(module, "@")
		if !required[name] {
			missing = append(missing, module)
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
