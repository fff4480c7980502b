//go:build cluster

package cluster_test

import (
	"context"
	"errors"
	"strings"
	"syscall"
	"testing"
	"time"

	"ambi/internal/cluster"
)

// What the updates that go wrong deploy: two services call a third one.
const called = `apiVersion: ambi/v1
name: faults
targets: [kubernetes]
services:
  orders: {image: registry.example.com/orders:1, http: {routes: [POST /orders]}, kubernetes: {namespace: faults}}
  batch: {image: registry.example.com/batch:1, needs: [orders], http: {routes: [POST /batch]}, kubernetes: {namespace: faults}}
`

// faulty are the specs by variant.
var faulty = map[string]string{
	"calls": called + "  web: {image: registry.example.com/web:1, needs: [orders], http: {routes: [GET /]}, kubernetes: {namespace: faults}}\n",
	"alone": called + "  web: {image: registry.example.com/web:1, http: {routes: [GET /]}, kubernetes: {namespace: faults}}\n",
	"shown": called + "  web: {image: registry.example.com/web:1, needs: [orders], http: {routes: [GET /]}, kubernetes: {namespace: faults, ingress: {class: " + silent + "}}}\n",
	"more": called + "  web: {image: registry.example.com/web:1, needs: [orders], http: {routes: [GET /]}, kubernetes: {namespace: faults}}\n" +
		"  late: {image: registry.example.com/late:1, http: {routes: [GET /late]}, kubernetes: {namespace: faults}}\n",
	"unknown": called + "  web: {image: registry.example.com/web:1, needs: [orders], http: {routes: [GET /]}, kubernetes: {namespace: faults, ingress: {class: absent}}}\n",
}

// missesKinds previews what has kinds of an operator's, before the cluster knows them.
func (p *proof) missesKinds(projects []*project) func(*testing.T) {
	return func(t *testing.T) {
		for _, project := range projects {
			if project.name != "full-kubernetes" {
				continue
			}
			project.begin(t, p.ctx)
			p.prepare(t, project.objects)
			out := p.newStack(t, project.dir, "early", settings[project.name]).fails("preview")
			says(t, out, "install ")
			return
		}
		t.Fatal("no golden spec has kinds of an operator's")
	}
}

// faults walks what docs/when-an-update-fails.md tells of, step by step on one stack.
func (p *proof) faults(dir string) func(*testing.T) {
	return func(t *testing.T) {
		t.Parallel()
		s := p.newStack(t, dir, "faults", map[string]string{"variant": "calls"})
		f := &faults{stack: s}
		s.up()
		for _, step := range []struct {
			what string
			run  func(*testing.T)
		}{
			{"a preview tells what an update would refuse", f.previewTells},
			{"callers stay with what is ready", f.callersStay},
			{"a caller that moves is let in until it has gone", f.callerMoves},
			{"a caller that needs no more is let in until it has gone", f.callerNeedsNoMore},
			{"no room", f.noRoom},
			{"a quota", f.quota},
			{"an image that does not start", f.crashes},
			{"an Ingress that nobody serves", f.noController},
			{"an image that somebody set by hand", f.setByHand},
			{"an image that another controller sets", f.conflict},
			{"an interrupt", f.interrupt},
			{"a kill", f.kill},
			{"a kill while something new is made", f.killedAtBirth},
		} {
			began := time.Now()
			if !t.Run(step.what, func(t *testing.T) { s.t = t; step.run(t) }) {
				t.Fatal("the steps build on one another")
			}
			s.t = t
			t.Logf("%s: %.1f s", step.what, time.Since(began).Seconds())
		}
		s.destroy()
	}
}

type faults struct{ *stack }

// soon has updates fail soon.
func (f *faults) soon() { f.set("readyTimeout", "10s") }

// recovers has the next update succeed, after which nothing is left to do.
func (f *faults) recovers(t *testing.T) {
	t.Helper()
	f.unset("readyTimeout")
	f.up()
	for _, name := range []string{"orders", "batch", "web"} {
		f.ready(t, f.deployment(name, "faults"))
	}
	same(t, "a second update does nothing", f.only("", f.up()), nil)
}

