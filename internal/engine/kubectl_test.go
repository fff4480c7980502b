//go:build unix

package engine

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// plannedDeployment is a line of an event log: a Deployment of two variables from Secrets.
const plannedDeployment = `{"resourcePreEvent": {"metadata": {"op": "OP", "type": "kubernetes:apps/v1:Deployment", "urn": "urn:pulumi:prod::app::kubernetes:apps/v1:Deployment::web",
	"new": {"inputs": {"metadata": {"namespace": "shop"}, "spec": {"template": {"metadata": {"labels": {"a": "b"}}, "spec": {
		"serviceAccountName": "` + unknownText + `",
		"containers": [{"name": "web", "image": "web:1", "env": [
			{"name": "A", "valueFrom": {"secretKeyRef": {"name": "one", "key": "value"}}},
			{"name": "B", "valueFrom": {"secretKeyRef": {"name": "one", "key": "other"}}},
			{"name": "C", "valueFrom": {"secretKeyRef": {"name": "two", "key": "value"}}},
			{"name": "D", "value": "plain"}]}]}}}}}}}}`

// previewWith previews a planned Deployment with a kubectl that runs a script. It returns
// what was found, what was said, and what the kubectl was asked.
func previewWith(t *testing.T, op, script string) (found []string, said, asked string) {
	t.Helper()
	temporaryFiles(t)
	line := strings.ReplaceAll(strings.ReplaceAll(plannedDeployment, "\n", ""), "OP", op)
	dir := fakeEngine(t, "cat > $log <<'END'\n"+line+"\nEND\n")
	write(t, dir, "Pulumi.prod.yaml", "config: {kubernetes:context: mine}\n")
	tools := strings.Split(os.Getenv("PATH"), string(filepath.ListSeparator))[0]
	log := filepath.Join(tools, "asked")
	if script != "" {
		program(t, tools, "kubectl", "printf '%s\\n' \"$*\" >> "+log+"\n"+script)
	} else {
		t.Setenv("PATH", tools)
		program(t, tools, "go", "")
		program(t, tools, "cat", "exec /bin/cat")
	}
	var stderr bytes.Buffer
	result, err := Preview(t.Context(), Options{Dir: dir, Stack: "prod", Target: "kubernetes", Stderr: &stderr})
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range result.Diagnostics {
		if d.Severity != "warning" || d.URN != "urn:pulumi:prod::app::kubernetes:apps/v1:Deployment::web" {
			t.Errorf("got %+v", d)
		}
		found = append(found, d.Message)
	}
	text, _ := os.ReadFile(log)
	return found, stderr.String(), string(text)
}

func TestPreviewAsksTheClusterForWhatIsMissing(t *testing.T) {
	const quota = `Error from server (Forbidden): error when creating "STDIN": pods "ambi-preview-x" is forbidden: exceeded quota: small`
	tests := []struct {
		what, op, script string
		found            []string
		said             string
	}{
		{
			"all is there", "create", `case "$*" in *" get "*) printf 'other\nvalue\n\n' ;; esac`, nil, "",
		},
		{
			"a Secret and a key are missing", "update", `case "$*" in *" secret one "*) printf 'value\n\n' ;; esac`, []string{
				"Secret one in namespace shop has no key other: new pods wait for it, and the update fails",
				"Secret two is not in namespace shop: new pods wait for it, and the update fails",
			}, "warning: Secret two is not in namespace shop",
		},
		{
			"a quota", "create", `case "$*" in *" get "*) printf 'other\nvalue\n\n' ;; *) echo '` + quota + `' >&2; exit 1 ;; esac`,
			[]string{"the cluster would not take one more pod in namespace shop: " + quota}, "exceeded quota: small",
		},
		{
			"no rights", "create", `echo 'Error from server (Forbidden): x is forbidden: User "me" cannot get resource "x" in API group ""' >&2; exit 1`, nil, "",
		},
		{
			"no answer", "create", `echo 'Unable to connect to the server' >&2; exit 1`, nil, "warning: cannot ask the cluster for Secret one in namespace shop: Unable to connect",
		},
		{"nothing changes", "same", "exit 1", nil, ""},
		{"no kubectl", "create", "", nil, "kubectl is not on PATH"},
	}
	for _, test := range tests {
		t.Run(test.what, func(t *testing.T) {
			found, said, asked := previewWith(t, test.op, test.script)
			if strings.Join(found, "\n") != strings.Join(test.found, "\n") {
				t.Errorf("found\n%s\nwant\n%s", strings.Join(found, "\n"), strings.Join(test.found, "\n"))
			}
			if test.said == "" && said != "" || !strings.Contains(said, test.said) {
				t.Errorf("said %q, want %q", said, test.said)
			}
			if (asked == "") != (test.op == "same" || test.script == "") {
				t.Errorf("kubectl was asked %q", asked)
			}
			for line := range strings.Lines(asked) {
				if !strings.HasPrefix(line, "--context mine ") || !strings.Contains(line, "-n shop") || strings.Contains(line, " create ") && !strings.Contains(line, " --dry-run=server ") {
					t.Errorf("kubectl was asked %s", line)
				}
			}
		})
	}
}

// The ServiceAccount may only come with the update, and the API server refuses a pod whose
// account is missing.
func TestPodToTryHasNoAccount(t *testing.T) {
	var d planned
	d.inputs.Spec.Template.Spec = map[string]any{"serviceAccountName": unknownText, "containers": []any{}}
	pod, err := d.pod()
	if err != nil || strings.Contains(pod, "serviceAccount") || !strings.Contains(pod, `"containers"`) {
		t.Errorf("%v %s", err, pod)
	}
	if d.inputs.Spec.Template.Spec["serviceAccountName"] == nil {
		t.Error("what is planned was changed")
	}
}
