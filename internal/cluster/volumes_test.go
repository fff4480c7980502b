//go:build cluster

package cluster_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"ambi/internal/cluster"
)

// installStorage makes the StorageClasses that the specs need: the default one, and gp3. Their
// driver is [proof.serveClaims].
func (p *proof) installStorage(t *testing.T) {
	t.Helper()
	for name, standard := range map[string]string{"standard": "true", "gp3": "false"} {
		p.apply(t, cluster.Object{
			"apiVersion": "storage.k8s.io/v1", "kind": "StorageClass",
			"metadata":    map[string]any{"name": name, "annotations": map[string]any{"storageclass.kubernetes.io/is-default-class": standard}},
			"provisioner": "example.com/disk", "volumeBindingMode": "WaitForFirstConsumer", "reclaimPolicy": "Retain", "allowVolumeExpansion": true,
		})
	}
}

// serveClaims stands in for the driver of the disks until the context ends. As that of EBS
// does, it makes a disk in the zone of the node that the scheduler picked for a claim's first pod, and
// enlarges it when the claim asks for more.
func (p *proof) serveClaims(ctx context.Context) {
	for ctx.Err() == nil {
		claims, _ := p.List(ctx, "v1", "PersistentVolumeClaim", "", nil)
		for _, claim := range claims {
			claim["apiVersion"], claim["kind"] = "v1", "PersistentVolumeClaim" // a list leaves that out
			size := map[string]any{"storage": claim.Field("spec", "resources", "requests", "storage")}
			node := claim.Text("metadata", "annotations", "volume.kubernetes.io/selected-node")
			disk := cluster.Object{
				"apiVersion": "v1", "kind": "PersistentVolume", "metadata": map[string]any{"name": "disk-" + claim.Text("metadata", "uid")},
			}
			switch {
			case claim.Text("spec", "volumeName") == "" && node != "":
				on, err := p.Get(ctx, cluster.Object{"apiVersion": "v1", "kind": "Node", "metadata": map[string]any{"name": node}})
				if err != nil {
					continue
				}
				zone := map[string]any{"key": zoneLabel, "operator": "In", "values": []any{on.Text("metadata", "labels", zoneLabel)}}
				disk["spec"] = map[string]any{
					"capacity": size, "accessModes": claim.Field("spec", "accessModes"), "storageClassName": claim.Text("spec", "storageClassName"),
					"persistentVolumeReclaimPolicy": "Retain", "hostPath": map[string]any{"path": "/disk"},
					"claimRef": map[string]any{
						"apiVersion": "v1", "kind": "PersistentVolumeClaim", "namespace": claim.Namespace(), "name": claim.Name(), "uid": claim.Text("metadata", "uid"),
					},
					"nodeAffinity": map[string]any{"required": map[string]any{"nodeSelectorTerms": []any{map[string]any{"matchExpressions": []any{zone}}}}},
				}
				_, _ = p.Create(ctx, disk) // or the next time
			case claim.Text("status", "phase") == "Bound" && claim.Text("status", "capacity", "storage") != size["storage"]:
				_, _ = p.Merge(ctx, "driver", disk, "", cluster.Object{"spec": map[string]any{"capacity": size}})
				_, _ = p.Merge(ctx, "driver", claim, "status", cluster.Object{"status": map[string]any{"capacity": size}})
			}
		}
		select {
		case <-ctx.Done():
		case <-time.After(200 * time.Millisecond):
		}
	}
}

const zoneLabel = "topology.kubernetes.io/zone"

// statefulSets returns the StatefulSets among the objects.
func statefulSets(objects []cluster.Object) []cluster.Object {
	return slices.DeleteFunc(slices.Clone(objects), func(o cluster.Object) bool { return o.Kind() != "StatefulSet" })
}

// runs waits until a StatefulSet has all its pods, of its latest version and ready.
func (p *proof) runs(t *testing.T, set cluster.Object) {
	t.Helper()
	p.wait(t, set.String()+" to run", func(ctx context.Context) error {
		have, err := p.Get(ctx, set)
		if err != nil {
			return err
		}
		for _, field := range []string{"replicas", "updatedReplicas", "availableReplicas"} {
			if got, want := have.Number("status", field), have.Number("spec", "replicas"); got != want {
				pods, _ := p.pods(ctx, set)
				return fmt.Errorf("status.%s is %d, want %d%s", field, got, want, podsSay(pods))
			}
		}
		if have.Number("status", "observedGeneration") != have.Number("metadata", "generation") {
			return errors.New("its controller has not seen it yet")
		}
		return nil
	})
}

// kept lists what the StatefulSets' pods keep, as claim, UID and size.
func (p *proof) kept(t *testing.T, sets []cluster.Object) []string {
	t.Helper()
	var list []string
	for _, set := range sets {
		labels := set.Field("spec", "selector", "matchLabels").(map[string]any)
		claims, err := p.List(p.ctx, "v1", "PersistentVolumeClaim", set.Namespace(), labels)
		if want := set.Number("spec", "replicas") * len(set.List("spec", "volumeClaimTemplates")); err != nil || len(claims) != want {
			t.Fatalf("%s has %d claims, want %d: %v", set, len(claims), want, err)
		}
		for _, claim := range claims {
			if claim.Text("status", "phase") != "Bound" {
				t.Errorf("%s of %s is not bound: %s", claim.Name(), set, claim.Text("status", "phase"))
			}
			list = append(list, strings.Join([]string{claim.Name(), claim.Text("metadata", "uid"), claim.Text("status", "capacity", "storage")}, " "))
		}
	}
	slices.Sort(list)
	return list
}

