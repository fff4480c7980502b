// The modules that hold the CustomResourceDefinitions of the kinds that ambi writes
// and Kubernetes does not have. Only files of theirs are read and no package is
// imported, so "go mod tidy" would empty this file, and go.sum is written by hand
// from what "go mod download -json" says.
module tools/crds

go 1.26.0

require (
	github.com/envoyproxy/gateway v1.9.1
	github.com/prometheus-operator/prometheus-operator v0.85.0
	sigs.k8s.io/gateway-api v1.5.1
)
