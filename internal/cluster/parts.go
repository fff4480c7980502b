package cluster

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// The parts, each named as its program is.
const (
	etcd              = "etcd"
	apiServer         = "kube-apiserver"
	controllerManager = "kube-controller-manager"
	scheduler         = "kube-scheduler"
	kwok              = "kwok"
	metricsServer     = "metrics-server"
)

// arguments returns how a part is started.
func (c *Cluster) arguments(part string) []string {
	served := func(cert, key string) []string {
		return []string{cert + "=" + c.pki.crt(server), key + "=" + c.pki.key(server)}
	}
	listen := []string{"--bind-address=127.0.0.1", fmt.Sprintf("--secure-port=%d", c.ports[part])}
	kubeconfig := "--kubeconfig=" + c.file("kubeconfig")
	switch part {
	case etcd:
		client, peer := "http://"+c.ports.address(etcd), "http://"+c.ports.address(etcdPeer)
		return []string{
			"--data-dir=" + c.file("etcd"),
			"--listen-client-urls=" + client, "--advertise-client-urls=" + client,
			"--listen-peer-urls=" + peer, "--initial-advertise-peer-urls=" + peer, "--initial-cluster=default=" + peer,
			"--unsafe-no-fsync", // nothing here outlives the test
			"--log-level=warn",
		}
	case apiServer:
		return append(append(listen, served("--tls-cert-file", "--tls-private-key-file")...),
			"--advertise-address=127.0.0.1",
			"--endpoint-reconciler-type=none", // no pod will ever call it
			"--etcd-servers=http://"+c.ports.address(etcd),
			"--service-cluster-ip-range=10.96.0.0/24",
			"--authorization-mode=RBAC",
			"--client-ca-file="+c.pki.crt(authority),
			"--service-account-issuer=https://kubernetes.default.svc",
			"--service-account-signing-key-file="+c.pki.key(accounts),
			"--service-account-key-file="+c.pki.pub(accounts),
			// How metrics-server, behind it, believes who asks.
			"--requestheader-client-ca-file="+c.pki.crt(authority),
			"--requestheader-allowed-names="+proxy,
			"--requestheader-username-headers=X-Remote-User",
			"--requestheader-group-headers=X-Remote-Group",
			"--requestheader-extra-headers-prefix=X-Remote-Extra-",
			"--proxy-client-cert-file="+c.pki.crt(proxy), "--proxy-client-key-file="+c.pki.key(proxy),
		)
	case controllerManager:
		return append(append(listen, served("--tls-cert-file", "--tls-private-key-file")...),
			kubeconfig, "--leader-elect=false",
			"--kube-api-qps=200", "--kube-api-burst=400", // a test deploys at once what a cluster gets in weeks
			"--root-ca-file="+c.pki.crt(authority), "--service-account-private-key-file="+c.pki.key(accounts),
			// The autoscaler's own rhythm, in seconds where clusters have it in minutes: how
			// often it looks, and how soon it believes what a new pod uses.
			"--horizontal-pod-autoscaler-sync-period=2s",
			"--horizontal-pod-autoscaler-cpu-initialization-period=5s",
			"--horizontal-pod-autoscaler-initial-readiness-delay=1s",
		)
	case scheduler:
		return append(append(listen, served("--tls-cert-file", "--tls-private-key-file")...), kubeconfig, "--leader-elect=false")
	case kwok:
		return append(served("--tls-cert-file", "--tls-private-key-file"),
			kubeconfig, "--config="+c.file("kwok.yaml"), "--manage-all-nodes=true",
			"--node-ip=127.0.0.1", "--node-name=localhost", fmt.Sprintf("--node-port=%d", c.ports[kwok]),
			"--server-address="+c.ports.address(kwok), "--node-lease-duration-seconds=40",
		)
	case metricsServer:
		return append(append(listen, served("--tls-cert-file", "--tls-private-key-file")...),
			kubeconfig, "--authentication-kubeconfig="+c.file("kubeconfig"), "--authorization-kubeconfig="+c.file("kubeconfig"),
			"--kubelet-preferred-address-types=InternalIP", "--kubelet-use-node-status-port", "--kubelet-insecure-tls",
			"--metric-resolution=10s", "--kubelet-request-timeout=5s", // the shortest that it takes, and less than that
		)
	case kedaOperator, kedaAdapter:
		return c.kedaArguments(part)
	}
	panic("no part is called " + part)
}

func (c *Cluster) kubeconfig() []byte {
	return fmt.Appendf(nil, `apiVersion: v1
kind: Config
current-context: test
contexts: [{name: test, context: {cluster: test, user: admin}}]
clusters: [{name: test, cluster: {server: "https://%s", certificate-authority: %q}}]
users: [{name: admin, user: {client-certificate: %q, client-key: %q}}]
`, c.ports.address(apiServer), c.pki.crt(authority), c.pki.crt(admin), c.pki.key(admin))
}

// Unstartable is where images are that never start. The reason that a kubelet would give is
// the image's tag: Unstartable + ":CrashLoopBackOff".
const Unstartable = "registry.example.com/unstartable"

// Endless is where images are whose containers do not end by themselves: kwok ends those of a
// Job's pods at once otherwise. Whoever writes such a pod's status says how it ended.
const Endless = "registry.example.com/endless"

