package kubernetes

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"example.com/golden/stacks/stacktest"
)

// expected is what the tests expect of the stack. What they expect of each service is in the
// file named after it; the rest of these files is about any app.
var expected = expectations{
	services: []wanted{
		searchWanted,
		settleWanted,
		stockWanted,
		webWanted,
	},
	config: map[string]string{ // what a stack must set
		"kubernetes:context": "test",
		"aws:region":         "us-east-1",
		"oidcProviderArn":    "arn:aws:iam::123456789012:oidc-provider/oidc.example.com/id/TEST",
		"apiArn":             "arn:aws:execute-api:us-east-1:123456789012:a1b2c3d4e5",
	},
}

// expectations is what must be known of a stack to tell whether its resources are right.
type expectations struct {
	services []wanted
	config   map[string]string
}

// wanted is the same for one service: its facts, and what those do not say.
type wanted struct {
	facts
	variables    map[string]string
	secrets      map[string]secret // by the variable that gets its value
	writableRoot bool
	also         []check // what the service has beside what every service has
}

// rests reports whether another stack starts the service: each is on this target alone.
func (w wanted) rests(expectations) bool { return false }

// secret is one key of a Secret in the service's namespace.
type secret struct{ name, key string }

// check tells what is wrong with a service. It takes a stacktest.T rather than a *testing.T,
// so that it can be tried on a stack that is known to be broken.
type check func(t stacktest.T, g *stacktest.Graph, w wanted, s expectations)

// serviceChecks are what must be true of each service, whatever else a team adds.
var serviceChecks = []struct {
	name  string
	check check
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
	{"an autoscaler alone sets the number of pods", checkReplicas},
	{"the rest is what app.yaml says", func(t stacktest.T, g *stacktest.Graph, w wanted, s expectations) {
		for _, c := range w.also {
			c(t, g, w, s)
		}
	}},
}

func TestStack(t *testing.T) {
	graph := deploy(t, nil)
	for _, w := range expected.services {
		for _, c := range serviceChecks {
			t.Run(w.service+"/"+c.name, func(t *testing.T) { c.check(t, graph, w, expected) })
		}
	}
}

// checkAll holds a stack to everything that must be true of it.
func checkAll(t stacktest.T, g *stacktest.Graph, s expectations) {
	for _, w := range s.services {
		for _, c := range serviceChecks {
			c.check(t, g, w, s)
		}
	}
}

// deploy runs the program with some of the stack's settings changed.
func deploy(t *testing.T, changed map[string]string) *stacktest.Graph {
	t.Helper()
	return stacktest.Run(t, Deploy, configuration(changed))
}

func configuration(changed map[string]string) map[string]string {
	config := maps.Clone(expected.config)
	maps.Copy(config, changed)
	return config
}

// The types of the resources that every service has, as Pulumi names them.
const (
	accountType    = "kubernetes:core/v1:ServiceAccount"
	deploymentType = "kubernetes:apps/v1:Deployment"
	serviceType    = "kubernetes:core/v1:Service"
	policyType     = "kubernetes:networking.k8s.io/v1:NetworkPolicy"
	budgetType     = "kubernetes:policy/v1:PodDisruptionBudget"
)

// matchLabels and allLabels are written out here, not taken from the program: the cluster
// refuses an update that changes a selector.
func (w wanted) matchLabels() map[string]string {
	return map[string]string{"app.kubernetes.io/name": w.name(), "app.kubernetes.io/instance": app}
}

func (w wanted) allLabels() map[string]string {
	all := w.matchLabels()
	all["app.kubernetes.io/part-of"] = app
	all["app.kubernetes.io/managed-by"] = "pulumi"
	return all
}

// container is the path of an input of the service's own container.
func (w wanted) container(input string) string {
	if w.schedule.cron != "" {
		return fmt.Sprintf("%sinitContainers[name=%s].%s", w.pod(), w.service, input)
	}
	return fmt.Sprintf("spec.template.spec.containers[name=%s].%s", w.service, input)
}

