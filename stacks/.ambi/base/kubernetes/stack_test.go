package kubernetes

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"ambi/stacks/stacktest"
)

// services are the app's services. What the tests expect of each stands in the
// file named after it; the rest of this file is about any app.
var services = []service{
	apiFacts,
}

// service is what must be known of a service to tell whether its resources are right.
type service struct {
	key  string // begins its settings, as api does in api.memory; names its container
	name string // of its resources, and of their objects in the cluster

	image, healthPath, cpu, namespace                 string
	port, memoryMiB, timeoutSeconds, min, max, target int
	metric                                            string // what target is a percentage of: cpu or memory

	variables map[string]string
	secrets   map[string]secret // by the variable that gets its value

	reach string // who may connect: anywhere, cluster, or the callers that need it
}

// secret is one key of a Secret in the service's namespace.
type secret struct{ name, key string }

// The types of the resources, as Pulumi names them.
const (
	accountType    = "kubernetes:core/v1:ServiceAccount"
	deploymentType = "kubernetes:apps/v1:Deployment"
	serviceType    = "kubernetes:core/v1:Service"
	autoscalerType = "kubernetes:autoscaling/v2:HorizontalPodAutoscaler"
	policyType     = "kubernetes:networking.k8s.io/v1:NetworkPolicy"
	budgetType     = "kubernetes:policy/v1:PodDisruptionBudget"
)

// serviceChecks are what must be true of each service, whatever else a team adds
// to the stack. Each takes a stacktest.T rather than a *testing.T, so that it can
// be tried on a stack that is known to be broken.
var serviceChecks = []struct {
	name  string
	check func(t stacktest.T, g *stacktest.Graph, s service)
}{
	{"objects have fixed names", checkNames},
	{"pods are found by their labels", checkSelectors},
	{"container runs what app.yaml says", checkContainer},
	{"container finds its variables and secrets", checkEnvironment},
	{"probes ask the app", checkProbes},
	{"pods run restricted", checkSecurity},
	{"no request is lost in a rollout", checkRollout},
	{"deployment waits for nothing that cannot come", checkWaiting},
	{"service is reached inside the cluster", checkAddress},
	{"a drain of nodes takes one pod at a time", checkBudget},
	{"only the app's port is open", checkNetwork},
	{"autoscaler alone sets the number of pods", checkAutoscaler},
}

func TestStack(t *testing.T) {
	graph := deploy(t, nil)
	for _, s := range services {
		for _, c := range serviceChecks {
			t.Run(s.key+"/"+c.name, func(t *testing.T) { c.check(t, graph, s) })
		}
	}
}

// checkAll holds a stack to everything that must be true of it.
func checkAll(t stacktest.T, g *stacktest.Graph, all []service) {
	for _, s := range all {
		for _, c := range serviceChecks {
			c.check(t, g, s)
		}
	}
}

// deploy runs the program with some of the stack's settings changed.
func deploy(t *testing.T, changed map[string]string) *stacktest.Graph {
	t.Helper()
	return stacktest.Run(t, Deploy, configuration(changed))
}

func configuration(changed map[string]string) map[string]string {
	config := map[string]string{
		"kubernetes:context": "test",
	}
	maps.Copy(config, changed)
	return config
}

// selector and labels are written out here, not taken from the program: the
// cluster refuses an update that changes a selector.
func (s service) selector() map[string]string {
	return map[string]string{"app.kubernetes.io/name": s.name, "app.kubernetes.io/instance": app}
}

func (s service) labels() map[string]string {
	all := s.selector()
	all["app.kubernetes.io/part-of"] = app
	all["app.kubernetes.io/managed-by"] = "pulumi"
	return all
}

// container is the path of an input of the service's own container.
func (s service) container(input string) string {
	return fmt.Sprintf("spec.template.spec.containers[name=%s].%s", s.key, input)
}

// Pulumi adds a random suffix to an object without a name, and no other pod finds
// such a Service by DNS.
func checkNames(t stacktest.T, g *stacktest.Graph, s service) {
	objects := map[string][2]string{
		accountType:    {"v1", "ServiceAccount"},
		deploymentType: {"apps/v1", "Deployment"},
		serviceType:    {"v1", "Service"},
		policyType:     {"networking.k8s.io/v1", "NetworkPolicy"},
		budgetType:     {"policy/v1", "PodDisruptionBudget"},
		autoscalerType: {"autoscaling/v2", "HorizontalPodAutoscaler"}, // v1 knows CPU only, and no behavior
	}
	for typ, api := range objects {
		object := g.One(t, typ, s.name)
		object.Want(t, "apiVersion", api[0], "the rest is written for it")
		object.Want(t, "kind", api[1], "the rest is written for it")
		object.Want(t, "metadata.name", s.name, "a name of Pulumi's making changes, and nobody finds it")
		s.checkMetadata(t, object)
	}
}

