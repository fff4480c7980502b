//go:build cluster

package cluster_test

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"ambi/internal/cluster"
)

// manager is who applies ambi's objects. The autoscaler has another name, and the
// API server knows from it who set which field.
const manager = "ambi-test"

// TestCluster shows a real API server, and the controllers behind it, what "ambi
// render kubernetes" writes for the example and for every golden spec.
//
//	make test-cluster
//
// The steps build on one another. First no autoscaler knows any usage, so that the
// counts are the test's to set; then metrics-server comes, and the real one acts. KEDA comes
// last: it acts on every ScaledObject.
func TestCluster(t *testing.T) {
	ctx, stop := signal.NotifyContext(t.Context(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	const most = 25 * time.Minute // of which a first compile of the provider SDKs takes five
	ctx, stop = context.WithTimeoutCause(ctx, most, fmt.Errorf("the whole test took more than %s", most))
	defer stop()

	ambi := buildAmbi(t, ctx)
	var projects []*project
	for _, s := range specs(t) {
		projects = append(projects, newProject(t, ambi, s))
	}
	c := start(t, ctx)
	p := &proof{Client: c.Client(), ctx: c.Context(), kubeconfig: c.Kubeconfig()}
	t.Log("kwok stands in for the nodes: pods count as ready without running. Containers, probes, traffic," +
		" network policies, image pulls and the values of Secrets are not there, and nothing is said of them.")

	t.Run("a preview misses kinds", p.missesKinds(projects))
	p.installKinds(t)
	p.installClasses(t)
	p.installStorage(t)
	go p.serveClaims(p.ctx)
	t.Run("Pulumi", p.deployments(projects))

	t.Run("refuses what it must", p.refusals(projects[0]))
	var scored []*project
	for _, project := range projects {
		if p.ctx.Err() != nil {
			t.Fatal(context.Cause(p.ctx)) // once is enough
		}
		t.Run(project.name, func(t *testing.T) {
			project.begin(t, p.ctx)
			t.Run("nothing critical for kube-score", func(t *testing.T) {
				score(t, ctx, project)
				scored = append(scored, project)
			})
			// Each of these needs the one before: what is not accepted never gets available.
			_ = t.Run("is accepted", func(t *testing.T) { p.accepted(t, project.objects) }) &&
				t.Run("becomes available", func(t *testing.T) { p.available(t, project.objects) }) &&
				t.Run("changes nothing when applied again", func(t *testing.T) { p.unchanged(t, project.objects) }) &&
				t.Run("keeps the claims", func(t *testing.T) { p.keepsWhatPodsKeep(t, project.objects) }) &&
				t.Run("keeps the count that an autoscaler set", func(t *testing.T) { p.keepsCount(t, project.objects) })
		})
	}
	if len(scored) == len(projects) { // and -run has left none out
		scoredAll(t, projects)
	}
	if p.ctx.Err() != nil {
		t.Fatal(context.Cause(p.ctx))
	}
	t.Run("autoscaler", p.autoscaler(c, projects[0]))
	t.Run("backlog", p.backlog(c, projects))
}

// start starts a cluster, and shows what its parts said when the test has failed.
func start(t *testing.T, ctx context.Context) *cluster.Cluster {
	t.Helper()
	began := time.Now()
	c, err := cluster.Start(ctx, cluster.Options{Bin: tools(t), Kwok: module(t, "cluster", "sigs.k8s.io/kwok"), Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("what the cluster's parts wrote last:\n%s", c.Logs())
		}
		if err := c.Close(); err != nil {
			t.Error(err)
		}
	})
	t.Logf("the cluster was ready after %.1f s", time.Since(began).Seconds())
	return c
}

// tools is the folder with the cluster's parts, kube-score and Pulumi's provider.
func tools(t *testing.T) string {
	t.Helper()
	dir, err := filepath.Abs(cmp.Or(os.Getenv("AMBI_TOOLS"), "../../.bin"))
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

// module returns the folder of a module that one of tools/ pins.
func module(t *testing.T, tool, path string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", "mod", "download", "-json", path)
	cmd.Dir = filepath.Join("../../tools", tool)
	var said strings.Builder
	cmd.Stderr = &said
	out, err := cmd.Output()
	var found struct{ Dir, Error string }
	if jsonErr := json.Unmarshal(out, &found); err != nil || jsonErr != nil || found.Dir == "" {
		t.Fatalf("cannot get module %s: %v %s %s", path, err, found.Error, said.String())
	}
	return found.Dir
}

// proof asks the cluster. Its context ends when a part of the cluster dies.
type proof struct {
	*cluster.Client
	ctx        context.Context
	kubeconfig string
}

// wait bounds a wait. What it waits for takes seconds, and with metrics of every ten
// seconds half a minute.
func (p *proof) wait(t *testing.T, what string, ask func(context.Context) error) {
	t.Helper()
	ctx, stop := context.WithTimeoutCause(p.ctx, 3*time.Minute, errors.New("three minutes are over"))
	defer stop()
	if err := cluster.Wait(ctx, what, ask); err != nil {
		t.Fatal(err)
	}
}

// installKinds teaches the API server the kinds that are not Kubernetes' own. Of their
// controllers only KEDA's come, at the end: that the others are accepted is all that can be said.
func (p *proof) installKinds(t *testing.T) {
	t.Helper()
	keda, err := filepath.Glob(filepath.Join(module(t, "keda", "github.com/kedacore/keda/v2"), "config/crd/bases/*.yaml"))
	if err != nil || keda == nil { // its operator stops when a kind is missing
		t.Fatalf("no kinds of KEDA: %v", err)
	}
	for _, definition := range append(keda,
		filepath.Join(module(t, "crds", "sigs.k8s.io/gateway-api"), "config/crd/standard/gateway.networking.k8s.io_httproutes.yaml"),
		filepath.Join(module(t, "crds", "github.com/envoyproxy/gateway"), "charts/gateway-helm/charts/crds/crds/generated/gateway.envoyproxy.io_securitypolicies.yaml"),
		filepath.Join(module(t, "crds", "github.com/prometheus-operator/prometheus-operator"), "example/prometheus-operator-crd/monitoring.coreos.com_servicemonitors.yaml"),
	) {
		text, err := os.ReadFile(definition)
		if err != nil {
			t.Fatal(err)
		}
		objects, err := cluster.Read(text)
		if err != nil {
			t.Fatal(err)
		}
		for _, o := range objects {
			if _, err := p.Apply(p.ctx, manager, o); err != nil {
				t.Fatal(err)
			}
			p.wait(t, o.String()+" to be served", func(ctx context.Context) error {
				have, err := p.Get(ctx, o)
				if err == nil && !have.Condition("Established") {
					err = errors.New("it is not established")
				}
				return err
			})
		}
	}
}

// installClasses makes the Ingress classes that the specs name. No controller is behind
// them; see [proof.serveIngresses].
func (p *proof) installClasses(t *testing.T) {
	t.Helper()
	for _, name := range []string{"alb", "nginx", "one", silent, "traefik", "two"} {
		p.apply(t, cluster.Object{
			"apiVersion": "networking.k8s.io/v1", "kind": "IngressClass",
			"metadata": map[string]any{"name": name}, "spec": map[string]any{"controller": "example.com/" + name},
		})
	}
}

// prepare makes what the objects say exists already: their namespaces, which hold
// pods to the standard "restricted", and the Secrets that pods refer to.
func (p *proof) prepare(t *testing.T, objects []cluster.Object) {
	t.Helper()
	standard := map[string]any{}
	for _, mode := range []string{"enforce", "warn"} {
		standard["pod-security.kubernetes.io/"+mode] = "restricted"
		standard["pod-security.kubernetes.io/"+mode+"-version"] = "latest"
	}
	namespaces := map[string]bool{}
	secrets := map[[2]string]map[string]any{} // namespace and name to keys
	for _, o := range objects {
		namespaces[o.Namespace()] = true
		containers := slices.Concat(o.List("spec", "template", "spec", "containers"), o.List("spec", "template", "spec", "initContainers"))
		for _, container := range containers {
			for _, variable := range container.List("env") {
				if name := variable.Text("valueFrom", "secretKeyRef", "name"); name != "" {
					id := [2]string{o.Namespace(), name}
					if secrets[id] == nil {
						secrets[id] = map[string]any{}
					}
					secrets[id][variable.Text("valueFrom", "secretKeyRef", "key")] = "not a secret"
				}
			}
		}
	}
	for _, namespace := range slices.Sorted(maps.Keys(namespaces)) {
		p.apply(t, cluster.Object{
			"apiVersion": "v1", "kind": "Namespace",
			"metadata": map[string]any{"name": namespace, "labels": standard},
		})
		// The API server refuses pods until the namespace's own ServiceAccount is there.
		p.wait(t, "namespace "+namespace, func(ctx context.Context) error {
			_, err := p.Get(ctx, cluster.Object{"apiVersion": "v1", "kind": "ServiceAccount", "metadata": map[string]any{"namespace": namespace, "name": "default"}})
			return err
		})
	}
	for id, keys := range secrets {
		p.apply(t, cluster.Object{
			"apiVersion": "v1", "kind": "Secret",
			"metadata": map[string]any{"namespace": id[0], "name": id[1]}, "stringData": keys,
		})
	}
}

// apply applies an object. A refusal fails the test, and so does a warning.
func (p *proof) apply(t *testing.T, o cluster.Object) cluster.Object {
	t.Helper()
	applied, err := p.Apply(p.ctx, manager, o)
	if err != nil {
		t.Errorf("%s: %v", o, err)
	}
	return applied
}

func (p *proof) accepted(t *testing.T, objects []cluster.Object) {
	p.prepare(t, objects)
	for _, o := range objects {
		p.apply(t, o)
	}
	t.Logf("%d objects", len(objects))
}

// available waits until every Deployment has the pods that it should have: as many
// as its autoscaler's least, which that sees to without any usage; and every StatefulSet its own number.
func (p *proof) available(t *testing.T, objects []cluster.Object) {
	for _, set := range statefulSets(objects) {
		p.runs(t, set)
	}
	for _, o := range deployments(t, objects) {
		want := 1 // what a Deployment has that says nothing
		if scaler := autoscalerOf(objects, o); scaler != nil {
			want = scaler.Number("spec", "minReplicas")
		}
		p.settles(t, o, want)
	}
}

// settles waits until a Deployment has so many pods of its latest version, all
// available, and no others.
func (p *proof) settles(t *testing.T, deployment cluster.Object, count int) {
	t.Helper()
	p.wait(t, fmt.Sprintf("%s to have %d available pods", deployment, count), func(ctx context.Context) error {
		have, err := p.Get(ctx, deployment)
		if err != nil {
			return err
		}
		for _, field := range []string{"replicas", "updatedReplicas", "availableReplicas"} {
			if got := have.Number("status", field); got != count {
				pods, _ := p.pods(ctx, deployment)
				return fmt.Errorf("status.%s is %d; Progressing: %s, ReplicaFailure: %s%s",
					field, got, have.Reason("Progressing"), have.Reason("ReplicaFailure"), podsSay(pods))
			}
		}
		if !have.Condition("Available") || have.Number("status", "observedGeneration") != have.Number("metadata", "generation") {
			return errors.New("it is not available")
		}
		return nil
	})
}

// unchanged applies the same objects again. The API server counts the changes of
// what an object asks for; kinds without that count are compared whole.
func (p *proof) unchanged(t *testing.T, objects []cluster.Object) {
	for _, o := range objects {
		before, err := p.Get(p.ctx, o)
		if err != nil {
			t.Fatal(err)
		}
		after := p.apply(t, o)
		same := before.Field("metadata", "generation") == after.Field("metadata", "generation")
		if before.Field("metadata", "generation") == nil {
			same = before.Text("metadata", "resourceVersion") == after.Text("metadata", "resourceVersion")
		}
		if !same {
			t.Errorf("%s is another one after the same was applied again", o)
		}
	}
}

// keepsCount sets each Deployment's count as an autoscaler does, and applies the
// same objects again.
func (p *proof) keepsCount(t *testing.T, objects []cluster.Object) {
	for _, o := range deployments(t, objects) {
		have, err := p.Get(p.ctx, o)
		if err != nil {
			t.Fatal(err)
		}
		count := have.Number("spec", "replicas") + 1
		if scaler := autoscalerOf(objects, o); scaler != nil && count > scaler.Number("spec", "maxReplicas") {
			t.Logf("%s: its autoscaler leaves it no other count than %d, so that nothing is shown", o, count-1)
			continue
		}
		scale := cluster.Object{"spec": map[string]any{"replicas": count}}
		if _, err := p.Merge(p.ctx, "kube-controller-manager", o, "scale", scale); err != nil {
			t.Fatal(err)
		}
		p.settles(t, o, count)
		if applied := p.apply(t, o); applied.Number("spec", "replicas") != count {
			t.Errorf("%s: the count is %d after the same was applied again, want %d", o, applied.Number("spec", "replicas"), count)
		}
		p.settles(t, o, count)
	}
}

// deployments returns the Deployments among the objects: there is always one.
func deployments(t *testing.T, objects []cluster.Object) []cluster.Object {
	t.Helper()
	var found []cluster.Object
	for _, o := range objects {
		if o.Kind() == "Deployment" {
			found = append(found, o)
		}
	}
	if found == nil {
		t.Fatal("there is no Deployment")
	}
	return found
}

// autoscalerOf returns the HorizontalPodAutoscaler of a Deployment, or nil.
func autoscalerOf(objects []cluster.Object, deployment cluster.Object) cluster.Object {
	for _, o := range objects {
		if o.Kind() == "HorizontalPodAutoscaler" && o.Namespace() == deployment.Namespace() &&
			o.Text("spec", "scaleTargetRef", "name") == deployment.Name() {
			return o
		}
	}
	return nil
}