// checkNames holds the objects that every service has to their names.
func checkNames(t stacktest.T, g *stacktest.Graph, w wanted, _ expectations) {
	for typ, api := range map[string][2]string{
		accountType:    {"v1", "ServiceAccount"},
		deploymentType: {"apps/v1", "Deployment"},
		serviceType:    {"v1", "Service"},
		policyType:     {"networking.k8s.io/v1", "NetworkPolicy"},
		budgetType:     {"policy/v1", "PodDisruptionBudget"},
	} {
		if w.schedule.cron != "" && typ != accountType && typ != policyType {
			continue // a CronJob runs it
		}
		one(t, g, w, typ, api[0], api[1])
	}
}

// one finds an object of a service. Pulumi adds a random suffix to an object without a name,
// and no other pod finds such a Service by DNS.
func one(t stacktest.T, g *stacktest.Graph, w wanted, typ, apiVersion, kind string) *stacktest.Resource {
	object := g.One(t, typ, w.name())
	object.Want(t, "metadata.name", w.name(), "a name that Pulumi makes up changes, and other pods do not find it")
	checkObject(t, object, w, apiVersion, kind)
	return object
}

// checkObject holds what all of a service's objects have in common.
func checkObject(t stacktest.T, object *stacktest.Resource, w wanted, apiVersion, kind string) {
	object.Want(t, "apiVersion", apiVersion, "the rest is written for it")
	object.Want(t, "kind", kind, "the rest is written for it")
	object.Want(t, "metadata.namespace", w.namespace, "all objects of a service are in one namespace")
	for label, value := range w.allLabels() {
		object.Want(t, fmt.Sprintf("metadata.labels[%q]", label), value, "tools find the app's objects by the recommended labels")
	}
}

// A Service counts as deployed with no pod behind it, so only a test notices a selector
// that finds none.
func checkSelectors(t stacktest.T, g *stacktest.Graph, w wanted, _ expectations) {
	if w.schedule.cron != "" {
		return // a CronJob runs it
	}
	deployment := g.One(t, deploymentType, w.name())
	g.One(t, serviceType, w.name()).Want(t, "spec.selector", w.matchLabels(), "requests reach the pods with these labels")
	deployment.Want(t, "spec.selector.matchLabels", w.matchLabels(), "the Deployment counts the pods with these labels, and cannot change them")
	for label, value := range w.allLabels() {
		deployment.Want(t, fmt.Sprintf("spec.template.metadata.labels[%q]", label), value, "Service and Deployment find their pods by it")
	}
}

func checkContainer(t stacktest.T, g *stacktest.Graph, w wanted, _ expectations) {
	deployment, account := g.One(t, w.runner(), w.name()), g.One(t, accountType, w.name())
	memory := fmt.Sprintf("%dMi", w.memoryMiB)
	deployment.Want(t, w.container("image"), w.image, "it is the app")
	deployment.Want(t, w.container("ports[name=http].containerPort"), w.port, "the app listens there; Service, probes and NetworkPolicy call it http")
	deployment.Want(t, w.container("resources.requests.cpu"), w.cpu, "the scheduler keeps it free, and the autoscaler measures by it")
	deployment.Want(t, w.container("resources.requests.memory"), memory, "the scheduler keeps it free")
	deployment.Want(t, w.container("resources.limits.memory"), memory, "a pod that could take more than was kept free would take it from others")
	matches(t, deployment, w.container("resources.requests.ephemeral-storage"), size, "the scheduler keeps room for the logs")
	matches(t, deployment, w.container("resources.limits.ephemeral-storage"), size, "a pod that fills its node's disk takes the others with it")
	deployment.Want(t, w.container("resources.limits.cpu"), nil, "a CPU limit throttles a pod while the node has CPU to spare")
	deployment.Want(t, w.pod()+"serviceAccountName", account.Output("metadata.name"), "rights given to the namespace's default account are not the app's", account)
	deployment.Want(t, w.pod()+"automountServiceAccountToken", false, "the app never calls the Kubernetes API")
	account.Want(t, "automountServiceAccountToken", false, "nor does any other pod that uses the account")
}