// unstartable is what kwok does to a pod of such an image, in place of having it ready. It
// says so again every few seconds, as a kubelet does: who watches may have missed it.
func unstartable() string {
	stage := func(name, known, delay string) string {
		return `apiVersion: kwok.x-k8s.io/v1alpha1
kind: Stage
metadata: {name: ` + name + `}
spec:
  resourceRef: {apiGroup: v1, kind: Pod}
  selector:
    matchExpressions:
    - {key: .metadata.deletionTimestamp, operator: DoesNotExist}
    - {key: .status.containerStatuses, operator: ` + known + `}
    - {key: '.spec.containers.[].image | select(startswith("` + Unstartable + `"))', operator: Exists}
  delay: {durationMilliseconds: ` + delay + `}
  next:
    statusTemplate: |
      {{ $now := Now }}
      conditions:
      - {lastTransitionTime: {{ $now | Quote }}, status: "True", type: Initialized}
      - {lastTransitionTime: {{ $now | Quote }}, status: "False", type: Ready, reason: ContainersNotReady}
      - {lastTransitionTime: {{ $now | Quote }}, status: "False", type: ContainersReady, reason: ContainersNotReady}
      containerStatuses:
      {{ range .spec.containers }}
      - image: {{ .image | Quote }}
        name: {{ .name | Quote }}
        ready: false
        restartCount: 0
        state: {waiting: {reason: {{ .image | splitList ":" | last }}, message: "what a kubelet says of it"}}
      {{ end }}
      phase: Pending
      startTime: {{ $now | Quote }}
`
	}
	return stage("pod-unstartable", "DoesNotExist", "0") + "\n---\n" + stage("pod-unstartable-still", "Exists", "3000")
}

// writeKwokConfig writes what kwok does to nodes and pods: what its authors call
// fast, that is ready at once, but for images that are [Unstartable]. Pods use the CPU and
// memory that annotations name.
func (c *Cluster) writeKwokConfig() error {
	documents := []string{unstartable()}
	for _, folder := range []string{
		"stage/node/fast", "stage/node/heartbeat-with-lease", "stage/pod/fast", "metrics/resource", "metrics/usage",
	} {
		files, err := filepath.Glob(filepath.Join(c.options.Kwok, "kustomize", folder, "*.yaml"))
		if err != nil {
			return err
		}
		found := len(documents)
		for _, file := range files {
			if filepath.Base(file) == "kustomization.yaml" {
				continue
			}
			text, err := os.ReadFile(file)
			if err != nil {
				return err
			}
			if images, some := map[string]string{"pod-ready.yaml": Unstartable, "pod-complete.yaml": Endless}[filepath.Base(file)]; some {
				if text, err = without(images, text); err != nil {
					return err
				}
			}
			documents = append(documents, string(text))
		}
		if len(documents) == found {
			return errors.New("kwok's module has no files in kustomize/" + folder)
		}
	}
	return os.WriteFile(c.file("kwok.yaml"), []byte(strings.Join(documents, "\n---\n")), 0o600)
}

// without keeps one of kwok's stages from pods with an image that begins so.
func without(images string, stage []byte) ([]byte, error) {
	const selector = "    matchExpressions:\n"
	if bytes.Count(stage, []byte(selector)) != 1 {
		return nil, errors.New("a stage of kwok's does not select pods as it used to")
	}
	return bytes.Replace(stage, []byte(selector), []byte(selector+
		`    - {key: '.spec.containers.[].image | select(startswith("`+images+`"))', operator: DoesNotExist}`+"\n"), 1), nil
}

// nodes are two, in two zones and of two architectures, with room for everything.
func nodes() []Object {
	var all []Object
	for i, zone := range []string{"a", "b"} {
		name, architecture := fmt.Sprintf("kwok-%d", i), []string{"amd64", "arm64"}[i]
		room := map[string]any{"cpu": "32", "memory": "256Gi", "ephemeral-storage": "500Gi", "pods": "110"}
		all = append(all, Object{
			"apiVersion": "v1", "kind": "Node",
			"metadata": map[string]any{
				"name": name,
				"annotations": map[string]any{
					"kwok.x-k8s.io/node":                   "fake",
					"metrics.k8s.io/resource-metrics-path": "/metrics/nodes/" + name + "/metrics/resource",
				},
				"labels": map[string]any{
					"kubernetes.io/hostname": name, "kubernetes.io/os": "linux", "kubernetes.io/arch": architecture,
					"topology.kubernetes.io/zone": zone,
				},
			},
			"status": map[string]any{
				"capacity": room, "allocatable": room,
				"addresses": []any{
					map[string]any{"type": "InternalIP", "address": "127.0.0.1"},
					map[string]any{"type": "Hostname", "address": "localhost"},
				},
			},
		})
	}
	return all
}

// served are what has the API server pass requests for a group of its API on to a part,
// which runs beside it and not in a pod.
func (c *Cluster) served(part, namespace, group, version string) []Object {
	port := c.ports[part]
	return []Object{
		{
			"apiVersion": "v1", "kind": "Service",
			"metadata": map[string]any{"name": part, "namespace": namespace},
			"spec": map[string]any{
				"type": "ExternalName", "externalName": "localhost", "ports": []any{map[string]any{"port": port}},
			},
		},
		{
			"apiVersion": "apiregistration.k8s.io/v1", "kind": "APIService",
			"metadata": map[string]any{"name": version + "." + group},
			"spec": map[string]any{
				"group": group, "version": version, "groupPriorityMinimum": 100, "versionPriority": 100,
				"insecureSkipTLSVerify": true,
				"service":               map[string]any{"name": part, "namespace": namespace, "port": port},
			},
		},
	}
}