// checkMetadata holds what all of a service's objects have in common.
func (s service) checkMetadata(t stacktest.T, object *stacktest.Resource) {
	object.Want(t, "metadata.namespace", s.namespace, "all objects of a service live in one namespace")
	for label, value := range s.labels() {
		object.Want(t, fmt.Sprintf("metadata.labels[%q]", label), value, "tools find the app's objects by the recommended labels")
	}
}

// A Service counts as deployed with no pod behind it, so nothing but a test
// notices a selector that finds none.
func checkSelectors(t stacktest.T, g *stacktest.Graph, s service) {
	deployment := g.One(t, deploymentType, s.name)
	g.One(t, serviceType, s.name).Want(t, "spec.selector", s.selector(), "requests reach the pods with these labels")
	deployment.Want(t, "spec.selector.matchLabels", s.selector(), "the Deployment counts the pods with these labels, and cannot change them")
	for label, value := range s.labels() {
		deployment.Want(t, fmt.Sprintf("spec.template.metadata.labels[%q]", label), value, "Service and Deployment find their pods by it")
	}
}

func checkContainer(t stacktest.T, g *stacktest.Graph, s service) {
	deployment, account := g.One(t, deploymentType, s.name), g.One(t, accountType, s.name)
	memory := fmt.Sprintf("%dMi", s.memoryMiB)
	deployment.Want(t, s.container("image"), s.image, "it is the app")
	deployment.Want(t, s.container("ports[name=http].containerPort"), s.port, "the app listens there; Service, probes and NetworkPolicy call it http")
	deployment.Want(t, s.container("resources.requests.cpu"), s.cpu, "the scheduler keeps it free, and the autoscaler measures by it")
	deployment.Want(t, s.container("resources.requests.memory"), memory, "the scheduler keeps it free")
	deployment.Want(t, s.container("resources.limits.memory"), memory, "a pod that could take more than was kept free would take it from others")
	deployment.Want(t, s.container("resources.requests.ephemeral-storage"), "128Mi", "the scheduler keeps room for the logs")
	deployment.Want(t, s.container("resources.limits.ephemeral-storage"), "1Gi", "a pod that fills its node's disk takes the others with it")
	deployment.Want(t, s.container("resources.limits.cpu"), nil, "a CPU limit throttles a pod while the node has CPU to spare")
	deployment.Want(t, "spec.template.spec.serviceAccountName", account.Output("metadata.name"), "rights given to the namespace's default account are not the app's", account)
	deployment.Want(t, "spec.template.spec.automountServiceAccountToken", false, "the app never calls the Kubernetes API")
	account.Want(t, "automountServiceAccountToken", false, "nor does any other pod that uses the account")
}

// Variables stand in the pod itself, so that a changed value rolls the pods; from
// a ConfigMap it would reach the ones that start later only.
func checkEnvironment(t stacktest.T, g *stacktest.Graph, s service) {
	deployment := g.One(t, deploymentType, s.name)
	for name, value := range s.variables {
		deployment.Want(t, s.container("env[name="+name+"].value"), value, "the app reads it")
	}
	for name, from := range s.secrets {
		want := map[string]string{"name": from.name, "key": from.key}
		deployment.Want(t, s.container("env[name="+name+"].valueFrom.secretKeyRef"), want, "the app reads it, and its value stays out of the stack")
	}
}

func checkProbes(t stacktest.T, g *stacktest.Graph, s service) {
	for input, want := range map[string]struct {
		periodSeconds, failures int
		why                     string
	}{
		"startupProbe":   {2, 30, "the app has a minute to start"},
		"readinessProbe": {5, 2, "a pod that does not answer gets no requests after 10 s"},
		"livenessProbe":  {10, 3, "a pod that does not answer is started anew after 30 s"},
	} {
		g.One(t, deploymentType, s.name).Want(t, s.container(input), map[string]any{
			"httpGet":          map[string]any{"path": s.healthPath, "port": "http"},
			"periodSeconds":    want.periodSeconds,
			"timeoutSeconds":   2,
			"failureThreshold": want.failures,
		}, want.why)
	}
}