// Variables are in the pod itself, so that a changed value rolls the pods; from a ConfigMap
// it would reach only the ones that start later.
func checkEnvironment(t stacktest.T, g *stacktest.Graph, w wanted, _ expectations) {
	deployment := g.One(t, w.runner(), w.name())
	for name, value := range w.variables {
		value = strings.ReplaceAll(value, "$", "$$") // Kubernetes makes $ of it again, and a variable of $(NAME)
		deployment.Want(t, w.container("env[name="+name+"].value"), value, "the app reads it")
	}
	for name, from := range w.secrets {
		want := map[string]string{"name": from.name, "key": from.key}
		deployment.Want(t, w.container("env[name="+name+"].valueFrom.secretKeyRef"), want, "the app reads it, and its value stays out of the stack")
	}
}

// How often the probes ask, and how often they may fail, is a matter of taste within bounds.
func checkProbes(t stacktest.T, g *stacktest.Graph, w wanted, _ expectations) {
	deployment := g.One(t, w.runner(), w.name())
	for _, kind := range []string{"startupProbe", "readinessProbe", "livenessProbe"} {
		deployment.Want(t, w.container(kind+".httpGet"), map[string]any{"path": w.healthPath, "port": "http"}, "the app says there whether it is well")
		within(t, deployment, w.container(kind+".periodSeconds"), 1, 60, "a pod that does not answer is found out soon")
		within(t, deployment, w.container(kind+".timeoutSeconds"), 1, 30, "a pod that hangs does not answer")
		within(t, deployment, w.container(kind+".failureThreshold"), 1, 1000, "a failure counts in the end")
	}
	period, _ := deployment.Input(w.container("startupProbe.periodSeconds")).(float64)
	failures, _ := deployment.Input(w.container("startupProbe.failureThreshold")).(float64)
	if gives := period * failures; gives < float64(w.startSeconds) {
		t.Errorf("%s: the startup probe gives the app %v s, and it may take %d: pods would be restarted for ever", deployment, gives, w.startSeconds)
	}
}

// The Pod Security Standard "restricted", which namespaces can enforce: all containers must
// meet it, those of a team's own too.
func checkSecurity(t stacktest.T, g *stacktest.Graph, w wanted, _ expectations) {
	deployment := g.One(t, w.runner(), w.name())
	pod := w.pod() + "securityContext."
	deployment.Want(t, pod+"runAsNonRoot", true, "restricted pods do not run as root")
	within(t, deployment, pod+"runAsUser", 1, 1<<31, "runAsNonRoot takes a number where an image names its user")
	within(t, deployment, pod+"runAsGroup", 1, 1<<31, "root's group owns files too")
	deployment.Want(t, pod+"seccompProfile.type", "RuntimeDefault", "restricted pods cannot make every system call")
	for _, host := range []string{"hostNetwork", "hostPID", "hostIPC"} {
		deployment.Want(t, w.pod()+""+host, nil, "restricted pods see nothing of their node")
	}
	for _, container := range containers(deployment) {
		deployment.Want(t, container+".securityContext.privileged", nil, "restricted pods are not privileged")
		deployment.Want(t, container+".securityContext.allowPrivilegeEscalation", false, "restricted pods gain no rights")
		deployment.Want(t, container+".securityContext.capabilities.drop", []string{"ALL"}, "restricted pods have no capabilities")
	}
	deployment.Want(t, w.container("securityContext.readOnlyRootFilesystem"), !w.writableRoot, "app.yaml says whether the app may write to its image's files")
	mounted := deployment.Input(w.container("volumeMounts[mountPath=/tmp].name"))
	matches(t, deployment, fmt.Sprintf(w.pod()+"volumes[name=%v].emptyDir.sizeLimit", mounted), size, "the volume at /tmp is the only place where the app can write, and must not fill the node")
}

