package importer_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"ambi/importer"
	"ambi/importer/draft"
	"ambi/importer/source"
	"ambi/internal/spectest"
	"ambi/spec"
	"ambi/target"
	"ambi/target/kubernetes"
)

// object is a Kubernetes object as JSON, which is YAML.
type object = map[string]any

// drain is how long the emitted stacks' pods go on serving once they are told to stop.
var drain = int(kubernetes.Drain.Seconds())

// rendered writes the objects that templates/kubernetes declares for a model, as far as
// they say something of the spec.
func rendered(m *kubernetes.Model) []byte {
	var b bytes.Buffer
	for _, s := range m.Services {
		for _, o := range objects(m, s) {
			text, err := json.Marshal(o)
			if err != nil {
				panic(err)
			}
			b.WriteString("---\n")
			b.Write(text)
			b.WriteByte('\n')
		}
	}
	return b.Bytes()
}

// escaped is a text that Kubernetes passes on as it is.
func escaped(text string) string { return strings.ReplaceAll(text, "$", "$$") }

func objects(m *kubernetes.Model, s kubernetes.Service) []object {
	name := m.App + "-" + s.Name
	selector := object{"app.kubernetes.io/name": name, "app.kubernetes.io/instance": m.App}
	labels := maps.Clone(selector)
	labels["app.kubernetes.io/part-of"], labels["app.kubernetes.io/managed-by"] = m.App, "pulumi"
	metadata := object{"name": name, "namespace": s.Namespace, "labels": labels}
	of := func(version, kind string, spec object) object {
		return object{"apiVersion": version, "kind": kind, "metadata": metadata, "spec": spec}
	}
	env := []object{}
	for _, v := range s.Environment {
		if v.SecretName != "" {
			env = append(env, object{"name": v.Name, "valueFrom": object{"secretKeyRef": object{"name": v.SecretName, "key": v.SecretKey}}})
			continue
		}
		env = append(env, object{"name": v.Name, "value": escaped(v.Value)})
	}
	for _, n := range s.Needs {
		other, _ := m.Service(n.Service)
		env = append(env, object{"name": n.Variable, "value": fmt.Sprintf("http://%s-%s.%s.svc", m.App, n.Service, other.Namespace)})
	}
	probe := func(period, failures int) object {
		return object{"httpGet": object{"path": s.HealthPath, "port": "http"}, "periodSeconds": period, "timeoutSeconds": 2, "failureThreshold": failures}
	}
	memory := fmt.Sprintf("%dMi", s.MemoryMiB)
	container := object{
		"name": s.Name, "image": s.Image, "env": env, "ports": []object{{"name": "http", "containerPort": s.Port}},
		"resources": object{
			"requests": object{"cpu": s.CPU, "memory": memory, "ephemeral-storage": "128Mi"},
			"limits":   object{"memory": memory, "ephemeral-storage": "1Gi"},
		},
		"startupProbe": probe(2, (s.StartSeconds+1)/2), "readinessProbe": probe(5, 2), "livenessProbe": probe(10, 3),
		"lifecycle":       object{"preStop": object{"sleep": object{"seconds": drain}}},
		"securityContext": object{"allowPrivilegeEscalation": false, "readOnlyRootFilesystem": !s.WritableRoot, "capabilities": object{"drop": []string{"ALL"}}},
		"volumeMounts":    []object{{"name": "tmp", "mountPath": "/tmp"}},
	}
	for key, words := range map[string][]string{"command": s.Command, "args": s.Args} {
		var list []string
		for _, word := range words {
			list = append(list, escaped(word))
		}
		if list != nil {
			container[key] = list
		}
	}
	pod := object{
		"serviceAccountName": name, "automountServiceAccountToken": false, "containers": []object{container},
		"terminationGracePeriodSeconds": drain + s.TimeoutSeconds,
		"securityContext": object{
			"runAsNonRoot": true, "runAsUser": s.User, "runAsGroup": s.User, "seccompProfile": object{"type": "RuntimeDefault"},
		},
		"volumes": []object{{"name": "tmp", "emptyDir": object{"sizeLimit": "512Mi"}}},
	}
	if s.Architecture != "" {
		pod["nodeSelector"] = object{"kubernetes.io/arch": s.Architecture}
	}
	if len(s.PullSecrets) > 0 {
		var list []object
		for _, p := range s.PullSecrets {
			list = append(list, object{"name": p})
		}
		pod["imagePullSecrets"] = list
	}
	account := object{"apiVersion": "v1", "kind": "ServiceAccount", "metadata": metadata, "automountServiceAccountToken": false}
	network := of("networking.k8s.io/v1", "NetworkPolicy", object{"podSelector": object{"matchLabels": selector}, "policyTypes": []string{"Ingress", "Egress"}})
	if s.Schedule != nil {
		return []object{account, network, of("batch/v1", "CronJob", cronJobSpec(s, labels, pod, container))}
	}
	kind, runs := "Deployment", object{"selector": object{"matchLabels": selector}, "template": object{"metadata": object{"labels": labels}, "spec": pod}}
	var claims []object
	for _, v := range s.Volumes {
		container["volumeMounts"] = append(container["volumeMounts"].([]object), object{"name": v.Name, "mountPath": v.Path})
		claim := object{"accessModes": []string{v.Access}, "resources": object{"requests": object{"storage": v.Size}}}
		if v.Class != "" {
			claim["storageClassName"] = v.Class
		}
		claims = append(claims, object{"metadata": object{"name": v.Name}, "spec": claim})
	}
	if claims != nil {
		kind, runs["serviceName"], runs["replicas"], runs["volumeClaimTemplates"] = "StatefulSet", name+"-pods", s.MinReplicas, claims
	}
	all := []object{
		account,
		of("apps/v1", kind, runs),
		of("v1", "Service", object{"type": "ClusterIP", "selector": selector, "ports": []object{{"name": "http", "port": 80, "targetPort": "http"}}}),
		of("policy/v1", "PodDisruptionBudget", object{"maxUnavailable": 1, "selector": object{"matchLabels": selector}}),
		network,
	}
	ref := object{"apiVersion": "apps/v1", "kind": "Deployment", "name": name}
	switch {
	case claims != nil: // their number is fixed
	case s.KEDA != nil:
		all = append(all, of("keda.sh/v1alpha1", "ScaledObject", object{
			"scaleTargetRef": ref, "minReplicaCount": s.MinReplicas, "maxReplicaCount": s.MaxReplicas,
			"triggers": []object{{"type": "prometheus", "metadata": object{"serverAddress": s.KEDA.Prometheus, "query": s.KEDA.Query, "threshold": s.TargetRate}}},
		}))
	default:
		metric := object{"type": "Resource", "resource": object{"name": string(s.Metric), "target": object{"type": "Utilization", "averageUtilization": s.TargetPercent}}}
		if s.Metric == kubernetes.Requests {
			metric = object{"type": "Pods", "pods": object{"metric": object{"name": s.PodsMetric}, "target": object{"type": "AverageValue", "averageValue": s.TargetRate}}}
		}
		all = append(all, of("autoscaling/v2", "HorizontalPodAutoscaler", object{
			"scaleTargetRef": ref, "minReplicas": s.MinReplicas, "maxReplicas": s.MaxReplicas, "metrics": []object{metric},
		}))
	}
	if s.MetricsPath != "" {
		all = append(all, of("monitoring.coreos.com/v1", "ServiceMonitor", object{
			"selector": object{"matchLabels": selector}, "endpoints": []object{{"port": "http", "path": s.MetricsPath}},
		}))
	}
	if s.Ingress != nil {
		all = append(all, ingress(of, s, name, metadata))
	}
	if s.Gateway != nil {
		all = append(all, httpRoute(of, s, name))
	}
	return all
}

