//go:build cluster

package cluster_test

import (
	"context"
	"fmt"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"ambi/internal/cluster"
	"ambi/internal/lifecycle"
	"ambi/internal/updateimpact"
	"ambi/spec"
)

// deployments deploys with Pulumi's own Kubernetes provider: each project as it is, then one
// change after the other of docs/changes.md, and what goes wrong. They share the cluster and
// nothing in it, and run side by side, since most of their time is the provider's waits.
func (p *proof) deployments(projects []*project) func(*testing.T) {
	return func(t *testing.T) {
		ctx, stop := context.WithCancel(p.ctx)
		t.Cleanup(stop)
		go p.serveIngresses(ctx)
		t.Run("one program", func(t *testing.T) {
			t.Parallel()
			program := p.newProgram(t)
			t.Run("updates that go wrong", p.faults(program))
			t.Run("changes", p.changes(program))
		})
		for _, project := range projects {
			t.Run(project.name, p.deployment(project))
			if project.name == "schedules" {
				t.Run("runs at set times", p.schedule(project))
			}
		}
	}
}

// deployment deploys a project, once more, and takes it away again.
func (p *proof) deployment(project *project) func(*testing.T) {
	return func(t *testing.T) {
		t.Parallel()
		project.begin(t, p.ctx)
		p.prepare(t, project.objects)
		t.Cleanup(func() { p.explain(t, project.objects) })
		planned := project.plan(t, p.ctx)
		s := p.newStack(t, project.dir, "kubernetes", settings[project.name])
		s.withData(project)

		same(t, "a preview creates what ambi plans", s.only("create", s.preview()), planned)
		if project.name == "example" {
			p.previewWarns(t, s, project)
		}
		same(t, "an update creates what ambi plans", s.only("create", s.up()), planned)
		for _, o := range project.objects {
			if _, err := p.Get(p.ctx, o); err != nil {
				t.Errorf("%s is rendered and not deployed: %v", o, err)
			}
		}
		same(t, "a second update does nothing", s.only("", s.up()), nil)
		s.refreshes()
		sets := statefulSets(project.objects)
		claims := p.kept(t, sets)
		if project.name == "volumes" {
			claims = p.keepsThroughUpdates(t, s, project, sets)
		}
		same(t, "a destroy deletes what ambi plans", s.only("delete", s.destroy()), planned)
		same(t, "a destroy keeps the claims", p.kept(t, sets), claims)
		for _, o := range project.objects {
			if _, err := p.Get(p.ctx, o); !cluster.IsNotFound(err) {
				t.Errorf("%s is there after the destroy: %v", o, err)
			}
		}
		t.Logf("%d resources", len(planned))
	}
}

// explain logs the state of the pods when the test has failed: the engine says only that it
// waited for them.
func (p *proof) explain(t *testing.T, objects []cluster.Object) {
	if !t.Failed() {
		return
	}
	for _, o := range append(deployments(t, objects), statefulSets(objects)...) {
		pods, err := p.pods(p.ctx, o)
		t.Logf("the pods of %s: %v%s", o, err, podsSay(pods))
	}
}

// previewWarns has "ambi preview" ask the cluster, through kubectl, for what is missing.
func (p *proof) previewWarns(t *testing.T, s *stack, project *project) {
	t.Helper()
	preview := func() string {
		cmd := exec.CommandContext(p.ctx, project.ambi, "preview", "-C", project.dir, "--target", "kubernetes", "--json")
		cmd.Env = s.env
		var said strings.Builder
		cmd.Stderr = &said
		if _, err := cmd.Output(); err != nil {
			t.Errorf("ambi preview: %v\n%s", err, said.String())
		}
		return said.String()
	}
	if said := preview(); strings.Contains(said, "warning") || strings.Contains(said, "kubectl") {
		t.Errorf("nothing is missing, and ambi preview says\n%s", said)
	}
	namespace := project.objects[0].Namespace()
	secret := cluster.Object{"apiVersion": "v1", "kind": "Secret", "metadata": map[string]any{"name": "thumbs-api-key", "namespace": namespace}}
	full := cluster.Object{
		"apiVersion": "v1", "kind": "ResourceQuota", "metadata": map[string]any{"name": "small", "namespace": namespace},
		"spec": map[string]any{"hard": map[string]any{"pods": 0}},
	}
	if err := p.Delete(p.ctx, secret); err != nil {
		t.Fatal(err)
	}
	p.enforced(t, full, "0")
	says(t, preview(), "Secret thumbs-api-key is not in namespace "+namespace, "exceeded quota: small")
	if err := p.Delete(p.ctx, full); err != nil {
		t.Fatal(err)
	}
	p.prepare(t, project.objects)
}