// A pod goes on serving until every load balancer has learned of its end: the native sleep does that in
// images without a shell, where an exec would fail.
func checkRollout(t stacktest.T, g *stacktest.Graph, w wanted, _ expectations) {
	if w.schedule.cron != "" {
		return // a CronJob runs it
	}
	deployment := g.One(t, deploymentType, w.name())
	deployment.Want(t, "spec.strategy.type", "RollingUpdate", "the old pods serve until the new ones do")
	deployment.Want(t, "spec.strategy.rollingUpdate.maxUnavailable", 0, "a new pod is ready before an old one goes")
	matches(t, deployment, "spec.strategy.rollingUpdate.maxSurge", `^[1-9][0-9]*%?$`, "without room for new pods, the rollout stands still")
	deployment.Want(t, w.container("lifecycle.preStop.sleep.seconds"), drainSeconds, "load balancers still send requests for a while")
	deployment.Want(t, "spec.template.spec.terminationGracePeriodSeconds", drainSeconds+w.timeoutSeconds, "the last request may take as long as any")
	for _, domain := range []string{"kubernetes.io/hostname", "topology.kubernetes.io/zone"} {
		deployment.Want(t, fmt.Sprintf("spec.template.spec.topologySpreadConstraints[topologyKey=%s]", domain), map[string]any{
			"maxSkew": 1, "topologyKey": domain, "whenUnsatisfiable": "ScheduleAnyway",
			"labelSelector": map[string]any{"matchLabels": w.matchLabels()},
		}, "one failure must not take all pods, and a cluster without room must take them still")
	}
}

// Pulumi waits ten minutes by default for pods that cannot be scheduled, and only then says
// why. A Service in turn waits for pods.
func checkWaiting(t stacktest.T, g *stacktest.Graph, w wanted, _ expectations) {
	if w.schedule.cron != "" {
		return // a CronJob runs it
	}
	deployment, front := g.One(t, deploymentType, w.name()), g.One(t, serviceType, w.name())
	checkTimeouts(t, deployment)
	checkTimeouts(t, front)
	for input, urns := range deployment.Needs {
		if slices.Contains(urns, front.URN) {
			t.Errorf("%s: waits for %s (input %q), which waits for the pods", deployment, front, input)
		}
	}
}

func checkTimeouts(t stacktest.T, r *stacktest.Resource) {
	timeouts := r.Request.GetCustomTimeouts()
	for operation, text := range map[string]string{"create": timeouts.GetCreate(), "update": timeouts.GetUpdate()} {
		if limit, err := time.ParseDuration(text); err != nil || limit < time.Minute || limit >= 10*time.Minute {
			t.Errorf("%s: its timeout to %s is %q, want one from a minute to less than ten", r, operation, text)
		}
	}
}

func checkAddress(t stacktest.T, g *stacktest.Graph, w wanted, _ expectations) {
	if w.schedule.cron != "" {
		return // nothing calls it
	}
	front := g.One(t, serviceType, w.name())
	front.Want(t, "spec.type", "ClusterIP", "a LoadBalancer makes the app public, and waits for an address that may never come")
	front.Want(t, "spec.ports[name=http].port", 80, "callers need no port in the URL")
	front.Want(t, "spec.ports[name=http].targetPort", "http", "it is the container's port, whatever its number")
	g.Exports.Want(t, fmt.Sprintf("[%q]", w.service+".address"), fmt.Sprintf("http://%s.%s.svc", w.name(), w.namespace), "it is where callers in the cluster find the service")
}

// PodDisruptionBudgets count, they do not ask: with as many pods needed as there are, a
// drain of nodes would wait for ever.
func checkBudget(t stacktest.T, g *stacktest.Graph, w wanted, _ expectations) {
	if w.schedule.cron != "" {
		return // a CronJob runs it
	}
	budget := g.One(t, budgetType, w.name())
	budget.Want(t, "spec.selector", map[string]any{"matchLabels": w.matchLabels()}, "it counts the pods with these labels")
	budget.Want(t, "spec.maxUnavailable", 1, "a drain of nodes takes one pod at a time, and the last one too")
	budget.Want(t, "spec.minAvailable", nil, "it would keep a drain from the last pod")
	budget.Want(t, "spec.unhealthyPodEvictionPolicy", "AlwaysAllow", "a pod that never gets ready must not hold up a drain")
}

// What a NetworkPolicy does not allow is denied, to the pods that it selects and in the
// directions that it names.
func checkNetwork(t stacktest.T, g *stacktest.Graph, w wanted, _ expectations) {
	policy := g.One(t, policyType, w.name())
	policy.Want(t, "spec.podSelector", map[string]any{"matchLabels": w.matchLabels()}, "it guards the pods with these labels")
	policy.Want(t, "spec.policyTypes", []string{"Ingress", "Egress"}, "what it says of a direction that is not named may count for nothing")
	policy.Want(t, "spec.egress", []any{map[string]any{}}, "the app calls what it likes, DNS included")
}