// The Pod Security Standard "restricted", which namespaces can enforce: all
// containers must meet it, and those of a team's own too.
func checkSecurity(t stacktest.T, g *stacktest.Graph, s service) {
	deployment := g.One(t, deploymentType, s.name)
	pod := "spec.template.spec.securityContext."
	deployment.Want(t, pod+"runAsNonRoot", true, "restricted pods do not run as root")
	deployment.Want(t, pod+"runAsUser", 65532, "runAsNonRoot takes a number where an image names its user")
	deployment.Want(t, pod+"runAsGroup", 65532, "root's group owns files too")
	deployment.Want(t, pod+"seccompProfile.type", "RuntimeDefault", "restricted pods cannot make every system call")
	for _, host := range []string{"hostNetwork", "hostPID", "hostIPC"} {
		deployment.Want(t, "spec.template.spec."+host, nil, "restricted pods see nothing of their node")
	}
	for _, container := range containers(deployment) {
		deployment.Want(t, container+".securityContext.privileged", nil, "restricted pods are not privileged")
		deployment.Want(t, container+".securityContext.allowPrivilegeEscalation", false, "restricted pods gain no rights")
		deployment.Want(t, container+".securityContext.capabilities.drop", []string{"ALL"}, "restricted pods have no capabilities")
	}
	deployment.Want(t, s.container("securityContext.readOnlyRootFilesystem"), true, "nothing can be left in the container's files")
	volume := deployment.Input(s.container("volumeMounts[mountPath=/tmp].name"))
	limit := deployment.Input(fmt.Sprintf("spec.template.spec.volumes[name=%v].emptyDir.sizeLimit", volume))
	if text, _ := limit.(string); !regexp.MustCompile(`^[1-9][0-9]*[MG]i$`).MatchString(text) {
		t.Errorf("%s: the empty volume at /tmp is %v large, want so many Mi or Gi: it is the only place where the app can write, and must not fill the node", deployment, limit)
	}
}

// Endpoints are told of a pod's end while it goes on serving: the native sleep
// does that in images without a shell, where an exec would fail.
func checkRollout(t stacktest.T, g *stacktest.Graph, s service) {
	deployment := g.One(t, deploymentType, s.name)
	deployment.Want(t, "spec.strategy.type", "RollingUpdate", "the old pods serve until the new ones do")
	deployment.Want(t, "spec.strategy.rollingUpdate.maxUnavailable", 0, "a new pod is ready before an old one goes")
	deployment.Want(t, "spec.strategy.rollingUpdate.maxSurge", "25%", "without room for new pods, the rollout stands still")
	deployment.Want(t, s.container("lifecycle.preStop.sleep.seconds"), drainSeconds, "load balancers still send requests for a while")
	deployment.Want(t, "spec.template.spec.terminationGracePeriodSeconds", drainSeconds+s.timeoutSeconds, "the last request may take as long as any")
	for _, domain := range []string{"kubernetes.io/hostname", "topology.kubernetes.io/zone"} {
		deployment.Want(t, fmt.Sprintf("spec.template.spec.topologySpreadConstraints[topologyKey=%s]", domain), map[string]any{
			"maxSkew": 1, "topologyKey": domain, "whenUnsatisfiable": "ScheduleAnyway",
			"labelSelector": map[string]any{"matchLabels": s.selector()},
		}, "one failure must not take all pods, and a cluster without room must take them still")
	}
}

// Pulumi waits ten minutes by default for pods that cannot be scheduled, and only
// then says why. A Service in turn waits for pods.
func checkWaiting(t stacktest.T, g *stacktest.Graph, s service) {
	deployment, front := g.One(t, deploymentType, s.name), g.One(t, serviceType, s.name)
	waiting := []*stacktest.Resource{deployment, front}
	for _, r := range waiting {
		timeouts := r.Request.GetCustomTimeouts()
		for operation, text := range map[string]string{"create": timeouts.GetCreate(), "update": timeouts.GetUpdate()} {
			if limit, err := time.ParseDuration(text); err != nil || limit < time.Minute || limit >= 10*time.Minute {
				t.Errorf("%s: its timeout to %s is %q, want one from a minute to less than ten", r, operation, text)
			}
		}
	}
	for input, urns := range deployment.Needs {
		if slices.Contains(urns, front.URN) {
			t.Errorf("%s: waits for %s (input %q), which waits for the pods", deployment, front, input)
		}
	}
}

func checkAddress(t stacktest.T, g *stacktest.Graph, s service) {
	front := g.One(t, serviceType, s.name)
	front.Want(t, "spec.type", "ClusterIP", "a LoadBalancer makes the app public, and waits for an address that may never come")
	front.Want(t, "spec.ports[name=http].port", 80, "callers need no port in the URL")
	front.Want(t, "spec.ports[name=http].targetPort", "http", "it is the container's port, whatever its number")
	g.Exports.Want(t, fmt.Sprintf("[%q]", s.key+".address"), fmt.Sprintf("http://%s.%s.svc", s.name, s.namespace), "it is where callers in the cluster find the service")
}