func (f *faults) deployment(service, namespace string) cluster.Object {
	return cluster.Object{
		"apiVersion": "apps/v1", "kind": "Deployment",
		"metadata": map[string]any{"name": "faults-" + service, "namespace": namespace},
	}
}

// ready fails unless a Deployment has pods of its latest version and no others.
func (f *faults) ready(t *testing.T, deployment cluster.Object) {
	t.Helper()
	f.settles(t, deployment, 1)
}

// variable is what a service's pods are told in a variable.
func (f *faults) variable(t *testing.T, service, namespace, name string) string {
	t.Helper()
	have, err := f.Get(f.ctx, f.deployment(service, namespace))
	if err != nil {
		t.Fatal(err)
	}
	for _, container := range have.List("spec", "template", "spec", "containers") {
		for _, variable := range container.List("env") {
			if variable.Text("name") == name {
				return variable.Text("value")
			}
		}
	}
	return ""
}

func (f *faults) previewTells(t *testing.T) {
	for _, fault := range []struct{ key, good, bad, want string }{
		{"web.namespace", "", "absent", "kubectl create namespace absent"},
		{"kubernetes:context", "test", "nowhere", `context "nowhere" does not exist`},
		{"variant", "calls", "unknown", "install the Ingress controller of class absent"},
		{"front.image", "", "registry.example.com/web:2", "front.image"},
	} {
		f.set(fault.key, fault.bad)
		says(t, f.fails("preview"), fault.want)
		if f.unset(fault.key); fault.good != "" {
			f.set(fault.key, fault.good)
		}
	}
	same(t, "nothing was done meanwhile", f.only("", f.up()), nil)
}

func (f *faults) callersStay(t *testing.T) {
	old := f.variable(t, "web", "faults", "ORDERS_URL")
	f.soon()
	f.set("orders.namespace", "other")
	f.set("orders.image", cluster.Unstartable+":ImagePullBackOff")
	says(t, f.upFails(), "ImagePullBackOff")
	if now := f.variable(t, "web", "faults", "ORDERS_URL"); now != old {
		t.Errorf("its callers are told of %s, where nothing is ready", now)
	}
	f.ready(t, f.deployment("orders", "faults"))
	f.ready(t, f.deployment("web", "faults"))

	f.unset("orders.image")
	f.unset("readyTimeout")
	f.up()
	if now := f.variable(t, "web", "faults", "ORDERS_URL"); !strings.Contains(now, "other") {
		t.Errorf("once it is ready, its callers are told of %s", now)
	}
	f.ready(t, f.deployment("orders", "other"))
	if _, err := f.Get(f.ctx, f.deployment("orders", "faults")); !cluster.IsNotFound(err) {
		t.Errorf("the old one is still there: %v", err)
	}
	f.unset("orders.namespace")
	f.up()
}

func (f *faults) callerMoves(t *testing.T) {
	f.letIn(t, 2, func() {
		f.set("web.namespace", "other")
		f.up()
	})
	f.unset("web.namespace")
	f.up()
}

func (f *faults) callerNeedsNoMore(t *testing.T) {
	f.letIn(t, 1, func() {
		f.set("variant", "alone")
		f.up()
	})
	if policies := f.policies(t); f.admits(policies, "faults", "faults-web") {
		t.Error("it is still let in once it has gone")
	}
	f.set("variant", "calls")
	f.up()
}

// letIn holds, during an update, that every pod of web that calls orders is let in by
// orders' NetworkPolicies, and that such pods were seen in so many places.
func (f *faults) letIn(t *testing.T, places int, update func()) {
	t.Helper()
	ctx, stop := context.WithCancel(f.ctx)
	done := make(chan struct{})
	seen := map[string]bool{}
	shut := map[string]bool{}
	go func() {
		defer close(done)
		before, _ := f.allPolicies(ctx)
		for ctx.Err() == nil {
			pods, _ := f.List(ctx, "v1", "Pod", "", map[string]any{"app.kubernetes.io/name": "faults-web"})
			after, err := f.allPolicies(ctx)
			if err != nil {
				continue
			}
			for _, pod := range pods {
				if !calls(pod) {
					continue
				}
				// Policies and pods are not asked for at one moment: one of the answers has to do.
				if seen[pod.Namespace()] = true; !f.admits(before, pod.Namespace(), "faults-web") && !f.admits(after, pod.Namespace(), "faults-web") {
					shut[pod.Namespace()+"/"+pod.Name()] = true
				}
			}
			before = after
			time.Sleep(20 * time.Millisecond)
		}
	}()
	update()
	stop()
	<-done
	for pod := range shut {
		t.Errorf("pod %s calls orders and is not let in", pod)
	}
	if len(seen) != places {
		t.Errorf("pods that call orders were seen in %v: this test proves nothing", seen)
	}
}

