//go:build tools

// Package tools pins kube-score, which judges Kubernetes objects: go build github.com/zegl/kube-score/cmd/kube-score
package tools

import _ "github.com/zegl/kube-score/cmd/kube-score"