// reached is who may connect to the app's port: nil for everyone.
func reached(from any, why string) check {
	return func(t stacktest.T, g *stacktest.Graph, w wanted, _ expectations) {
		policy := g.One(t, policyType, w.name())
		if rules, _ := policy.Input("spec.ingress").([]any); len(rules) != 1 {
			t.Errorf("%s: %d rules let requests in, want one: each of them opens something", policy, len(rules))
		}
		policy.Want(t, "spec.ingress[0].from", from, why)
		policy.Want(t, "spec.ingress[0].ports", []any{map[string]any{"protocol": "TCP", "port": "http"}}, "nothing else should be reached; a number would cut old pods off while new ones listen elsewhere")
	}
}

// checkReplicas holds a Deployment to leaving the number of its pods alone: a number in it
// conflicts with what scales it, which each update wins or fails on. See
// score-spec/score-k8s#25.
func checkReplicas(t stacktest.T, g *stacktest.Graph, w wanted, _ expectations) {
	if w.schedule.cron != "" {
		return // a CronJob runs it
	}
	g.One(t, deploymentType, w.name()).Want(t, "spec.replicas", nil, "the autoscaler owns the number, and each update would undo its work")
	if w.scale.min < 0 || w.scale.max < 1 || w.scale.min > w.scale.max {
		t.Errorf("%s: %d to %d pods: the most must be one at least, and no less than the least", w.name(), w.scale.min, w.scale.max)
	}
}

// checkBehavior holds an autoscaler to how fast it changes the number of pods: what is not
// written out differs between clusters.
func checkBehavior(t stacktest.T, autoscaler *stacktest.Resource, path string) {
	double := map[string]any{"type": "Percent", "value": 100, "periodSeconds": 15}
	autoscaler.Want(t, path+".scaleUp.policies", []any{double, map[string]any{"type": "Pods", "value": 4, "periodSeconds": 15}}, "it grows at once, doubling if need be")
	autoscaler.Want(t, path+".scaleDown.policies", []any{double}, "it shrinks to what is needed")
	for _, direction := range []string{".scaleUp", ".scaleDown"} {
		autoscaler.Want(t, path+direction+".selectPolicy", "Max", "the policy that changes the most decides")
		within(t, autoscaler, path+direction+".stabilizationWindowSeconds", 0, 3600, "the API server takes no more than an hour")
	}
}

// containers lists the paths of a Deployment's containers, a team's own too.
func containers(deployment *stacktest.Resource) (paths []string) {
	all, _ := deployment.Input("spec.template.spec.containers").([]any)
	for i := range all {
		paths = append(paths, fmt.Sprintf("spec.template.spec.containers[%d]", i))
	}
	for _, list := range []string{"containers", "initContainers"} {
		list = "spec.jobTemplate.spec.template.spec." + list
		found, _ := deployment.Input(list).([]any)
		for i := range found {
			paths = append(paths, fmt.Sprintf("%s[%d]", list, i))
		}
	}
	return paths
}

// within requires a number within bounds, both included: which one is a matter of taste.
func within(t stacktest.T, r *stacktest.Resource, path string, least, most float64, why string) {
	if got, ok := r.Input(path).(float64); !ok || got < least || got > most {
		t.Errorf("%s: %s is %v, want a number from %v to %v: %s", r, path, r.Input(path), least, most, why)
	}
}

// size is an amount of memory or storage.
const size = `^[1-9][0-9]*[MG]i$`

// matches requires a text of some form: which one is a matter of taste.
func matches(t stacktest.T, r *stacktest.Resource, path, form, why string) {
	if got := r.Input(path); got == nil || !regexp.MustCompile(form).MatchString(fmt.Sprint(got)) {
		t.Errorf("%s: %s is %v, want what matches %s: %s", r, path, got, form, why)
	}
}

