package engine

import (
	"context"
	"encoding/json"
	"os"
	"path"
	"path/filepath"
	"strings"

	"go.yaml.in/yaml/v3"

	"ambi/internal/offline"
	"ambi/internal/problem"
)

// usualDataStack is the stack of the data that a new project has.
const usualDataStack = "main"

// dataStack is the stack of the data that the stack's configuration names.
func (r *run) dataStack(config *stackConfig) string {
	key := r.project.Name + ":dataStack"
	if set := config.Config[key]; set.Value != "" {
		return path.Base(set.Value)
	}
	return usualDataStack
}

// DataStack is the stack of the data that the stack with these options reads, of the same
// organization.
func DataStack(options Options) (string, error) {
	r, err := newRun(options)
	if err != nil {
		return "", err
	}
	config, err := r.project.readConfig(r.stack)
	if err != nil {
		return "", err
	}
	stack := r.dataStack(config)
	if organization, _, found := strings.Cut(r.stack, "/"); found {
		stack = organization + "/" + stack
	}
	return stack, nil
}

// PreviewBeside previews a stack of the program in the folder that the options name as Data, and
// which the app has beside its own. They are else those of a stack that reads it.
func PreviewBeside(ctx context.Context, options Options, stack string) (*Result, error) {
	folder := options.Data
	options.Dir = filepath.Join(options.Dir, filepath.FromSlash(folder))
	options.Target, options.Stack, options.Data = "", stack, ""
	r, err := newRun(options)
	if err != nil {
		return nil, err
	}
	r.folder = folder
	return r.previewed(ctx)
}

// bringUp gives an offline preview the data stack that the program reads: the program of the
// data is deployed against the stand-ins, or, where the caller knows what a deployed data
// stack exports, a stack with these outputs is put in its place.
func (r *run) bringUp(ctx context.Context, temporary string, s *session) (*Result, error) {
	project, err := readProject(filepath.Join(r.Dir, filepath.FromSlash(r.Data)))
	if err != nil {
		return nil, err
	}
	config, err := r.project.readConfig(r.stack)
	if err != nil {
		return nil, err
	}
	d := &run{Options: Options{Dir: project.dir, Offline: true, Color: r.Color, Stdout: r.DataStdout, Stderr: r.Stderr}, folder: r.Data, tools: r.tools, project: project, progress: r.progress}
	d.stack = r.dataStack(config)
	if r.DataOutputs == nil {
		d.Placeholders = r.DataPlaceholders
	}
	own, err := d.offlineConfig()
	if err != nil {
		return nil, err
	}
	if !exists(project.configFile(d.stack)) { // a stack of the user's that is not in this folder
		own = append(own, []byte("  "+project.Name+":consumer: "+r.consumer()+"\n")...)
	}
	beside := filepath.Join(temporary, "data")
	file := filepath.Join(beside, "Pulumi."+d.stack+".yaml")
	if err := d.initialize(ctx, beside, file, own, s.env, d.stack); err != nil {
		return nil, err
	}
	if r.DataOutputs != nil {
		return nil, d.imports(ctx, beside, s.env, r.DataOutputs)
	}
	if err := d.compile(ctx, s.env); err != nil {
		return nil, err
	}
	logs := filepath.Join(temporary, "data-log")
	if err := os.Mkdir(logs, 0o700); err != nil {
		return nil, err
	}
	return d.runEngine(ctx, logs, s.env, []string{"up", "--yes", "--skip-preview", "--stack", d.stack, "--config-file", file})
}

// consumer is the target that an offline preview has take messages.
func (r *run) consumer() string {
	if r.Target != "" {
		return r.Target
	}
	return "lambda"
}

// initialize makes a temporary stack, in a folder of its own.
func (r *run) initialize(ctx context.Context, beside, file string, config []byte, env []string, stack string) error {
	project, err := yaml.Marshal(map[string]string{"name": r.project.Name, "runtime": "go"})
	if err != nil {
		return err
	}
	if err := os.MkdirAll(beside, 0o700); err != nil {
		return err
	}
	for name, text := range map[string][]byte{file: config, filepath.Join(beside, "Pulumi.yaml"): project} {
		if err := os.WriteFile(name, text, 0o600); err != nil {
			return err
		}
	}
	return r.quietly(ctx, beside, env, "cannot make a temporary stack "+stack, "stack", "init", "--non-interactive", "--no-select", stack)
}

// imports puts a stack with outputs and nothing else in place.
func (r *run) imports(ctx context.Context, beside string, env []string, outputs map[string]any) error {
	urn := strings.Join([]string{"urn:pulumi:" + r.stack, r.project.Name, "pulumi:pulumi:Stack", r.project.Name + "-" + r.stack}, "::")
	text, err := json.Marshal(map[string]any{"version": 3, "deployment": map[string]any{
		"manifest":  map[string]any{"time": "2000-01-01T00:00:00Z", "magic": "", "version": ""},
		"resources": []any{map[string]any{"urn": urn, "type": "pulumi:pulumi:Stack", "custom": false, "outputs": outputs}},
	}})
	if err != nil {
		return err
	}
	file := filepath.Join(beside, "outputs.json")
	if err := os.WriteFile(file, text, 0o600); err != nil {
		return err
	}
	return r.quietly(ctx, beside, env, "cannot give the data stack its outputs", "stack", "import", "--stack", r.stack, "--file", file)
}

// quietly runs the engine, and shows what it says only when it fails.
func (r *run) quietly(ctx context.Context, dir string, env []string, failed string, arguments ...string) error {
	cmd := command(ctx, true, r.tools.Pulumi, arguments...)
	cmd.Dir, cmd.Env = dir, env
	said := &tail{}
	cmd.Stdout, cmd.Stderr = said, said
	if err := runAll(cmd); err != nil {
		return saying(problem.New("%s: %w", failed, err), said.String())
	}
	return nil
}

// ownOf leaves out what another program registered: that of the data.
func ownOf(all []offline.Resource, project string) []offline.Resource {
	var own []offline.Resource
	for _, r := range all {
		if strings.Contains(r.URN, "::"+project+"::") {
			own = append(own, r)
		}
	}
	return own
}