// calls reports whether a pod is told where orders is.
func calls(pod cluster.Object) bool {
	for _, container := range pod.List("spec", "containers") {
		for _, variable := range container.List("env") {
			if variable.Text("name") == "ORDERS_URL" {
				return true
			}
		}
	}
	return false
}

func (f *faults) allPolicies(ctx context.Context) ([]cluster.Object, error) {
	return f.List(ctx, "networking.k8s.io/v1", "NetworkPolicy", "faults", map[string]any{"app.kubernetes.io/name": "faults-orders"})
}

func (f *faults) policies(t *testing.T) []cluster.Object {
	t.Helper()
	policies, err := f.allPolicies(f.ctx)
	if err != nil {
		t.Fatal(err)
	}
	return policies
}

// admits reports whether one of the policies lets in the pods of a name in a namespace.
func (f *faults) admits(policies []cluster.Object, namespace, name string) bool {
	for _, policy := range policies {
		for _, rule := range policy.List("spec", "ingress") {
			for _, from := range rule.List("from") {
				inNamespace := from.Text("namespaceSelector", "matchLabels", "kubernetes.io/metadata.name")
				ofName := from.Text("podSelector", "matchLabels", "app.kubernetes.io/name")
				if (inNamespace == "" || inNamespace == namespace) && (ofName == "" || ofName == name) {
					return true
				}
			}
		}
	}
	return false
}

func (f *faults) noRoom(t *testing.T) {
	f.soon()
	f.set("web.memory", "500Gi") // more than a node has
	says(t, f.upFails(), "Minimum number of Pods")
	f.unset("web.memory")
	f.recovers(t)
}

func (f *faults) quota(t *testing.T) {
	full := cluster.Object{
		"apiVersion": "v1", "kind": "ResourceQuota", "metadata": map[string]any{"name": "small", "namespace": "faults"},
		"spec": map[string]any{"hard": map[string]any{"pods": 3}},
	}
	f.enforced(t, full, "3")
	f.soon()
	f.set("web.memory", "300Mi")
	says(t, f.upFails(), "Minimum number of Pods") // and kubectl says why: "exceeded quota: small"
	if err := f.Delete(f.ctx, full); err != nil {
		t.Fatal(err)
	}
	f.recovers(t)
	f.unset("web.memory")
	f.up()
}

func (f *faults) crashes(t *testing.T) {
	for _, reason := range []string{"CrashLoopBackOff", "CreateContainerConfigError"} { // the other one is of a Secret
		f.soon()
		f.set("web.image", cluster.Unstartable+":"+reason)
		says(t, f.upFails(), reason)
		f.unset("web.image")
		f.recovers(t)
	}
}

func (f *faults) noController(t *testing.T) {
	f.soon()
	f.set("variant", "shown")
	says(t, f.upFails(), ".status.loadBalancer")
	f.set("variant", "calls")
	f.recovers(t)
}

// setImage sets web's image, in the name of a manager of fields: kubectl-set is what
// "kubectl set image" calls itself.
func (f *faults) setImage(t *testing.T, manager, image string) {
	t.Helper()
	o := f.deployment("web", "faults")
	have, err := f.Get(f.ctx, o)
	if err != nil {
		t.Fatal(err)
	}
	template := have.Field("spec", "template").(map[string]any)
	cluster.Object(template).List("spec", "containers")[0]["image"] = image
	if _, err := f.Merge(f.ctx, manager, o, "", cluster.Object{"spec": map[string]any{"template": template}}); err != nil {
		t.Fatal(err)
	}
}

// image is what a service's pods are to run; empty while it has none.
func (f *faults) image(t *testing.T, service string) string {
	t.Helper()
	have, err := f.Get(f.ctx, f.deployment(service, "faults"))
	if cluster.IsNotFound(err) {
		return ""
	}
	if err != nil {
		t.Fatal(err)
	}
	return have.List("spec", "template", "spec", "containers")[0].Text("image")
}

