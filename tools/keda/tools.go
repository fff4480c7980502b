//go:build tools

// Package tools pins KEDA, which "make test-cluster" starts to scale pods by a queue.
package tools

import (
	_ "github.com/kedacore/keda/v2/cmd/adapter"
	_ "github.com/kedacore/keda/v2/cmd/operator"
)
