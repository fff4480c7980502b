// Package offline stands in for the aws and kubernetes providers, so that the
// real Pulumi engine can run a stack program where neither an account, a cluster
// nor a provider plugin is at hand.
//
// The engine attaches to providers that already run when PULUMI_DEBUG_PROVIDERS
// names their ports. [Serve] starts two in this process, and [Server.Env] says
// where they listen:
//
//	stand, err := offline.Serve()
//	...
//	defer stand.Close()
//	cmd.Env = append(cmd.Env, stand.Env()...)
//
// What a run against them proves: that the program runs through the real engine
// and language host, which resources it registers ([Server.Resources]) and with
// which inputs. What it does not prove: that AWS or a cluster would accept any of
// it. The stand-ins check no schema, know no quota, and invent the
// outputs that a real resource would compute (ARNs in the account 123456789012,
// which AWS reserves for examples). What replaces a resource and what changes it in
// place they know from the providers' own sources, for the types that ambi's
// programs have ([Rules]).
package offline

import (
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc"
)

// maxMessage is the largest gRPC message taken, in bytes: the engine's own limit.
const maxMessage = 400 << 20

// Server is one or both of the stand-in providers, running.
type Server struct {
	env     string
	servers []*grpc.Server
	record  record
}

// Serve starts the stand-ins of the clouds named, aws and kubernetes, or both when
// none is named. Each listens on a loopback port that the kernel picks. The caller
// closes the server. The error is the machine's: no port to be had.
func Serve(clouds ...string) (*Server, error) {
	s := &Server{record: newRecord()}
	var ports []string
	for _, standIn := range []*provider{
		{name: "aws", cloud: newAWS(), record: &s.record},
		{name: "kubernetes", cloud: kubernetes{}, record: &s.record},
	} {
		if len(clouds) > 0 && !slices.Contains(clouds, standIn.name) {
			continue
		}
		listener, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return nil, errors.Join(fmt.Errorf("cannot start the offline stand-in for %s: %w", standIn.name, err), s.Close())
		}
		server := grpc.NewServer(grpc.MaxRecvMsgSize(maxMessage), grpc.MaxSendMsgSize(maxMessage))
		pulumirpc.RegisterResourceProviderServer(server, standIn)
		s.servers = append(s.servers, server)
		ports = append(ports, fmt.Sprintf("%s:%d", standIn.name, listener.Addr().(*net.TCPAddr).Port))
		go func() { _ = server.Serve(listener) }() // ends with Close, and closes the listener
	}
	s.env = "PULUMI_DEBUG_PROVIDERS=" + strings.Join(ports, ",")
	return s, nil
}

// Env returns what the engine's process needs in its environment, as KEY=VALUE.
func (s *Server) Env() []string { return []string{s.env} }

// Close stops the stand-ins at once, even with open connections.
func (s *Server) Close() error {
	for _, server := range s.servers {
		server.Stop()
	}
	return nil
}

// Resource is a resource as a program registered it.
type Resource struct {
	Type string // the type token: aws:lambda/function:Function
	Name string // the logical name
	URN  string
	// Inputs are the arguments that the program gave, before any stand-in has added a
	// name. Values are those of encoding/json, with [Secret] and [Unknown] among them; a
	// text with a name in it that a stand-in made up for another resource is Unknown.
	// Assets and resource references stay maps in Pulumi's wire form.
	Inputs map[string]any
}

// Secret is an input that the program marked as secret.
type Secret struct{ Value any }

// Unknown is an input that is not known yet: an output of a resource that a
// preview has only planned.
type Unknown struct{}

// Resources returns what was registered since the start, sorted by type and name.
// A resource registered again, by a preview and then an update, counts once, with
// its latest inputs.
func (s *Server) Resources() []Resource { return s.record.list() }

// Existing returns the URNs of all that was created and not deleted since, sorted:
// one for each time that it exists.
func (s *Server) Existing() []string { return s.record.existing() }

// Lose has a resource be gone without the engine's knowledge, as when somebody has
// deleted it by hand: a refresh will not find it. Creating it anew brings it back.
func (s *Server) Lose(urn string) { s.record.lose(urn) }