// enforced makes a quota and waits until it counts the pods that there are.
func (p *proof) enforced(t *testing.T, quota cluster.Object, pods string) {
	t.Helper()
	p.apply(t, quota)
	p.wait(t, "the quota to count", func(ctx context.Context) error {
		have, err := p.Get(ctx, quota)
		if err == nil && have.Text("status", "used", "pods") != pods {
			err = fmt.Errorf("it counts %q pods", have.Text("status", "used", "pods"))
		}
		return err
	})
}

// newProgram is one program for all changes and faults; the setting variant says what it
// deploys.
func (p *proof) newProgram(t *testing.T) (dir string) {
	t.Helper()
	dir = t.TempDir()
	program := lifecycle.NewProgram(t, dir)
	program.Add("small", nil, lifecycle.SmallSpec("small"))
	program.Add("renamed", nil, lifecycle.SmallSpec("other"))
	program.Add("before", nil, lifecycle.ChangesSpec(t, spec.Kubernetes, rows(), false))
	program.Add("after", nil, lifecycle.ChangesSpec(t, spec.Kubernetes, unresized(), true))
	program.Add("resized", nil, lifecycle.ChangesSpec(t, spec.Kubernetes, rows(), true))
	for name, text := range faulty {
		program.Add(name, nil, []byte(text))
	}
	program.Write()
	// Two stacks of it start side by side: neither may link it while the other runs it.
	run(t, p.ctx, dir+"/stacks", "go", "build", "-o", "bin/stacks", ".")
	for _, namespace := range []string{"default", "faults", "life", "other"} {
		p.prepare(t, []cluster.Object{{"metadata": map[string]any{"namespace": namespace}}})
	}
	return dir
}

// rows are the changes that change something on Kubernetes. What the others emit for it is
// the same before and after, as the engine's own tests hold.
func rows() []updateimpact.Change {
	return slices.DeleteFunc(updateimpact.All(), func(c updateimpact.Change) bool { return c.Kubernetes.Steps == "" })
}

// unresized are the rows without what changes of those that replace a StatefulSet. The provider's preview asks
// the API server, which holds the new one to the old one, and fails.
func unresized() []updateimpact.Change {
	all := rows()
	for i, c := range all {
		if c.Kubernetes.Steps == "replace StatefulSet" {
			all[i].After, all[i].Kubernetes = "", updateimpact.Effect{}
		}
	}
	return all
}

// changes makes each change of docs/changes.md, on services of their own.
func (p *proof) changes(dir string) func(*testing.T) {
	return func(t *testing.T) {
		t.Parallel()
		s := p.newStack(t, dir, "changes", map[string]string{
			"aws:region": "us-east-1", "clusterName": "life", "variant": "small", "active": "true",
			"oidcProviderArn": "arn:aws:iam::123456789012:oidc-provider/oidc.eks.us-east-1.amazonaws.com/id/LIFE",
		})
		s.up()
		s.set("variant", "renamed")
		for urn, did := range s.up() {
			if did != "create" && did != "delete" {
				t.Errorf("under another name of the app, %s: %s", urn, did)
			}
		}
		s.set("variant", "before")
		s.up()
		s.set("variant", "after")
		previewed := s.preview()
		updated := s.up()
		lifecycle.Compare(t, spec.Kubernetes, unresized(), updated)
		same(t, "the update does what the preview says", list(updated), list(previewed))
		// No second update: the provider may have recorded an Ingress as it was before its
		// change, which the next update then makes once more. A refresh looks at the cluster.
		s.refreshes()

		s.set("variant", "resized")
		says(t, s.fails("preview"), "updates to statefulset spec for fields other than")
		if did := lifecycle.Kinds(s.up()); did != "replace StatefulSet" {
			t.Errorf("another size of volumes: %s", did)
		}
		s.refreshes()
		s.destroy()
	}
}

// list lists steps, each as "operation URN".
func list(steps map[string]string) []string {
	var all []string
	for urn, did := range steps {
		all = append(all, did+" "+urn)
	}
	slices.Sort(all)
	return all
}
