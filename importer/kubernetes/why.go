package kubernetes

import (
	"slices"
	"strings"
	"sync"

	"ambi/importer/source"
	"ambi/internal/lazyregexp"
)

const workloadFile = "stacks/kubernetes/workload.go"

// whyNoKind says what becomes of an object that is no part of a service.
func (o *object) whyNoKind() (why string, changes bool) {
	switch o.kind {
	case "Namespace":
		return "a namespace must exist: a stack makes none", false
	case "ServiceAccount":
		return "each service gets an account of its own; what a role allows in AWS goes under permissions", false
	case "PodDisruptionBudget":
		return "each service gets one that lets a drain of nodes take one pod at a time", false
	case "NetworkPolicy":
		return "each service gets one, which admits the services that need it and the controller that serves its routes", false
	case "Secret":
		return "secrets stay outside the spec and the stack: no service refers to this one", false
	case "ConfigMap":
		return "no variable of a service comes from it; a spec has variables, and no files", true
	case "Job":
		return "ambi has no jobs that run once: run it beside the stack", true
	case "DaemonSet":
		return "a pod on each node is no service that a function could replace", true
	case "Pod", "ReplicaSet", "ReplicationController":
		return "only Deployments, StatefulSets and CronJobs become services", true
	case "Role", "RoleBinding", "ClusterRole", "ClusterRoleBinding":
		return "pods get no token for the Kubernetes API", true
	case "PersistentVolumeClaim", "PersistentVolume", "StorageClass":
		return "a service keeps what a StatefulSet claims for each of its pods: write volumes by hand", true
	case "Service":
		return "it leads to no workload among the files", true
	case "Ingress", "HTTPRoute":
		return "it leads to no service among the files", true
	case "HorizontalPodAutoscaler", "ScaledObject":
		return "it scales no workload among the files", true
	case "Gateway", "GatewayClass", "IngressClass", "Certificate", "Issuer", "ClusterIssuer":
		return "belongs to the cluster, and must exist", false
	case "ServiceMonitor", "PodMonitor":
		return "it watches no service among the files", false
	case "CustomResourceDefinition":
		return "belongs to the cluster, and must exist", false
	}
	return "ambi does not read this kind", true
}