// cronJobSpec is that of a service with a schedule, as templates/kubernetes/features/schedule has it.
func cronJobSpec(s kubernetes.Service, labels, pod, container object) object {
	delete(container, "lifecycle")
	container["restartPolicy"] = "Always"
	overlap := "Allow"
	if s.Schedule.Forbid {
		overlap = "Forbid"
	}
	pod["initContainers"], pod["restartPolicy"], pod["terminationGracePeriodSeconds"] = []object{container}, "Never", s.Schedule.GraceSeconds
	pod["containers"] = []object{{
		"name": "run", "image": "docker.io/curlimages/curl:8.16.0", "command": []string{"sh", "-c", `exec curl "$$URL"`},
		"env": []object{
			{"name": "JOB", "valueFrom": object{"fieldRef": object{"fieldPath": "metadata.labels['batch.kubernetes.io/job-name']"}}},
			{"name": "INPUT", "value": escaped(s.Schedule.Input)},
			{"name": "TIMEOUT", "value": fmt.Sprint(s.TimeoutSeconds)},
			{"name": "URL", "value": fmt.Sprintf("http://127.0.0.1:%d%s", s.Port, s.Schedule.Path)},
		},
		"resources": object{"requests": object{"cpu": "10m", "memory": "32Mi"}, "limits": object{"memory": "32Mi"}},
	}}
	return object{
		"schedule": s.Schedule.Cron, "timeZone": s.Schedule.TimeZone, "suspend": false, "concurrencyPolicy": overlap,
		"startingDeadlineSeconds": kubernetes.LateSeconds, "successfulJobsHistoryLimit": 3, "failedJobsHistoryLimit": 1,
		"jobTemplate": object{"metadata": object{"labels": labels}, "spec": object{
			"backoffLimit": s.Schedule.Attempts - 1, "activeDeadlineSeconds": s.Schedule.DeadlineSeconds,
			"template": object{"metadata": object{"labels": labels}, "spec": pod},
		}},
	}
}

