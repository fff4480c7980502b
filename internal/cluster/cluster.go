// Package cluster starts the control plane of Kubernetes for a test and asks it
// what it thinks of the objects that ambi writes.
//
// The parts are the real ones, each a process on loopback: etcd, kube-apiserver,
// kube-controller-manager, kube-scheduler and, when asked for, metrics-server and KEDA.
// What no test can have cheaply is a node. kwok stands in for it: pods on its nodes
// become ready without ever running, and use what an annotation says they use.
//
// So the API server's validation and admission, the controllers' arithmetic and
// the scheduler are real. Containers, probes, traffic, network policies, image
// pulls and the values of Secrets are not there at all, and nothing is learned
// of them.
//
// [Start] needs no privilege and no free port of a fixed number. A part that dies
// cancels the cluster's context with its last words; whatever waits on that
// context ends at once and says why. [Cluster.Close] ends every part; on Linux the
// kernel does so even when the test itself is killed.
package cluster

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// Options says where a cluster finds its parts and where it keeps its files.
type Options struct {
	Bin  string // the folder with the parts' programs
	Kwok string // the folder of kwok's module, which has the stages of its pods and nodes
	Dir  string // an empty folder for state, certificates and logs; removing it is the caller's part
}

// Cluster is a running control plane.
type Cluster struct {
	options   Options
	ports     ports
	pki       *pki
	client    *Client
	processes []*process

	ctx    context.Context
	cancel context.CancelCauseFunc
}

// startTime bounds how long the cluster may take until its nodes are ready. It
// takes seconds on an idle machine.
const startTime = 3 * time.Minute

// Start starts a cluster and waits until its nodes are ready.
//
// The ports are free when they are picked, but nothing holds them until the parts
// take them: where another program was quicker, Start picks anew.
func Start(ctx context.Context, options Options) (*Cluster, error) {
	const attempts = 3
	for attempt := 1; ; attempt++ {
		dir := filepath.Join(options.Dir, fmt.Sprintf("start-%d", attempt))
		c, err := startOnce(ctx, Options{Bin: options.Bin, Kwok: options.Kwok, Dir: dir})
		if err == nil || attempt == attempts || !strings.Contains(err.Error(), "address already in use") {
			return c, err
		}
	}
}

func startOnce(ctx context.Context, options Options) (_ *Cluster, err error) {
	if err := os.Mkdir(options.Dir, 0o700); err != nil {
		return nil, err
	}
	c := &Cluster{options: options}
	c.ctx, c.cancel = context.WithCancelCause(ctx)
	defer func() {
		if err != nil {
			err = errors.Join(err, c.Close())
		}
	}()
	if c.ports, err = pickPorts(); err != nil {
		return nil, err
	}
	if c.pki, err = newPKI(filepath.Join(options.Dir, "pki")); err != nil {
		return nil, err
	}
	if err := os.WriteFile(c.file("kubeconfig"), c.kubeconfig(), 0o600); err != nil {
		return nil, err
	}
	if err := c.writeKwokConfig(); err != nil {
		return nil, err
	}
	identity, err := c.pki.client()
	if err != nil {
		return nil, err
	}
	c.client = newClient("https://"+c.ports.address(apiServer), identity)

	ready, stop := context.WithTimeoutCause(c.ctx, startTime, fmt.Errorf("the cluster was not ready within %s", startTime))
	defer stop()
	for _, part := range []string{etcd, apiServer} {
		if err := c.start(part); err != nil {
			return nil, err
		}
	}
	if err := Wait(ready, "the API server to be ready", c.client.Ready); err != nil {
		return nil, err
	}
	for _, part := range []string{controllerManager, scheduler, kwok} {
		if err := c.start(part); err != nil {
			return nil, err
		}
	}
	for _, node := range nodes() {
		if _, err := c.client.Create(ready, node); err != nil {
			return nil, err
		}
	}
	return c, Wait(ready, "the nodes to be ready", c.nodesReady)
}

// StartMetricsServer starts metrics-server and waits until the API server answers
// for it. Until then no HorizontalPodAutoscaler knows any usage.
func (c *Cluster) StartMetricsServer(ctx context.Context) error {
	ready, stop := context.WithTimeoutCause(ctx, startTime, fmt.Errorf("metrics-server was not ready within %s", startTime))
	defer stop()
	for _, o := range c.served(metricsServer, "kube-system", "metrics.k8s.io", "v1beta1") {
		if _, err := c.client.Create(ready, o); err != nil {
			return err
		}
	}
	if err := c.start(metricsServer); err != nil {
		return err
	}
	return Wait(ready, "metrics-server to serve the nodes' usage", func(ctx context.Context) error {
		list, err := c.client.do(ctx, "GET", "/apis/metrics.k8s.io/v1beta1/nodes", nil, "", nil)
		if err != nil {
			return err
		}
		if have, want := len(list.Items()), len(nodes()); have != want {
			return fmt.Errorf("it knows the usage of %d nodes, want %d", have, want)
		}
		return nil
	})
}

// Context ends when a part dies; its cause says which, and what it said last.
func (c *Cluster) Context() context.Context { return c.ctx }

// Client asks the API server as an administrator.
func (c *Cluster) Client() *Client { return c.client }

// Kubeconfig is the file that leads to the cluster as an administrator. Its one context is
// called test.
func (c *Cluster) Kubeconfig() string { return c.file("kubeconfig") }

// Close ends all parts. What they stored is worth nothing, so none is asked first.
func (c *Cluster) Close() error {
	c.cancel(errors.New("the cluster was closed"))
	var errs []error
	for i := len(c.processes) - 1; i >= 0; i-- {
		errs = append(errs, c.processes[i].kill())
	}
	return errors.Join(errs...)
}

// Logs returns the last lines that each part wrote.
func (c *Cluster) Logs() string {
	var text strings.Builder
	for _, p := range c.processes {
		fmt.Fprintf(&text, "-- %s\n%s\n", p.name, p.lastLines(10))
	}
	return text.String()
}

func (c *Cluster) file(name string) string { return filepath.Join(c.options.Dir, name) }

// start starts a part, with more variables than the test has where some are given.
func (c *Cluster) start(part string, environment ...string) error {
	p, err := startProcess(filepath.Join(c.options.Bin, part), c.arguments(part), environment, c.file(part+".log"), func(died error) {
		c.cancel(died)
	})
	if err != nil {
		return err
	}
	c.processes = append(c.processes, p)
	return nil
}

func (c *Cluster) nodesReady(ctx context.Context) error {
	for _, node := range nodes() {
		have, err := c.client.Get(ctx, node)
		if err != nil {
			return err
		}
		if !have.Condition("Ready") {
			return fmt.Errorf("node %s is not ready", have.Name())
		}
	}
	return nil
}