// PodDisruptionBudgets count, they do not ask: with as many pods needed as there
// are, a drain of nodes would wait for ever.
func checkBudget(t stacktest.T, g *stacktest.Graph, s service) {
	budget := g.One(t, budgetType, s.name)
	budget.Want(t, "spec.selector", map[string]any{"matchLabels": s.selector()}, "it counts the pods with these labels")
	budget.Want(t, "spec.maxUnavailable", 1, "a drain of nodes takes one pod at a time, and the last one too")
	budget.Want(t, "spec.minAvailable", nil, "it would keep a drain from the last pod")
	budget.Want(t, "spec.unhealthyPodEvictionPolicy", "AlwaysAllow", "a pod that never gets ready must not hold up a drain")
}

// What a NetworkPolicy does not allow is denied, to the pods that it selects and in
// the directions that it names.
func checkNetwork(t stacktest.T, g *stacktest.Graph, s service) {
	policy := g.One(t, policyType, s.name)
	policy.Want(t, "spec.podSelector", map[string]any{"matchLabels": s.selector()}, "it guards the pods with these labels")
	policy.Want(t, "spec.policyTypes", []string{"Ingress", "Egress"}, "what it says of a direction that is not named may count for nothing")
	policy.Want(t, "spec.egress", []any{map[string]any{}}, "the app calls what it likes, DNS included")
	rules, _ := policy.Input("spec.ingress").([]any)
	if len(rules) != 1 {
		t.Errorf("%s: %d rules let requests in, want one: each of them opens something", policy, len(rules))
	}
	policy.Want(t, "spec.ingress[0].ports", []any{map[string]any{"protocol": "TCP", "port": "http"}}, "nothing else should be reached; a number would cut old pods off while new ones listen elsewhere")
	switch s.reach {
	case "anywhere":
		policy.Want(t, "spec.ingress[0].from", nil, "what serves the routes from outside may run anywhere")
	case "cluster":
		policy.Want(t, "spec.ingress[0].from", []any{map[string]any{"namespaceSelector": map[string]any{}}}, "pods of the cluster call it, and nobody else")
	}
}

// checkReplicas holds a Deployment to leaving the number of its pods alone: a number
// in it is a quarrel with what scales it, which each update wins or fails on. See
// score-spec/score-k8s#25.
func checkReplicas(t stacktest.T, g *stacktest.Graph, s service, least int) {
	g.One(t, deploymentType, s.name).Want(t, "spec.replicas", nil, "the autoscaler owns the number, and each update would undo its work")
	if s.min < least || s.min > s.max {
		t.Errorf("%s: %d to %d pods: want %d at least, and no more than the most", s.name, s.min, s.max, least)
	}
}

// scaling is how fast the number of pods changes; what is not written out differs
// between clusters.
func scaling() map[string]any {
	double := map[string]any{"type": "Percent", "value": 100, "periodSeconds": 15}
	return map[string]any{
		"scaleUp": map[string]any{
			"stabilizationWindowSeconds": 0, "selectPolicy": "Max",
			"policies": []any{double, map[string]any{"type": "Pods", "value": 4, "periodSeconds": 15}},
		},
		"scaleDown": map[string]any{
			"stabilizationWindowSeconds": 300, "selectPolicy": "Max", "policies": []any{double},
		},
	}
}

func checkAutoscaler(t stacktest.T, g *stacktest.Graph, s service) {
	deployment, autoscaler := g.One(t, deploymentType, s.name), g.One(t, autoscalerType, s.name)
	checkReplicas(t, g, s, 1)
	autoscaler.Want(t, "spec.scaleTargetRef.apiVersion", "apps/v1", "the API server refuses an autoscaler without it, a preview does not")
	autoscaler.Want(t, "spec.scaleTargetRef.kind", "Deployment", "it is what the autoscaler scales")
	autoscaler.Want(t, "spec.scaleTargetRef.name", deployment.Output("metadata.name"), "it is what the autoscaler scales", deployment)
	autoscaler.Want(t, "spec.minReplicas", s.min, "fewer pods never run")
	autoscaler.Want(t, "spec.maxReplicas", s.max, "more pods never run")
	for direction, want := range scaling() {
		autoscaler.Want(t, "spec.behavior."+direction, want, "it grows at once, and shrinks by what five minutes did not need")
	}
	autoscaler.Want(t, "spec.metrics[type=Resource].resource", map[string]any{
		"name": s.metric, "target": map[string]any{"type": "Utilization", "averageUtilization": s.target},
	}, "it decides how many pods run")
	for _, container := range containers(deployment) {
		if deployment.Input(container+".resources.requests."+s.metric) == nil {
			t.Errorf("%s: %s requests no %s: the autoscaler cannot measure pods with such a container, and does nothing", deployment, container, s.metric)
		}
	}
}

