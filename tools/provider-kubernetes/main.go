// Command pulumi-resource-kubernetes is Pulumi's own Kubernetes provider, built from
// its Go module, for the tests that deploy stacks to a real API server.
package main

import (
	_ "embed"

	"github.com/pulumi/pulumi-kubernetes/provider/v4/pkg/provider"
)

// version is what the provider says of itself. The linker sets it to the version of
// the SDK that the stacks import, which is what the engine asks for.
var version = "4.0.0"

// The build copies both files from the provider's module.
var (
	//go:embed schema.json
	schema []byte
	//go:embed terraform-mapping.json
	mapping []byte
)

func main() { provider.Serve("kubernetes", version, schema, mapping) }