// A preview tells that the cluster lacks what the objects need, since the program asks for
// all of it.
func TestPrerequisites(t *testing.T) {
	var needed []string
	needed = append(needed, "kubernetes:networking.k8s.io/v1:IngressClass alb")
	needed = append(needed, "kubernetes:networking.k8s.io/v1:IngressClass nginx")
	for _, w := range expected.services {
		needed = append(needed, "kubernetes:core/v1:Namespace "+w.namespace)
	}
	asked := deploy(t, nil).Read
	for _, object := range needed {
		if !slices.Contains(asked, object) {
			t.Errorf("the program does not ask the cluster for %s", object)
		}
	}
}

// A setting changes what it says and nothing else: every check holds with that one
// expectation changed, and the same resources exist.
func TestSettings(t *testing.T) {
	before := deploy(t, nil)
	var broken stacktest.Complaints
	if checkAll(&broken, before, expected); len(broken) > 0 {
		t.Skip("the stack is broken without any: TestStack says how")
	}
	for i, w := range expected.services {
		memory := another(w.memoryMiB, 256, 512)
		least, most := another(w.scale.min, 2, 3), another(w.scale.max, 7, 8)
		for name, change := range map[string]struct {
			settings map[string]string
			apply    func(*wanted)
		}{
			"image":       {map[string]string{"image": "registry.example.com/another:2"}, func(other *wanted) { other.image = "registry.example.com/another:2" }},
			"memory":      {map[string]string{"memory": fmt.Sprintf("%dMi", memory)}, func(other *wanted) { other.memoryMiB = memory }},
			"namespace":   {map[string]string{"namespace": "another"}, func(other *wanted) { other.namespace = "another" }},
			"min and max": {map[string]string{"min": fmt.Sprint(least), "max": fmt.Sprint(most)}, func(other *wanted) { other.scale.min, other.scale.max = least, most }},
		} {
			if w.schedule.cron != "" && name == "min and max" {
				continue // each run is one pod
			}
			t.Run(w.service+"/"+name, func(t *testing.T) {
				config := map[string]string{}
				for setting, value := range change.settings {
					config[w.service+"."+setting] = value
				}
				after := deploy(t, config)
				changed := expectations{slices.Clone(expected.services), configuration(config)}
				change.apply(&changed.services[i])
				checkAll(t, after, changed)
				if got, want := after.Names(), before.Names(); !slices.Equal(got, want) {
					t.Errorf("other resources exist with it: %v, without it: %v", got, want)
				}
			})
		}
	}
}

// Bad settings are refused, all of them at once, before anything is declared. So is a stack
// that names no cluster: the current context may be anyone's.
func TestBadSettings(t *testing.T) {
	bad := map[string]string{
		"apiArn":                 "arn:aws:execute-api:us-east-1:123456789012:a1b2c3d4e5/$default/GET/",
		"permissionsBoundaryArn": "arn:aws:iam::123456789012:role/no-policy",
		"curlImage":              "registry.example.com/without-a-tag",
		"skipIngressWait":        "perhaps",
		"settle.roleName":        "path/of/a/role",
		"web.roleName":           "path/of/a/role",
	}
	for _, w := range expected.services {
		bad[w.service+".image"] = "registry.example.com/without-a-tag"
		bad[w.service+".memory"] = "1Mi"
		bad[w.service+".namespace"] = "Not a label"
		bad[w.service+".min"] = "-1"
		bad[w.service+".max"] = "many"
		bad[w.service+".no-such-setting"] = "1"
	}
	graph, err := stacktest.Deploy(t, Deploy, bad)
	var refused []string
	for key := range expected.config {
		refused = append(refused, key)
	}
	for key := range bad {
		refused = append(refused, stacktest.Project+":"+key)
	}
	for _, key := range refused {
		if err == nil || !strings.Contains(err.Error(), key) {
			t.Errorf("%s is not refused: %v", key, err)
		}
	}
	if len(graph.Resources) > 0 {
		t.Errorf("declared in spite of it: %v", graph.Names())
	}
}

func TestMinAboveMax(t *testing.T) {
	for _, w := range expected.services {
		_, err := stacktest.Deploy(t, Deploy, configuration(map[string]string{w.service + ".min": "8", w.service + ".max": "7"}))
		if err == nil || !strings.Contains(err.Error(), w.service+".min") {
			t.Errorf("%s: 8 to 7 pods are not refused: %v", w.service, err)
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