func ingress(of func(string, string, object) object, s kubernetes.Service, name string, metadata object) object {
	var paths []object
	for _, p := range s.Ingress.Paths {
		paths = append(paths, object{"pathType": p.Type, "path": p.Path, "backend": object{"service": object{"name": name, "port": object{"name": "http"}}}})
	}
	rule := object{"http": object{"paths": paths}}
	in := object{"ingressClassName": s.Ingress.Class}
	if s.Domain != "" {
		rule["host"] = s.Domain
		tls := object{"hosts": []string{s.Domain}}
		if s.Ingress.TLSSecret != "" {
			tls["secretName"] = s.Ingress.TLSSecret
		}
		in["tls"] = []object{tls}
	}
	in["rules"] = []object{rule}
	o := of("networking.k8s.io/v1", "Ingress", in)
	annotations := object{}
	for _, a := range s.Ingress.Annotations {
		annotations[a.Name] = a.Value
	}
	annotated := maps.Clone(metadata)
	annotated["annotations"] = annotations
	o["metadata"] = annotated
	return o
}

func httpRoute(of func(string, string, object) object, s kubernetes.Service, name string) object {
	var rules []object
	for some := range slices.Chunk(s.Gateway.Matches, kubernetes.MaxMatchesPerRule) {
		var matches []object
		for _, m := range some {
			match := object{"path": object{"type": m.Type, "value": m.Path}}
			if m.Method != "" {
				match["method"] = m.Method
			}
			matches = append(matches, match)
		}
		rule := object{
			"matches": matches, "backendRefs": []object{{"name": name, "port": 80}},
			"timeouts": object{"request": fmt.Sprintf("%ds", s.TimeoutSeconds)},
		}
		if c := s.Gateway.CORS; c != nil {
			cors := object{"allowOrigins": c.Origins, "allowMethods": c.Methods, "allowCredentials": c.Credentials}
			if len(c.Headers) > 0 {
				cors["allowHeaders"] = c.Headers
			}
			if c.MaxAgeSeconds > 0 {
				cors["maxAge"] = c.MaxAgeSeconds
			}
			rule["filters"] = []object{{"type": "CORS", "cors": cors}}
		}
		rules = append(rules, rule)
	}
	parent := object{"name": s.Gateway.Name}
	if s.Gateway.Namespace != "" {
		parent["namespace"] = s.Gateway.Namespace
	}
	route := object{"parentRefs": []object{parent}, "rules": rules}
	if s.Domain != "" {
		route["hostnames"] = []string{s.Domain}
	}
	return of("gateway.networking.k8s.io/v1", "HTTPRoute", route)
}

