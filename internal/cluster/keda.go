package cluster

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// KEDA's parts: what scales, and what serves the metrics that an autoscaler asks for.
const (
	kedaOperator = "keda-operator"
	kedaAdapter  = "keda-adapter"
)

// The ports that the operator has beside the one on which the adapter asks it.
const (
	kedaOperatorHealth  = kedaOperator + "-health"
	kedaOperatorMetrics = kedaOperator + "-metrics"
)

// kedaArguments returns how a part of KEDA is started.
func (c *Cluster) kedaArguments(part string) []string {
	certificates := "--cert-dir=" + c.file("keda")
	if part == kedaOperator {
		return []string{
			"--leader-elect=false", "--enable-cert-rotation=false", certificates, "--ca-dir=" + c.file("keda"),
			"--metrics-bind-address=" + c.ports.address(kedaOperatorMetrics),
			"--health-probe-bind-address=" + c.ports.address(kedaOperatorHealth),
			"--metrics-service-bind-address=" + c.ports.address(kedaOperator),
		}
	}
	kubeconfig := c.file("kubeconfig")
	return []string{
		certificates, "--bind-address=127.0.0.1", fmt.Sprintf("--secure-port=%d", c.ports[kedaAdapter]),
		"--tls-cert-file=" + c.pki.crt(server), "--tls-private-key-file=" + c.pki.key(server),
		"--metrics-service-address=" + c.ports.address(kedaOperator), "--metrics-service-grpc-authority=localhost",
		"--lister-kubeconfig=" + kubeconfig, "--authentication-kubeconfig=" + kubeconfig, "--authorization-kubeconfig=" + kubeconfig,
		"--port=0", // any, for its own metrics, which no test reads
	}
}

// StartKEDA starts KEDA's operator and its metrics adapter, and waits until the API server
// answers for them. aws is the address that stands in for SQS and STS. KEDA's kinds must be
// there already.
func (c *Cluster) StartKEDA(ctx context.Context, aws string) error {
	ready, stop := context.WithTimeoutCause(ctx, startTime, fmt.Errorf("KEDA was not ready within %s", startTime))
	defer stop()
	namespace := Object{"apiVersion": "v1", "kind": "Namespace", "metadata": map[string]any{"name": keda}}
	for _, o := range append([]Object{namespace}, c.served(kedaAdapter, keda, "external.metrics.k8s.io", "v1beta1")...) {
		if _, err := c.client.Create(ready, o); err != nil {
			return err
		}
	}
	if err := c.kedaCertificates(); err != nil {
		return err
	}
	environment := []string{
		"KUBECONFIG=" + c.file("kubeconfig"), "WATCH_NAMESPACE=", "POD_NAMESPACE=keda", "POD_NAME=keda-operator",
		"KEDA_CLUSTER_OBJECT_NAMESPACE=keda",
		"AWS_ENDPOINT_URL=" + aws, "AWS_REGION=us-east-1", "AWS_ACCESS_KEY_ID=none", "AWS_SECRET_ACCESS_KEY=none",
		"AWS_EC2_METADATA_DISABLED=true",
	}
	for _, part := range []string{kedaOperator, kedaAdapter} {
		if err := c.start(part, environment...); err != nil {
			return err
		}
	}
	return Wait(ready, "KEDA to serve metrics", func(ctx context.Context) error {
		_, err := c.client.do(ctx, "GET", "/apis/external.metrics.k8s.io/v1beta1", nil, "", nil)
		return err
	})
}

// kedaCertificates puts the certificates, by which the two parts trust each other, under
// the names that KEDA reads.
func (c *Cluster) kedaCertificates() error {
	dir := c.file("keda")
	errs := []error{os.Mkdir(dir, 0o700)}
	for name, from := range map[string]string{"ca.crt": c.pki.crt(authority), "tls.crt": c.pki.crt(keda), "tls.key": c.pki.key(keda)} {
		errs = append(errs, os.Link(from, filepath.Join(dir, name)))
	}
	return errors.Join(errs...)
}
