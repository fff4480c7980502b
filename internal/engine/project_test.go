package engine

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

// config runs offlineConfig on a project, and returns the configuration and what
// was said about it.
func config(t *testing.T, project, stack string) (values map[string]any, said string) {
	t.Helper()
	dir := t.TempDir()
	write(t, dir, "Pulumi.yaml", project)
	if stack != "" {
		write(t, dir, "Pulumi.dev.yaml", stack)
	}
	var out bytes.Buffer
	r := &run{Options: Options{Dir: dir, Target: "lambda"}, stack: "acme/dev", progress: newProgress(&out)}
	var err error
	if r.project, err = readProject(dir); err != nil {
		t.Fatal(err)
	}
	text, err := r.offlineConfig()
	if err != nil {
		t.Fatal(err)
	}
	var file map[string]map[string]any
	if err := yaml.Unmarshal(text, &file); err != nil {
		t.Fatal(err)
	}
	if len(file) != 1 {
		t.Errorf("the copy has more than config, which only the user's own state can use:\n%s", text)
	}
	return file["config"], out.String()
}

func TestOfflineConfig(t *testing.T) {
	const project = "name: app\nruntime: go\n"
	added := map[string]any{
		"aws:region": "us-east-1", "aws:accessKey": "offline", "aws:secretKey": "offline",
		"aws:skipCredentialsValidation": "true", "aws:skipRequestingAccountId": "true", "aws:skipMetadataApiCheck": "true",
		"kubernetes:context": "offline",
	}
	with := func(changes map[string]any) map[string]any {
		all := map[string]any{}
		for _, values := range []map[string]any{added, changes} {
			for key, value := range values {
				if all[key] = value; value == nil {
					delete(all, key)
				}
			}
		}
		return all
	}
	tests := []struct {
		what, project, stack string
		want                 map[string]any
		secrets              string
	}{
		{"no file", project, "", with(map[string]any{"app:target": "lambda"}), ""},
		{"an empty file", project, "\n", added, ""},
		{
			"the user's own come first", project, "config: {aws:region: eu-central-1, kubernetes:context: mine}",
			with(map[string]any{"aws:region": "eu-central-1", "kubernetes:context": "mine"}), "",
		},
		{"a kubeconfig needs no context", project, "config: {kubernetes:kubeconfig: text}", with(map[string]any{"kubernetes:kubeconfig": "text", "kubernetes:context": nil}), ""},
		{"the project's own come first", project + "config: {aws:region: {value: eu-west-1}}", "config: {}", with(map[string]any{"aws:region": nil}), ""},
		{
			"secrets, keys and an environment", project,
			"secretsprovider: awskms://key\nencryptedkey: x\nencryptionsalt: y\nenvironment: [shared]\n" +
				"config: {app:one: {secure: v1:x}, app:deep: {list: [{secure: v1:y}, plain]}}",
			with(map[string]any{"app:one": placeholder, "app:deep": map[string]any{"list": []any{placeholder, "plain"}}}), "2 secret(s)",
		},
	}
	for _, test := range tests {
		t.Run(test.what, func(t *testing.T) {
			got, said := config(t, test.project, test.stack)
			if !reflect.DeepEqual(got, test.want) {
				t.Errorf("got\n%v, want\n%v", got, test.want)
			}
			if (test.secrets == "") != (said == "") || !strings.Contains(said, test.secrets) {
				t.Errorf("said %q", said)
			}
		})
	}
}

func TestOfflineEnvironment(t *testing.T) {
	dir := t.TempDir()
	r := &run{Options: Options{Dir: dir}, tools: Tools{Go: "go"}, project: &project{dir: dir}}
	write(t, dir, "go.mod", "module app\n")
	t.Setenv("GOFLAGS", "-v")
	env := map[string]string{}
	for _, variable := range r.offlineEnv(t.Context(), "/t", []string{
		"HOME=/h", "PULUMI_ACCESS_TOKEN=x", "PULUMI_CONFIG_PASSPHRASE_FILE=x", "AWS_ACCESS_KEY_ID=x", "AWS_PROFILE=x", "KUBECONFIG=x", "KUBE_CONTEXT=x",
	}) {
		key, value, _ := strings.Cut(variable, "=")
		env[key] = value
	}
	want := map[string]string{
		"HOME":        "/h",
		"PULUMI_HOME": "/t/home", "PULUMI_BACKEND_URL": "file:///t/state", "PULUMI_CONFIG_PASSPHRASE": "",
		"PULUMI_SKIP_UPDATE_CHECK": "true", "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
		"KUBECONFIG": "/t/kubeconfig", "AWS_CONFIG_FILE": "/t/aws", "AWS_SHARED_CREDENTIALS_FILE": "/t/aws", "AWS_EC2_METADATA_DISABLED": "true",
		"TMPDIR": "/t/tmp", "GOFLAGS": "-v '-overlay=/t/overlay.json'",
	}
	if !reflect.DeepEqual(env, want) {
		t.Errorf("got\n%v, want\n%v", env, want)
	}

	var overlay struct{ Replace map[string]string }
	if err := json.Unmarshal(r.overlay(), &overlay); err != nil {
		t.Fatal(err)
	}
	if file := filepath.Join(dir, "go.mod"); overlay.Replace[file] != file {
		t.Errorf("the overlay does not hold go.mod: %v", overlay)
	}
	t.Setenv("GOFLAGS", "-modfile=other.mod")
	if flags, ok := r.goFlags(t.Context(), "/t/overlay.json"); ok {
		t.Errorf("GOFLAGS that name a module file were changed: %s", flags)
	}
}

