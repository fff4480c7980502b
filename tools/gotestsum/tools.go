//go:build tools

// Package tools pins gotestsum, which counts tests for .ci/run: go build gotest.tools/gotestsum
package tools

import _ "gotest.tools/gotestsum"