// reasons are why values of known paths have no place in a spec. The first that matches counts.
var reasons = sync.OnceValue(func() []reason { //nolint:gochecknoglobals // constants in all but name
	all := []reason{
		{`^metadata\.(annotations|labels|finalizers|ownerReferences|uid|resourceVersion|generation|selfLink|managedFields)`, "labels and annotations are the stack's: edit " + workloadFile, false, nil},
		{`\.(template|jobTemplate)\.metadata`, "labels and annotations are the stack's: edit " + workloadFile, false, nil},
		{`\.spec\.(affinity|tolerations|nodeSelector|nodeName|priorityClassName|runtimeClassName|schedulerName|topologySpreadConstraints)`, "the nodes that pods may run on are set in " + workloadFile, false, nil},
		{`\.spec\.initContainers(\[\d+\])?$`, "a service has one container: add what runs before it in " + workloadFile, true, nil},
		{`\.spec\.containers\[\d+\]$`, "a service has one container: add a second one in " + workloadFile, true, nil},
		{`\.spec\.volumes`, "a spec has no volumes: volumeMounts has the reasons", false, nil},
		{`\.volumeMounts`, "an instance keeps what a StatefulSet claims for it, and nothing else but /tmp: write volumes by hand", true, nil},
		{`volumeClaimTemplates`, "a volume has a path, a size, a class and a way of access", true, nil},
		{`\.(stdin|tty|stdinOnce|workingDir)$`, "the image says it", false, nil},
		{`imagePullPolicy`, "an image is pinned by its tag or digest, and pulled where a node lacks it", false, nil},
		{`JobsHistoryLimit|ttlSecondsAfterFinished`, "how many ended runs stay is set in " + scheduleFile, false, nil},
		{`\.jobTemplate\.spec\.[a-zA-Z]+$`, "each attempt of a run is one pod, and the next one follows if it fails", true, nil},
		{`\.lifecycle`, "a pod goes on serving for a while once it is told to stop, so that no request is lost; for more edit " + workloadFile, false, nil},
		{`(strategy|updateStrategy|revisionHistoryLimit|minReadySeconds|progressDeadlineSeconds|podManagementPolicy|paused)`, "new pods are ready before old ones go: edit " + workloadFile, false, nil},
		{`serviceAccount(Name)?$|automountServiceAccountToken`, "each service gets an account of its own, without a token; what its role allows in AWS goes under permissions", true, nil},
		{`securityContext|SecurityContext`, "pods run as a user without privileges, with no capabilities: edit " + workloadFile, true, nil},
		{`\.(hostNetwork|hostPID|hostIPC|hostPort|hostAliases|hostname|subdomain|shareProcessNamespace|dnsPolicy|dnsConfig)$`, "pods have addresses of their own, and nothing of their node", true, nil},
		{`termination(MessagePath|MessagePolicy)|enableServiceLinks|restartPolicy|serviceAccountToken`, "says what is usual", false, nil},
		{`resources\.limits\.cpu`, "pods have no CPU limit, which would only slow them down while CPU is idle", false, nil},
		{`resources`, "a service has cpu and memory alone", true, nil},
		{`(liveness|readiness|startup)Probe`, "how often health is checked, and for how long, is set in " + workloadFile, false, nil},
		{`\.ports\[\d+\]`, "a service answers on one port", true, nil},
		{`behavior|cooldownPeriod|pollingInterval|advanced|fallback`, "how fast it scales is set in stacks/kubernetes/autoscaler.go", false, nil},
		{`rules\[\d+\]\.filters`, "requests reach the app as they come: nothing changes them on the way", true, nil},
		{`rules\[\d+\].*(headers|queryParams)`, "a route is a method and a path", true, nil},
		{`rules\[\d+\].*weight`, "each route leads to one service", true, nil},
		{`(sessionAffinity|externalTrafficPolicy|internalTrafficPolicy|loadBalancer\w+|externalIPs|allocateLoadBalancerNodePorts|healthCheckNodePort|ipFamil\w+|clusterIPs?|publishNotReadyAddresses|trafficDistribution)`, "the Service is the stack's: edit " + workloadFile, false, nil},
	}
	for i := range all {
		all[i].matches = lazyregexp.New(all[i].pattern)
	}
	return all
})

type reason struct {
	pattern string
	why     string
	changes bool
	matches *lazyregexp.Regexp
}

// usual are the values that the API server gives fields by itself: who writes them out
// says nothing more.
func usual() map[string][]string {
	return map[string][]string{
		"restartPolicy": {"Always"}, "dnsPolicy": {"ClusterFirst"}, "schedulerName": {"default-scheduler"},
		"terminationMessagePath": {"/dev/termination-log"}, "terminationMessagePolicy": {"File"}, "protocol": {"TCP"},
		"imagePullPolicy": {"IfNotPresent", "Always"}, "progressDeadlineSeconds": {"600"}, "revisionHistoryLimit": {"10"},
		"successfulJobsHistoryLimit": {"3"}, "failedJobsHistoryLimit": {"1"}, "suspend": {"false"}, "parallelism": {"1"}, "completions": {"1"}, "completionMode": {"NonIndexed"},
		"sessionAffinity": {"None"}, "internalTrafficPolicy": {"Cluster"}, "externalTrafficPolicy": {"Cluster"},
		"ipFamilyPolicy": {"SingleStack"}, "podManagementPolicy": {"OrderedReady"}, "successThreshold": {"1"}, "enableServiceLinks": {"true"},
	}
}

// isUsual reports whether a value is what the API server would have taken anyway.
func isUsual(n *source.Node) bool {
	key := n.Path[strings.LastIndex(n.Path, ".")+1:]
	return slices.Contains(usual()[key], n.String()) || n.Kind == source.Map && len(n.Keys) == 0 || n.Kind == source.List && len(n.Items) == 0 || n.Kind == source.Null
}

// whyNot says why a value has no place in a spec.
func (o *object) whyNot(n *source.Node) (string, bool) {
	for _, r := range reasons() {
		if r.matches.MatchString(n.Path) {
			return r.why, r.changes
		}
	}
	if strings.Contains(n.Path, "annotations") {
		return "the object is the stack's", false
	}
	return "ambi has no word for it", true
}