func TestProjects(t *testing.T) {
	tests := []struct {
		what, text string
		compiles   bool
		wrong      string
	}{
		{"a runtime alone", "name: app\nruntime: go\n", true, ""},
		{"options", "name: app\nruntime: {name: go, options: {buildTarget: bin/stacks}}\n", true, ""},
		{"a prebuilt program", "name: app\nruntime: {name: go, options: {binary: stacks}}\n", false, ""},
		{"another language", "name: app\nruntime: nodejs\n", false, ""},
		{"no name", "runtime: go\n", false, "Pulumi.yaml: has no name"},
		{"no YAML", "name: [\n", false, "Pulumi.yaml: yaml: "},
		{"no file", "", false, "no Pulumi.yaml in "},
	}
	for _, test := range tests {
		dir := t.TempDir()
		if test.text != "" {
			write(t, dir, "Pulumi.yaml", test.text)
		}
		p, err := readProject(dir)
		var fault *ProjectError
		switch {
		case test.wrong != "":
			if !errors.As(err, &fault) || !strings.Contains(err.Error(), test.wrong) {
				t.Errorf("%s: got %v", test.what, err)
			}
		case err != nil || p.compiles() != test.compiles:
			t.Errorf("%s: got %v, compiles %t", test.what, err, p != nil && p.compiles())
		}
	}
}

// A target that the stack's configuration does not pick would preview the other
// one, under the wrong name.
func TestTargetAndStackMustAgree(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "Pulumi.yaml", "name: app\nruntime: go\nstackConfigDir: config\n")
	write(t, dir, "Pulumi.dev.yaml", "config: {app:target: neither}\n") // not where Pulumi reads
	sub := filepath.Join(dir, "config")
	if err := os.Mkdir(sub, 0o700); err != nil {
		t.Fatal(err)
	}
	write(t, sub, "Pulumi.dev.yaml", "config: {app:target: kubernetes}\n")
	p, err := readProject(dir)
	if err != nil {
		t.Fatal(err)
	}
	for target, wrong := range map[string]string{"kubernetes": "", "": "", "lambda": "stack acme/dev deploys target kubernetes, not lambda\nhint: "} {
		err := p.agree("acme/dev", target)
		if (wrong == "") != (err == nil) || err != nil && !strings.Contains(err.Error(), wrong) {
			t.Errorf("target %q: got %v", target, err)
		}
	}
}

// What a stack must set and does not has a placeholder offline, and the preview says which;
// what it sets, in whichever way, stays.
func TestPlaceholders(t *testing.T) {
	const project = "name: app\nruntime: go\nconfig:\n  listed: {description: x, default: own}\n  empty: {description: x, default: \"\"}\n"
	dir := t.TempDir()
	write(t, dir, "Pulumi.yaml", project)
	write(t, dir, "Pulumi.dev.yaml", "config:\n  app:set: own\n  app:api: {zip: own}\n")
	var out bytes.Buffer
	keys := []string{"listed", "empty", "set", "api.zip", "missing"}
	r := &run{Options: Options{Dir: dir, Placeholders: map[string]string{}}, stack: "dev", progress: newProgress(&out)}
	for _, key := range keys {
		r.Placeholders[key] = "stand-in"
	}
	var err error
	if r.project, err = readProject(dir); err != nil {
		t.Fatal(err)
	}
	text, err := r.offlineConfig()
	if err != nil {
		t.Fatal(err)
	}
	var file struct{ Config map[string]any }
	if err := yaml.Unmarshal(text, &file); err != nil {
		t.Fatal(err)
	}
	for _, key := range keys {
		want := key == "empty" || key == "missing"
		if got := file.Config["app:"+key] == "stand-in"; got != want {
			t.Errorf("%s has a placeholder: %t, want %t", key, got, want)
		}
		if got := strings.Contains(out.String(), "does not set "+key+": offline, stand-in stands for it; before you deploy: pulumi config set --stack dev "+key+" VALUE"); got != want {
			t.Errorf("%s is named: %t, want %t:\n%s", key, got, want, out.String())
		}
	}
}
