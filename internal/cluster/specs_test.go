//go:build cluster

package cluster_test

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"ambi/internal/cluster"
	"ambi/spec"
)

// settings are what a spec's stack needs to be told before it runs anywhere, by the
// spec's name.
var settings = map[string]map[string]string{
	"example": {
		"aws:region":          "eu-west-1",
		"clusterName":         "thumbs",
		"kedaRoleArn":         "arn:aws:iam::123456789012:role/keda-operator",
		"resize.kedaRoleName": "thumbs-resize-keda",
	},
	"uploads": {
		"aws:region":          "eu-west-1",
		"clusterName":         "uploads",
		"kedaRoleArn":         "arn:aws:iam::123456789012:role/keda-operator",
		"resize.kedaRoleName": "uploads-resize-keda",
	},
	"orders": {
		"aws:region":          "us-east-1",
		"kedaRoleArn":         "arn:aws:iam::123456789012:role/keda-operator",
		"oidcProviderArn":     "arn:aws:iam::123456789012:oidc-provider/oidc.eks.us-east-1.amazonaws.com/id/0123456789ABCDEF0123456789ABCDEF",
		"api.roleName":        "orders-api",
		"book.roleName":       "orders-book",
		"book.kedaRoleName":   "orders-book-keda",
		"charge.roleName":     "orders-charge",
		"charge.kedaRoleName": "orders-charge-keda",
		"import.roleName":     "orders-import",
	},
	"table": {
		"aws:region":      "us-east-1",
		"clusterName":     "shop",
		"oidcProviderArn": "arn:aws:iam::123456789012:oidc-provider/oidc.eks.us-east-1.amazonaws.com/id/0123456789ABCDEF0123456789ABCDEF",
		"api.roleName":    "shop-api",
	},
	"postgres": {
		"aws:region":         "us-east-1",
		"clusterName":        "books",
		"oidcProviderArn":    "arn:aws:iam::123456789012:oidc-provider/oidc.eks.us-east-1.amazonaws.com/id/0123456789ABCDEF0123456789ABCDEF",
		"accounts.roleName":  "books-accounts",
		"podSecurityGroupId": "sg-2",
	},
	"across": {
		"aws:region":      "us-east-1",
		"apiArn":          "arn:aws:execute-api:us-east-1:123456789012:a1b2c3d4e5",
		"oidcProviderArn": "arn:aws:iam::123456789012:oidc-provider/oidc.eks.us-east-1.amazonaws.com/id/0123456789ABCDEF0123456789ABCDEF",
		"settle.roleName": "across-settle",
		"web.roleName":    "across-web",
	},
	"placed": {
		"aws:region":        "us-east-1",
		"clusterName":       "placed",
		"kedaRoleArn":       "arn:aws:iam::123456789012:role/keda-operator",
		"scan.kedaRoleName": "placed-scan-keda",
		"work.kedaRoleName": "placed-work-keda",
	},
	"whole": {
		"aws:region":           "us-east-1",
		"clusterName":          "bazaar",
		"kedaRoleArn":          "arn:aws:iam::123456789012:role/keda-operator",
		"podSecurityGroupId":   "sg-2",
		"invoice.kedaRoleName": "bazaar-invoice-keda",
		"mail.kedaRoleName":    "bazaar-mail-keda",
		"resize.kedaRoleName":  "bazaar-resize-keda",
	},
	"valkey":    {"aws:region": "us-east-1", "podSecurityGroupId": "sg-2"},
	"schedules": {"aws:region": "us-east-1", "clusterName": "nightly"},
	"full-kubernetes": {
		"aws:region":      "eu-west-1",
		"clusterName":     "shop",
		"orders.roleName": "shop-orders",
		"oidcProviderArn": "arn:aws:iam::123456789012:oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/0123456789ABCDEF0123456789ABCDEF",
	},
}

// specs returns the files of the example's spec, first, and of every golden spec that
// lists the target kubernetes.
func specs(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob("../../generator/testdata/*/app.yaml")
	if err != nil || files == nil {
		t.Fatalf("no golden specs: %v", err)
	}
	var found, left []string
	owner := map[string]string{} // of a service's objects, by namespace and name
	for _, file := range append([]string{"../../app/app.yaml"}, files...) {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		app, err := spec.Parse(file, text)
		if err != nil {
			t.Fatal(err)
		}
		if app.For(spec.Kubernetes) {
			found = append(found, file)
			for name, s := range app.Services {
				object := s.Kubernetes.Namespace + "/" + app.Name + "-" + name
				if other, taken := owner[object]; taken {
					t.Fatalf("%s and %s share %s, and are deployed side by side: give one another name", file, other, object)
				}
				owner[object] = file
			}
		} else {
			left = append(left, filepath.Base(filepath.Dir(file)))
		}
	}
	t.Logf("%d specs; left out, since they do not list the target kubernetes: %s", len(found), strings.Join(left, ", "))
	return found
}

