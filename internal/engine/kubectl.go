package engine

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os/exec"
	"slices"
	"strings"

	"ambi/internal/problem"
)

// If the user has kubectl and the permissions, it finds problems that Pulumi's preview does
// not: a missing Secret or key, and a quota or a policy that would refuse a pod. Otherwise an
// update finds them after minutes of waiting. kubectl runs with the context of the stack's own
// configuration.

// planned is a Deployment that the engine would create or update.
type planned struct {
	urn    string
	inputs struct {
		Metadata struct{ Namespace string }
		Spec     struct {
			Template struct {
				Metadata map[string]any
				Spec     map[string]any
			}
		}
	}
}

// unknownText stands in an event log for what only the update will know.
const unknownText = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"

// cluster is a cluster as kubectl reaches it.
type cluster struct {
	kubectl, context string
	env              []string
}

// ask runs kubectl. An error is what the cluster says, in one line.
func (c *cluster) ask(ctx context.Context, stdin string, arguments ...string) (string, error) {
	cmd := command(ctx, true, c.kubectl, append([]string{"--context", c.context, "--request-timeout", "10s"}, arguments...)...)
	cmd.Env = c.env
	cmd.Stdin = strings.NewReader(stdin)
	var out, said strings.Builder
	cmd.Stdout, cmd.Stderr = &out, &said
	err := runAll(cmd)
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		err = errors.New(strings.Join(strings.Fields(said.String()), " "))
	}
	return out.String(), err
}

// noRight reports whether the user may not ask. RBAC words it so for every kind and verb.
func noRight(err error) bool { return strings.Contains(err.Error(), " cannot ") }

// askCluster returns what a cluster lacks for the Deployments that are planned. The preview is
// done: where the cluster cannot be asked, a line says so, and that is all.
func (r *run) askCluster(ctx context.Context, env []string, deployments []planned) []Diagnostic {
	config, err := r.project.readConfig(r.stack)
	if err != nil {
		return nil // the engine has read it
	}
	c := &cluster{context: config.Config["kubernetes:context"].Value, env: env}
	if config.Config["kubernetes:kubeconfig"].Kind != 0 || c.context == "" || len(deployments) == 0 {
		return nil // where the cluster is, the engine alone knows
	}
	if c.kubectl, err = exec.LookPath("kubectl"); err != nil {
		r.progress.say("kubectl is not on PATH: Secrets and quotas were not checked")
		return nil
	}
	var found []Diagnostic
	err = r.progress.step("asking the cluster for Secrets and quotas", func(func(string)) error {
		found, err = c.lacks(ctx, deployments)
		return err
	})
	if err != nil {
		r.progress.say("warning: " + err.Error())
	}
	for _, d := range found {
		r.progress.say(problem.New("warning: %s", d.Message).Error())
	}
	return found
}

// lacks returns what Deployments need and the cluster does not have or would not take. What
// the user has no right to ask is left out.
func (c *cluster) lacks(ctx context.Context, deployments []planned) ([]Diagnostic, error) {
	var found []Diagnostic
	warn := func(urn, format string, arguments ...any) {
		found = append(found, Diagnostic{Severity: "warning", URN: urn, Message: fmt.Sprintf(format, arguments...)})
	}
	for _, d := range deployments {
		namespace := d.inputs.Metadata.Namespace
		secrets := d.secrets()
		for _, name := range slices.Sorted(maps.Keys(secrets)) {
			// Its keys, and a line more where it is there at all. No value reaches this process.
			const keys = `{{range $key, $_ := .data}}{{$key}}{{"\n"}}{{end}}{{"\n"}}`
			out, err := c.ask(ctx, "", "get", "secret", name, "-n", namespace, "--ignore-not-found", "-o", "go-template="+keys)
			switch {
			case err != nil && noRight(err):
			case err != nil:
				return found, problem.New("cannot ask the cluster for Secret %s in namespace %s: %w", name, namespace, err)
			case out == "":
				warn(d.urn, "Secret %s is not in namespace %s: new pods wait for it, and the update fails", name, namespace)
			default:
				for _, key := range secrets[name] {
					if !slices.Contains(strings.Split(out, "\n"), key) {
						warn(d.urn, "Secret %s in namespace %s has no key %s: new pods wait for it, and the update fails", name, namespace, key)
					}
				}
			}
		}
		pod, err := d.pod()
		if err != nil || strings.Contains(pod, unknownText) {
			continue // that only the update knows
		}
		if _, err := c.ask(ctx, pod, "create", "--dry-run=server", "-f", "-", "-n", namespace); err != nil && !noRight(err) {
			if !strings.Contains(err.Error(), "Error from server") && !strings.Contains(err.Error(), " is invalid: ") {
				return found, problem.New("cannot ask the cluster to try a pod in namespace %s: %w", namespace, err)
			}
			warn(d.urn, "the cluster would not take one more pod in namespace %s: %v", namespace, err)
		}
	}
	return found, nil
}

// secrets are the Secrets that a Deployment's pods wait for, each with its keys.
func (d planned) secrets() map[string][]string {
	all := map[string][]string{}
	for _, kind := range []string{"initContainers", "containers"} {
		for _, container := range elements(d.inputs.Spec.Template.Spec[kind]) {
			for _, variable := range elements(container["env"]) {
				from, _ := variable["valueFrom"].(map[string]any)
				ref, _ := from["secretKeyRef"].(map[string]any)
				name, _ := ref["name"].(string)
				if key, _ := ref["key"].(string); name != "" && ref["optional"] != true {
					all[name] = append(all[name], key)
				}
			}
		}
	}
	return all
}

// elements are the objects of a list.
func elements(list any) []map[string]any {
	var all []map[string]any
	values, _ := list.([]any)
	for _, value := range values {
		if element, ok := value.(map[string]any); ok {
			all = append(all, element)
		}
	}
	return all
}

// pod is one of a Deployment's pods, as JSON. Its ServiceAccount may only come with the update.
func (d planned) pod() (string, error) {
	spec := maps.Clone(d.inputs.Spec.Template.Spec)
	delete(spec, "serviceAccountName")
	delete(spec, "serviceAccount")
	metadata := map[string]any{"generateName": "ambi-preview-", "labels": d.inputs.Spec.Template.Metadata["labels"]}
	text, err := json.Marshal(map[string]any{"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": spec})
	return string(text), err
}