// hasImage fails unless web's pods are to run an image.
func (f *faults) hasImage(t *testing.T, want string) {
	t.Helper()
	if image := f.image(t, "web"); image != want {
		t.Errorf("the image is %s, want %s", image, want)
	}
}

// forced is an update that takes fields from whoever has them.
func (f *faults) forced() {
	f.env = append(f.env, "PULUMI_K8S_ENABLE_PATCH_FORCE=true")
	f.up()
	f.env = f.env[:len(f.env)-1]
}

func (f *faults) setByHand(t *testing.T) {
	f.setImage(t, "kubectl-set", "registry.example.com/web:hotfix")
	same(t, "an update does not look at the cluster", f.only("", f.up()), nil)
	f.hasImage(t, "registry.example.com/web:hotfix")
	f.refreshThenUp(t)
}

func (f *faults) conflict(t *testing.T) {
	f.setImage(t, "image-updater", "registry.example.com/web:hotfix")
	f.set("web.image", "registry.example.com/web:2")
	says(t, f.upFails(), "conflict", "image-updater")
	f.forced()
	f.hasImage(t, "registry.example.com/web:2")
	f.unset("web.image")
	f.up()
}

// begins starts an update that cannot end, since an image does not start, and waits until
// the cluster has that image. The function that it returns ends the update with a signal.
func (f *faults) begins(t *testing.T, service string) (end func(syscall.Signal)) {
	t.Helper()
	const image = cluster.Unstartable + ":CrashLoopBackOff"
	f.set(service+".image", image)
	cmd := f.command("up", "--yes", "--skip-preview", atOnce)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	f.wait(t, "the broken image to be rolled out", func(context.Context) error {
		if now := f.image(t, service); now != image {
			return errors.New("the image is " + now)
		}
		return nil
	})
	return func(signal syscall.Signal) {
		// The engine has said what it began by then, and waits: a kill while it writes its
		// state into a file would leave half of that.
		time.Sleep(time.Second)
		if err := syscall.Kill(-cmd.Process.Pid, signal); err != nil { // and whatever it started
			t.Fatal(err)
		}
		_ = cmd.Wait()
		f.unset(service + ".image")
	}
}

func (f *faults) interrupt(t *testing.T) {
	f.begins(t, "web")(syscall.SIGINT)
	t.Logf("after an interrupt, an update does %v; the image is %s", f.up(), f.image(t, "web"))
	f.refreshThenUp(t)
}

func (f *faults) kill(t *testing.T) {
	f.begins(t, "web")(syscall.SIGKILL)
	says(t, f.upFails(), "locked")
	f.pulumi("cancel", "--yes")
	f.refreshThenUp(t)
}

// killedAtBirth kills an update that makes a service. The next one takes over what is there,
// and has to be told to where it wants something else of it by now.
func (f *faults) killedAtBirth(t *testing.T) {
	f.set("variant", "more")
	f.begins(t, "late")(syscall.SIGKILL)
	f.pulumi("cancel", "--yes")
	f.pulumi("refresh", "--yes", "--skip-preview", "--clear-pending-creates", atOnce)
	says(t, f.upFails(), "conflict", "pulumi-kubernetes-")
	f.forced()
	f.ready(t, f.deployment("late", "faults"))
	same(t, "a second update does nothing", f.only("", f.up()), nil)
	f.set("variant", "calls")
	f.up()
	if _, err := f.Get(f.ctx, f.deployment("late", "faults")); !cluster.IsNotFound(err) {
		t.Errorf("it is still there: %v", err)
	}
}

// refreshThenUp brings back what the program says, whatever the state says of it.
func (f *faults) refreshThenUp(t *testing.T) {
	t.Helper()
	f.pulumi("refresh", "--yes", "--skip-preview", atOnce)
	f.up()
	f.hasImage(t, "registry.example.com/web:1")
	f.ready(t, f.deployment("web", "faults"))
}

// says fails unless a text has all the parts.
func says(t *testing.T, text string, parts ...string) {
	t.Helper()
	for _, part := range parts {
		if !strings.Contains(text, part) {
			t.Errorf("nothing says %q:\n%s", part, text)
		}
	}
}