// podsOf lists the UIDs of a StatefulSet's pods by their names.
func (p *proof) podsOf(t *testing.T, set cluster.Object) map[string]string {
	t.Helper()
	pods, err := p.pods(p.ctx, set)
	if err != nil || len(pods) != set.Number("spec", "replicas") {
		t.Fatalf("%s has %d pods: %v", set, len(pods), err)
	}
	uids := map[string]string{}
	for _, pod := range pods {
		uids[pod.Name()] = pod.Text("metadata", "uid")
	}
	return uids
}

// keepsWhatPodsKeep has each StatefulSet run another image, and then makes it anew.
func (p *proof) keepsWhatPodsKeep(t *testing.T, objects []cluster.Object) {
	sets := statefulSets(objects)
	claims := p.kept(t, sets)
	for _, set := range sets {
		before := p.podsOf(t, set)
		updated := clone(t, set)
		updated.List("spec", "template", "spec", "containers")[0]["image"] = "registry.example.com/next:1"
		p.apply(t, updated)
		p.runs(t, set)
		after := p.podsOf(t, set)
		for name, uid := range after {
			if uid == before[name] {
				t.Errorf("pod %s is not a new one, and has another image", name)
			}
		}
		if err := p.Delete(p.ctx, set); err != nil {
			t.Fatal(err)
		}
		p.apply(t, set)
		p.runs(t, set)
	}
	same(t, "updates and new StatefulSets keep the claims", unsized(p.kept(t, sets)), unsized(claims))
}

// keepsThroughUpdates has Pulumi's provider run another image, replace a StatefulSet, and enlarge what pods
// keep by the steps of docs/volumes.md, during which the pods go on. It returns what they keep then.
func (p *proof) keepsThroughUpdates(t *testing.T, s *stack, project *project, sets []cluster.Object) []string {
	t.Helper()
	const crawl, search, web = "kubernetes:apps/v1:StatefulSet library-crawl", "kubernetes:apps/v1:StatefulSet library-search", "kubernetes:apps/v1:Deployment library-web"
	pods := func() map[string]string {
		uids := map[string]string{}
		for _, set := range sets {
			maps.Copy(uids, p.podsOf(t, set))
		}
		return uids
	}
	claims, before := p.kept(t, sets), pods()
	project.edit(t, p.ctx, "library:3.1.0", "library:3.2.0")
	same(t, "another image updates what has pods", s.only("update", s.up()), []string{web, crawl, search})
	rolled := pods()
	for name, uid := range rolled {
		if uid == before[name] {
			t.Errorf("pod %s is not a new one, and has another image", name)
		}
	}
	same(t, "another image keeps the claims", p.kept(t, sets), claims)

	project.edit(t, p.ctx, "size: 5Gi", "size: 6Gi")
	same(t, "another size replaces the StatefulSet", s.only("replace", s.up()), []string{crawl})
	same(t, "a new StatefulSet keeps the claims, and their size", p.kept(t, sets), claims)

	before = pods()
	for _, command := range documented(t, "../../docs/volumes.md", "A new size") {
		const first, second = "library-search-0", "library-search-1"
		command = strings.NewReplacer("NAMESPACE", "default", "APP-search", "library-search").Replace(command)
		p.kubectl(t, command)
		if strings.Contains(command, first) {
			p.kubectl(t, strings.Replace(command, first, second, 1)) // each claim
		}
	}
	s.pulumi("refresh", "--yes", "--skip-preview", atOnce)
	project.edit(t, p.ctx, "size: 20Gi", "size: 40Gi")
	same(t, "a preview makes the StatefulSet anew that kubectl deleted", s.only("create", s.preview()), []string{search})
	same(t, "an update makes the StatefulSet anew that kubectl deleted", s.only("create", s.up()), []string{search})
	if now := pods(); !maps.Equal(now, before) {
		t.Errorf("the new StatefulSet has the pods %v, and should have taken over %v", now, before)
	}
	p.wait(t, "the disks to grow", func(context.Context) error {
		if n := strings.Count(strings.Join(p.kept(t, sets), "\n"), " 40Gi"); n != 2 {
			return fmt.Errorf("%d have", n)
		}
		return nil
	})
	grown := p.kept(t, sets)
	same(t, "the claims, but for their size", unsized(grown), unsized(claims))
	s.refreshes()
	return grown
}

// unsized are claims without their sizes.
func unsized(claims []string) []string {
	var list []string
	for _, claim := range claims {
		list = append(list, claim[:strings.LastIndexByte(claim, ' ')])
	}
	return list
}

// documented lists the commands of kubectl in a section of a page.
func documented(t *testing.T, page, section string) []string {
	t.Helper()
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	_, below, _ := strings.Cut(string(text), "\n## "+section+"\n")
	below, _, _ = strings.Cut(below, "\n## ")
	var commands []string
	for _, match := range regexp.MustCompile("`(kubectl [^`]+)`").FindAllStringSubmatch(below, -1) {
		commands = append(commands, match[1])
	}
	if commands == nil {
		t.Fatalf("%s has no commands under %s", page, section)
	}
	return commands
}

// kubectl runs a command of kubectl's as a user does.
func (p *proof) kubectl(t *testing.T, command string) {
	t.Helper()
	cmd := exec.CommandContext(p.ctx, "sh", "-c", command)
	cmd.Env = append(os.Environ(), "KUBECONFIG="+p.kubeconfig, "PATH="+tools(t)+string(filepath.ListSeparator)+os.Getenv("PATH"))
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", command, err, out)
	}
}