// path is one path of an Ingress or HTTPRoute.
type path struct{ method, kind, path string }

// paths are those of a service.
func paths(s kubernetes.Service) []path {
	var all []path
	if s.Ingress != nil {
		for _, p := range s.Ingress.Paths {
			all = append(all, path{"", p.Type, p.Path})
		}
	}
	if s.Gateway != nil {
		for _, m := range s.Gateway.Matches {
			if len(m.Routes) > 0 {
				all = append(all, path{m.Method, strings.TrimPrefix(m.Type, "Path"), m.Path})
			}
		}
	}
	return all
}

// covered are the requests that a service's Ingress or HTTPRoute takes: its paths, but for
// those within a prefix of the same method.
func covered(s kubernetes.Service) []string {
	all := paths(s)
	var texts []string
	for _, p := range all {
		within := slices.ContainsFunc(all, func(q path) bool {
			under := q.path == "/" || p.path == q.path || strings.HasPrefix(p.path, q.path+"/")
			return q != p && q.kind == "Prefix" && under && (q.method == "" || q.method == p.method) && !(p.kind == "Prefix" && p.path == q.path && q.method != "")
		})
		if !within {
			texts = append(texts, p.method+" "+p.kind+" "+p.path)
		}
	}
	slices.Sort(texts)
	return slices.Compact(texts)
}

// comparableOf is what manifests say of a service, once resolved.
func comparableOf(s kubernetes.Service) kubernetes.Service {
	s.Routes, s.Overlaps, s.Apart = nil, nil, nil
	s.Callers, s.InternalCallers, s.Internal = nil, nil, false // of NetworkPolicies, which say it of pods
	s.Concurrency, s.Connections, s.MostConnections = 0, 0, 0
	s.AnyNode = false
	s.Alone = false    // manifests do not say which targets the app is written for
	s.TokenCheck = nil // a policy of a Gateway, or variables of the app, which is not imported
	if s.Reach == kubernetes.FromCallers {
		s.Reach = kubernetes.FromCluster
	}
	if s.Ingress != nil {
		in := *s.Ingress
		in.Paths = nil
		if in.ALB != nil {
			alb := *in.ALB
			alb.Order = 0
			in.ALB = &alb
		}
		in.Annotations = slices.DeleteFunc(slices.Clone(in.Annotations), func(a kubernetes.Annotation) bool {
			return strings.HasSuffix(a.Name, "group.order") || strings.HasSuffix(a.Name, "/cors-allow-methods")
		})
		for i := range in.Annotations {
			in.Annotations[i].Why = ""
		}
		s.Ingress = &in
	}
	if s.Gateway != nil {
		g := *s.Gateway
		g.Matches = nil
		s.Gateway = &g
	}
	s.StartSeconds = (s.StartSeconds + 1) / 2 * 2 // a probe asks every two seconds
	if s.Schedule != nil {
		schedule := *s.Schedule
		schedule.DeadlineSeconds = 0 // follows from the others
		s.Schedule = &schedule
	}
	return s
}

