// Package stacktest runs a Pulumi program without Pulumi: no engine, no account,
// no cluster, in milliseconds. It records every resource that the program
// declares, and tests then ask the record:
//
//	graph := stacktest.Run(t, Deploy, map[string]string{"api.memory": "1Gi"})
//	function := graph.One(t, "aws:lambda/function:Function", "thumbs-api")
//	function.Want(t, "memorySize", 1024, "the stack's own setting must win")
//
// Pulumi's mocks alone let broken programs pass; this package closes the gaps:
//
//   - Every output has a value, "fake:TYPE:NAME.OUTPUT", so that a test sees which
//     output of which resource an input comes from. With plain mocks an output
//     that the provider computes is empty, and "" + "/*/*" goes unnoticed.
//   - An output that reaches an input or an export empty or unknown is an error.
//   - So are two resources of one type and name, a call of a provider's function,
//     and an output that is never resolved, which otherwise waits for ever.
//   - It is never a dry run, in which no function inside an ApplyT would run.
//   - LostErrors finds what no mock can see: errors that Pulumi throws away.
//
// It proves what the program declares, not that a provider would accept it.
package stacktest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi/internals"
)

// Project and Stack are the names that a program finds here.
const (
	Project = "project"
	Stack   = "test"
)

// Run deploys a program to nowhere and returns what it declared. The test ends
// here if the program fails or does what the package's comment calls an error.
// A configuration key without a namespace is the project's own.
func Run(t testing.TB, program pulumi.RunFunc, config map[string]string) *Graph {
	t.Helper()
	graph, err := Deploy(t, program, config)
	if err != nil {
		t.Fatal(err)
	}
	return graph
}

// Deploy is Run for a test that expects the error. Both set an environment
// variable, so such tests do not run in parallel.
func Deploy(t testing.TB, program pulumi.RunFunc, config map[string]string) (*Graph, error) {
	t.Helper()
	full := map[string]string{}
	for key, value := range config {
		if !strings.Contains(key, ":") {
			key = Project + ":" + key
		}
		full[key] = value
	}
	list, err := json.Marshal(full)
	if err != nil {
		return nil, err
	}
	t.Setenv(pulumi.EnvConfig, string(list)) // for a program that lists its configuration
	return deploy(program, full, 10*time.Second)
}

func deploy(program pulumi.RunFunc, config map[string]string, limit time.Duration) (*Graph, error) {
	m := newMocks()
	done := make(chan error, 1)
	go func() {
		err := pulumi.RunErr(func(ctx *pulumi.Context) error {
			if err := ctx.RegisterStackTransformation(m.observe); err != nil {
				return err
			}
			defer m.observeExports(ctx)
			return program(ctx)
		}, pulumi.WithMocks(Project, Stack, m), func(info *pulumi.RunInfo) {
			info.Config, info.DryRun = config, false
		})
		if err == nil {
			err = m.finish()
		}
		done <- err
	}()
	select {
	case err := <-done:
		return m.graph, err
	case <-time.After(limit): // the program stays behind, waiting; the tests go on
		return nil, fmt.Errorf("the program is not done after %s%s\nhint: an output that is never resolved", limit, m.waiting())
	}
}

// waiting names the inputs that a program which hangs is waiting for.
func (m *mocks) waiting() (list string) {
	m.lock.Lock()
	defer m.lock.Unlock()
	now, cancel := context.WithCancel(context.Background())
	cancel()
	for _, u := range m.uses {
		if _, err := internals.UnsafeAwaitOutput(now, u.output); errors.Is(err, context.Canceled) {
			list += "\nstill waiting for the value of " + u.where
		}
	}
	return list
}
