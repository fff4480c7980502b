package engine

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"ambi/internal/offline"
)

// session is what an offline preview has of its own. All its files are in one
// temporary folder, which the caller removes.
type session struct {
	env    []string
	stack  string // the name without an organization: local state knows none
	config string // the copy of the stack's configuration
	stand  *offline.Server
}

func (s *session) Close() error { return s.stand.Close() }

// startOffline makes a temporary stack of the same name and starts the stand-ins.
//
// The stack is made in a folder of its own, because "pulumi stack init" writes the
// salt of its encryption into the stack's configuration file beside Pulumi.yaml,
// and that must not be the user's.
func (r *run) startOffline(ctx context.Context, temporary string, env []string) (*session, error) {
	s := &session{stack: path.Base(r.stack)}
	beside := filepath.Join(temporary, "project")
	for _, dir := range []string{"home", "state", "tmp"} {
		if err := os.Mkdir(filepath.Join(temporary, dir), 0o700); err != nil {
			return nil, err
		}
	}
	config, err := r.offlineConfig()
	if err != nil {
		return nil, err
	}
	s.config = filepath.Join(beside, "Pulumi."+s.stack+".yaml")
	for name, text := range map[string][]byte{
		filepath.Join(temporary, "kubeconfig"):   []byte("apiVersion: v1\nkind: Config\n"),
		filepath.Join(temporary, "aws"):          nil,
		filepath.Join(temporary, "overlay.json"): r.overlay(),
	} {
		if err := os.WriteFile(name, text, 0o600); err != nil {
			return nil, err
		}
	}
	if s.stand, err = offline.Serve(); err != nil {
		return nil, err
	}
	s.env = append(r.offlineEnv(ctx, temporary, env), s.stand.Env()...)

	if err := r.initialize(ctx, beside, s.config, config, s.env, s.stack); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// offlineEnv returns an environment that leads to no account, cluster, login or
// setting of the user's, and that keeps all files of the engine in one folder.
func (r *run) offlineEnv(ctx context.Context, temporary string, env []string) []string {
	var kept []string
	for _, variable := range env {
		if !strings.HasPrefix(variable, "PULUMI_") && !strings.HasPrefix(variable, "AWS_") && !strings.HasPrefix(variable, "KUBE") {
			kept = append(kept, variable)
		}
	}
	in := func(name string) string { return filepath.Join(temporary, name) }
	kept = append(kept,
		"PULUMI_HOME="+in("home"),
		"PULUMI_BACKEND_URL=file://"+filepath.ToSlash(in("state")),
		"PULUMI_CONFIG_PASSPHRASE=",
		"PULUMI_SKIP_UPDATE_CHECK=true",
		"PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION=true",
		// The stand-ins need no credentials, and the program must not find the user's.
		"KUBECONFIG="+in("kubeconfig"),
		"AWS_CONFIG_FILE="+in("aws"),
		"AWS_SHARED_CREDENTIALS_FILE="+in("aws"),
		"AWS_EC2_METADATA_DISABLED=true",
		"TMPDIR="+in("tmp"),
	)
	if flags, ok := r.goFlags(ctx, in("overlay.json")); ok {
		kept = append(kept, "GOFLAGS="+flags)
	}
	return kept
}

// goFlags adds an overlay to the user's own GOFLAGS, in which go.mod and go.sum
// stand for themselves. Go refuses to rewrite what an overlay holds, and so the
// language host, which lists modules with -mod=mod, leaves both as they are.
func (r *run) goFlags(ctx context.Context, overlay string) (string, bool) {
	cmd := command(ctx, true, r.tools.Go, "env", "GOFLAGS")
	cmd.Dir = r.Dir
	own, err := cmd.Output()
	flags := strings.TrimSpace(string(own))
	if err != nil || strings.Contains(flags, "-overlay") || strings.Contains(flags, "-modfile") {
		return "", false
	}
	return strings.TrimSpace(flags + " '-overlay=" + overlay + "'"), true
}

// overlay returns the overlay's text. A project reached through a symbolic link
// stands in it under both of its names, since either may be the working folder.
func (r *run) overlay() []byte {
	replace := map[string]string{}
	for _, dir := range []string{r.project.program(), resolved(r.project.program())} {
		for ; !exists(filepath.Join(dir, "go.mod")) && dir != filepath.Dir(dir); dir = filepath.Dir(dir) {
		}
		for _, name := range []string{"go.mod", "go.sum"} {
			if file := filepath.Join(dir, name); exists(file) {
				replace[file] = file
			}
		}
	}
	text, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		panic(err) // strings always marshal
	}
	return text
}

func exists(name string) bool {
	_, err := os.Stat(name)
	return err == nil
}

// placeholder stands for a secret of the stack's configuration, which offline
// nothing can decrypt.
const placeholder = "offline-placeholder"

// offlineConfig returns a copy of the stack's configuration, with what an offline
// run needs beside it.
func (r *run) offlineConfig() ([]byte, error) {
	config, err := r.project.readConfig(r.stack)
	if err != nil {
		return nil, err
	}
	secrets := 0
	for key, value := range config.Config {
		secrets += replaceSecrets(&value)
		config.Config[key] = value
	}
	if secrets > 0 {
		r.progress.say(fmt.Sprintf("stack %s has %d secret(s) in its configuration: offline, the text %q stands for each", r.stack, secrets, placeholder))
	}
	set := func(key, value string) {
		if _, has := config.Config[key]; has {
			return
		}
		if _, has := r.project.Config[key]; has {
			return
		}
		config.Config[key] = yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: value}
	}
	if r.Target != "" && !exists(r.project.configFile(r.stack)) {
		config.Config[r.project.Name+":target"] = yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: r.Target}
	}
	if r.Data != "" {
		set(r.project.Name+":dataStack", usualDataStack)
	}
	set("aws:region", "us-east-1")
	set("aws:accessKey", "offline")
	set("aws:secretKey", "offline")
	set("aws:skipCredentialsValidation", "true")
	set("aws:skipRequestingAccountId", "true")
	set("aws:skipMetadataApiCheck", "true")
	for _, key := range slices.Sorted(maps.Keys(r.Placeholders)) {
		if r.project.given(config, key) {
			continue
		}
		value := r.Placeholders[key]
		if region := config.Config["aws:region"]; region.Value != "" {
			value = strings.Replace(value, ":us-east-1:", ":"+region.Value+":", 1)
		}
		config.Config[r.project.Name+":"+key] = yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: value}
		r.progress.say(fmt.Sprintf("stack %s does not set %s: offline, %s stands for it; before you deploy: pulumi config set%s --stack %s %s VALUE",
			r.stack, key, value, r.folderFlag(), r.stack, key))
	}
	if _, has := config.Config["kubernetes:kubeconfig"]; !has {
		set("kubernetes:context", "offline")
	}
	return yaml.Marshal(config)
}

// replaceSecrets puts the placeholder wherever a value is encrypted, and counts.
func replaceSecrets(node *yaml.Node) (count int) {
	if node.Kind == yaml.MappingNode && len(node.Content) == 2 && node.Content[0].Value == "secure" {
		*node = yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: placeholder}
		return 1
	}
	for _, child := range node.Content {
		count += replaceSecrets(child)
	}
	return count
}