// TestRoundTrip imports what random specs are rendered as: the import renders as the same
// objects, up to what manifests cannot say.
func TestRoundTrip(t *testing.T) {
	const specs = 150
	services, skipped, alike, volumes, schedules := 0, 0, 0, 0, 0
	for seed := range uint64(specs) {
		text := spectest.Deployable(rand.New(rand.NewPCG(seed, 22)))
		app, err := spec.Parse("app.yaml", text)
		if err != nil {
			t.Fatal(err)
		}
		for name, s := range app.Services { // events are no part of manifests
			if s.IsEvents() || s.Image == "" {
				skipped++
				drop(app, name)
			}
			s.Uses, s.Permissions, s.Kubernetes.Identity = nil, nil, ""
			if random := rand.New(rand.NewPCG(seed, 23)); s.IsHTTP() && s.Scale.Max < 1000 && random.IntN(3) == 0 {
				size, err := spec.ParseQuantity("20Gi")
				if err != nil {
					t.Fatal(err)
				}
				s.Volumes = map[string]*spec.Volume{"index": {Path: "/var/lib/index", Size: size, Class: []string{"", "gp3"}[random.IntN(2)], Access: spec.ReadWriteOnce}}
				s.Scale = spec.Scale{Min: max(1, s.Scale.Min), Max: max(1, s.Scale.Min)}
				s.Kubernetes.ScaleToZero = nil
				volumes++
			}
		}
		if len(app.Services) == 0 {
			continue
		}
		before := target.Resolve(app)
		if len(before.Kubernetes.Services) == 0 || len(before.Findings.Kubernetes.Refused()) > 0 {
			continue // all are for Lambda alone, or a service was dropped that another one leaned on
		}
		manifests := rendered(&before.Kubernetes)
		result, err := importer.Import([]source.File{{Name: "rendered.yaml", Text: manifests}}, importer.Options{})
		if err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		again, err := spec.Parse("imported.yaml", result.Spec)
		if err != nil {
			t.Fatalf("seed %d: %v\n%s\nof\n%s", seed, err, result.Spec, text)
		}
		after := target.Resolve(again)
		if again.Name != app.Name {
			t.Fatalf("seed %d: the app is %s, want %s", seed, again.Name, app.Name)
		}
		takes := map[path]int{} // how many services take the same requests, under hosts of their own
		for _, s := range before.Kubernetes.Services {
			for _, p := range paths(s) {
				takes[p]++
			}
		}
		for _, want := range before.Kubernetes.Services {
			services++
			got, found := after.Kubernetes.Service(want.Name)
			if !found {
				t.Errorf("seed %d: no service %s", seed, want.Name)
				continue
			}
			if slices.ContainsFunc(paths(want), func(p path) bool { return takes[p] > 1 }) {
				alike++ // only their parameters told the routes apart, which no manifest has
			} else if a, b := covered(want), covered(got); !slices.Equal(a, b) {
				t.Errorf("seed %d: %s: routes %q, want %q\n%s", seed, want.Name, b, a, result.Spec)
			}
			if want.Schedule != nil {
				schedules++
				if slices.ContainsFunc(result.Items, func(i draft.Item) bool {
					return i.Changes && strings.HasPrefix(i.Object, "CronJob ") && strings.HasSuffix(i.Object, "-"+want.Name) && !strings.HasSuffix(i.To, ".needs")
				}) {
					t.Errorf("seed %d: %s: something is said to change:\n%s", seed, want.Name, report(result))
				}
			}
			a, _ := json.Marshal(comparableOf(want))
			b, _ := json.Marshal(comparableOf(got))
			if !bytes.Equal(a, b) {
				t.Errorf("seed %d: %s:\n got %s\nwant %s\n%s", seed, want.Name, b, a, result.Spec)
			}
			if t.Failed() {
				return
			}
		}
	}
	if schedules < 20 {
		t.Errorf("only %d services have a schedule", schedules)
	}
	if volumes < 20 {
		t.Errorf("only %d services have volumes", volumes)
	}
	t.Logf("%d services of %d specs came back, %d of them with a schedule and %d with routes that no manifest tells apart; %d are started by events, or run a zip, which manifests do not say", services, specs, schedules, alike, skipped)
	if services < specs {
		t.Errorf("only %d services were compared", services)
	}
}

// drop takes a service out of an app, and out of the needs of the others.
func drop(app *spec.App, name string) {
	delete(app.Services, name)
	for _, s := range app.Services {
		s.Needs = slices.DeleteFunc(s.Needs, func(n string) bool { return n == name })
	}
}
