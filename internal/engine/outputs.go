package engine

import (
	"bytes"
	"context"
	"encoding/json"
	"path/filepath"
	"slices"

	"ambi/internal/problem"
)

// Outputs asks the user's own Pulumi, with their login and state, for what a stack exports.
// Secrets among them are hidden. The program's folder is seen from the project's root; empty for
// the root itself.
func Outputs(ctx context.Context, root, folder, stack string) (map[string]any, error) {
	pulumi := lookup("pulumi", toolFolders(root))
	if pulumi == "" {
		return nil, missing("pulumi, the Pulumi CLI,", toolFolders(root))
	}
	cmd := command(ctx, true, pulumi, "stack", "output", "--json", "--non-interactive", "--stack", stack)
	cmd.Dir = filepath.Join(root, filepath.FromSlash(folder))
	said, printed := &tail{}, &bytes.Buffer{}
	cmd.Stdout, cmd.Stderr = printed, said
	if err := runAll(cmd); err != nil {
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		return nil, saying(problem.New("pulumi stack output: %w", err), said.String())
	}
	var outputs map[string]any
	if err := json.Unmarshal(printed.Bytes(), &outputs); err != nil {
		return nil, problem.New("pulumi stack output printed no JSON: %w", err)
	}
	return outputs, nil
}

// Setting is the value of one of the program's own settings in a stack's configuration, as the
// project's folder has it; empty where it is not set there, or there is no project of Pulumi's yet.
func Setting(root, folder, stack, key string) (string, error) {
	dir := filepath.Join(root, filepath.FromSlash(folder))
	if !slices.ContainsFunc(projectFiles(), func(name string) bool { return exists(filepath.Join(dir, name)) }) {
		return "", nil
	}
	p, err := readProject(dir)
	if err != nil {
		return "", err
	}
	config, err := p.readConfig(stack)
	if err != nil {
		return "", err
	}
	return config.Config[p.Name+":"+key].Value, nil
}