// containers lists the paths of a Deployment's containers, a team's own too.
func containers(deployment *stacktest.Resource) (paths []string) {
	all, _ := deployment.Input("spec.template.spec.containers").([]any)
	for i := range all {
		paths = append(paths, fmt.Sprintf("spec.template.spec.containers[%d]", i))
	}
	return paths
}

// A preview tells that the cluster lacks what the objects need, since the program asks
// for all of it.
func TestPrerequisites(t *testing.T) {
	needed := map[string]bool{}
	for _, s := range services {
		needed["kubernetes:core/v1:Namespace "+s.namespace] = true
	}
	read := deploy(t, nil).Read
	for _, object := range slices.Sorted(maps.Keys(needed)) {
		if !slices.Contains(read, object) {
			t.Errorf("the program does not ask the cluster for %s", object)
		}
	}
}

// A setting changes what it says and nothing else: every check holds with that
// one expectation changed, and the same resources exist.
func TestSettings(t *testing.T) {
	before := deploy(t, nil)
	var broken stacktest.Complaints
	if checkAll(&broken, before, services); len(broken) > 0 {
		t.Skip("the stack is broken without any: TestStack says how")
	}
	for i, s := range services {
		memory := another(s.memoryMiB, 256, 512)
		least, most := another(s.min, 2, 3), another(s.max, 7, 8)
		for name, change := range map[string]struct {
			settings map[string]string
			apply    func(*service)
		}{
			"image":       {map[string]string{"image": "registry.example.com/another:2"}, func(w *service) { w.image = "registry.example.com/another:2" }},
			"memory":      {map[string]string{"memory": fmt.Sprintf("%dMi", memory)}, func(w *service) { w.memoryMiB = memory }},
			"namespace":   {map[string]string{"namespace": "another"}, func(w *service) { w.namespace = "another" }},
			"min and max": {map[string]string{"min": fmt.Sprint(least), "max": fmt.Sprint(most)}, func(w *service) { w.min, w.max = least, most }},
		} {
			t.Run(s.key+"/"+name, func(t *testing.T) {
				expected := slices.Clone(services)
				change.apply(&expected[i])
				config := map[string]string{}
				for setting, value := range change.settings {
					config[s.key+"."+setting] = value
				}
				after := deploy(t, config)
				checkAll(t, after, expected)
				if got, want := after.Names(), before.Names(); !slices.Equal(got, want) {
					t.Errorf("other resources exist with it: %v, without it: %v", got, want)
				}
			})
		}
	}
}

// Bad settings are refused, all of them at once, before anything is declared. So
// is a stack that names no cluster: the current one may be anybody's.
func TestBadSettings(t *testing.T) {
	bad := map[string]string{}
	for _, s := range services {
		bad[s.key+".image"] = "registry.example.com/without-a-tag"
		bad[s.key+".memory"] = "1Mi"
		bad[s.key+".namespace"] = "Not a label"
		bad[s.key+".min"] = "-1"
		bad[s.key+".max"] = "many"
		bad[s.key+".no-such-setting"] = "1"
	}
	graph, err := stacktest.Deploy(t, Deploy, bad)
	wanted := []string{"kubernetes:context"}
	for key := range bad {
		wanted = append(wanted, stacktest.Project+":"+key)
	}
	for _, key := range wanted {
		if err == nil || !strings.Contains(err.Error(), key) {
			t.Errorf("%s is not refused: %v", key, err)
		}
	}
	if len(graph.Resources) > 0 {
		t.Errorf("declared in spite of it: %v", graph.Names())
	}
}

func TestMinAboveMax(t *testing.T) {
	for _, s := range services {
		_, err := stacktest.Deploy(t, Deploy, configuration(map[string]string{s.key + ".min": "8", s.key + ".max": "7"}))
		if err == nil || !strings.Contains(err.Error(), s.key+".min") {
			t.Errorf("%s: 8 to 7 pods are not refused: %v", s.key, err)
		}
	}
}

func TestNoErrorIsLost(t *testing.T) {
	stacktest.LostErrors(t, ".")
}

// another returns the first of two values, or the second if the first is taken.
func another(taken, first, second int) int {
	if taken == first {
		return second
	}
	return first
}