// buildAmbi builds the command as users have it.
func buildAmbi(t *testing.T, ctx context.Context) string {
	t.Helper()
	ambi := filepath.Join(t.TempDir(), "ambi")
	run(t, ctx, "../..", "go", "build", "-o", ambi, "./cmd/ambi")
	return ambi
}

// project is a user's project around one spec.
type project struct {
	ambi, specFile, dir string
	name                string // of the spec
	once                sync.Once
	yaml                []byte // what ambi rendered last
	objects             []cluster.Object
	critical            []string // the checks that kube-score found critical
}

// newProject is a project that has not begun yet.
func newProject(t *testing.T, ambi, specFile string) *project {
	t.Helper()
	p := &project{ambi: ambi, specFile: specFile, dir: filepath.Join(t.TempDir(), "project"), name: filepath.Base(filepath.Dir(specFile))}
	if p.name == "app" {
		p.name = "example"
	}
	return p
}

// begin starts the project as a user does who has a spec, and renders it, once.
func (p *project) begin(t *testing.T, ctx context.Context) {
	t.Helper()
	p.once.Do(func() {
		text, err := os.ReadFile(p.specFile)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.MkdirAll(filepath.Join(p.dir, "app"), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(p.dir, "app/app.yaml"), text, 0o644); err != nil {
			t.Fatal(err)
		}
		run(t, ctx, "", p.ambi, "init", "-C", p.dir)
		p.render(t, ctx, settings[p.name])
	})
	if p.objects == nil {
		t.Fatalf("project %s did not begin", p.name)
	}
}

// edit changes a value in the project's spec, and has ambi write the program anew.
func (p *project) edit(t *testing.T, ctx context.Context, from, to string) {
	t.Helper()
	file := filepath.Join(p.dir, "app/app.yaml")
	text, err := os.ReadFile(file)
	if err != nil || strings.Count(string(text), from) != 1 {
		t.Fatalf("%s does not have %q once: %v", file, from, err)
	}
	if err := os.WriteFile(file, []byte(strings.Replace(string(text), from, to, 1)), 0o644); err != nil {
		t.Fatal(err)
	}
	run(t, ctx, "", p.ambi, "generate", "-C", p.dir)
}

// plan returns the resources that ambi plans for Kubernetes, each as "type name".
func (p *project) plan(t *testing.T, ctx context.Context) []string {
	t.Helper()
	var document struct {
		Targets []struct {
			Target    string
			Resources []struct{ Type, Name string }
		}
	}
	if err := json.Unmarshal(run(t, ctx, "", p.ambi, "plan", "-C", p.dir, "--json"), &document); err != nil {
		t.Fatal(err)
	}
	var planned []string
	for _, target := range document.Targets {
		if target.Target == "kubernetes" {
			for _, r := range target.Resources {
				planned = append(planned, r.Type+" "+r.Name)
			}
		}
	}
	slices.Sort(planned)
	return planned
}

// render has ambi render the project, with settings of the stack beside those that
// it has.
func (p *project) render(t *testing.T, ctx context.Context, more map[string]string) {
	t.Helper()
	configure(t, p.dir, "kubernetes", func(config map[string]any) {
		for key, value := range more {
			config[fullName(t, p.dir, key)] = value
		}
	})
	p.yaml = run(t, ctx, "", p.ambi, append([]string{"render", "kubernetes", "-C", p.dir}, p.data(t)...)...)
	var err error
	if p.objects, err = cluster.Read(p.yaml); err != nil {
		t.Fatal(err)
	}
}

// run runs a command and returns what it printed.
func run(t *testing.T, ctx context.Context, dir, name string, arguments ...string) []byte {
	t.Helper()
	cmd := exec.CommandContext(ctx, name, arguments...)
	cmd.Dir = dir
	var said bytes.Buffer
	cmd.Stderr = &said
	out, err := cmd.Output()
	if ctx.Err() != nil {
		t.Fatalf("%s: %v", strings.Join(cmd.Args, " "), context.Cause(ctx))
	}
	if err != nil {
		t.Fatalf("%s: %v\n%s", strings.Join(cmd.Args, " "), err, said.String())
	}
	return out
}
