package load

import (
	"context"
	"crypto/rand"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"ambi/internal/problem"
)

// Client sends requests to one address, without proxies and without following redirects.
type Client struct {
	base string
	http *http.Client

	received, sent atomic.Int64
	mutex          sync.Mutex
	connections    map[*connection]struct{}
}

// NewClient makes a client for an address such as http://localhost:8080. Unless it may go to
// other machines, it dials loopback addresses only, whatever a name stands for.
func NewClient(address string, remote bool, timeout time.Duration) (*Client, error) {
	u, err := url.Parse(address)
	switch {
	case err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https":
		return nil, problem.New("must be an address such as http://localhost:8080, got %q", address).Of(problem.Misuse)
	case u.RawQuery != "" || u.Fragment != "" || u.User != nil || u.Path != "" && u.Path != "/":
		return nil, problem.New("must end after the port, got %q", address).Hint("paths come from the spec's routes, or from --requests").Of(problem.Misuse)
	}
	if !remote {
		if err := onThisMachine(u.Hostname()); err != nil {
			return nil, err
		}
	}
	c := &Client{base: u.Scheme + "://" + u.Host, connections: map[*connection]struct{}{}}
	dialer := &net.Dialer{Timeout: timeout}
	if !remote {
		dialer.Control = loopbackOnly
	}
	c.http = &http.Client{
		Timeout: timeout,
		Transport: withoutMarks{&http.Transport{
			MaxIdleConnsPerHost: maxInFlight,
			DisableCompression:  true, // sizes are those on the connection
			DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
				conn, err := dialer.DialContext(ctx, network, address)
				if err != nil {
					return nil, err
				}
				counted := &connection{Conn: conn, of: c}
				c.mutex.Lock()
				c.connections[counted] = struct{}{}
				c.mutex.Unlock()
				return counted, nil
			},
		}},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	return c, nil
}

// onThisMachine refuses a host that may be another machine, without asking any other for it: a name
// besides localhost could be anyone's.
func onThisMachine(host string) error {
	if ip := net.ParseIP(host); host == "localhost" || ip != nil && ip.IsLoopback() {
		return nil
	}
	return problem.New("%s may be another machine", host).
		Hint("localhost, 127.0.0.1 and [::1] are this machine; --remote lets requests leave it").Of(problem.Misuse)
}

// loopbackOnly refuses to connect to other machines.
func loopbackOnly(_, address string, _ syscall.RawConn) error {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return err
	}
	if ip := net.ParseIP(host); ip == nil || !ip.IsLoopback() {
		return fmt.Errorf("%s is another machine", host)
	}
	return nil
}

// Get asks for a path, and returns the status.
func (c *Client) Get(ctx context.Context, path string, timeout time.Duration) (int, error) {
	return c.Ask(ctx, http.MethodGet, path, "", timeout)
}

// Ask sends a request without a body, and returns the status. It names the host that is given in
// place of the address; none for that.
func (c *Client) Ask(ctx context.Context, method, path, host string, timeout time.Duration) (int, error) {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, method, c.base+path, nil)
	if err != nil {
		return 0, err
	}
	r.Host = host
	answer, err := c.http.Do(r)
	if err != nil {
		return 0, err
	}
	return answer.StatusCode, answer.Body.Close()
}

// Bytes are those on the client's connections so far: received and sent, heads and bodies.
func (c *Client) Bytes() (received, sent int64) { return c.received.Load(), c.sent.Load() }

// Close closes the client's connections.
func (c *Client) Close() { c.closeAll() }

func (c *Client) closeAll() {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	for conn := range c.connections {
		_ = conn.Conn.Close()
	}
	clear(c.connections)
}

// connection counts bytes.
type connection struct {
	net.Conn
	of *Client
}

// Read counts what is received.
func (c *connection) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	c.of.received.Add(int64(n))
	return n, err
}

// Write counts what is sent.
func (c *connection) Write(p []byte) (int, error) {
	n, err := c.Conn.Write(p)
	c.of.sent.Add(int64(n))
	return n, err
}

// Close forgets the connection.
func (c *connection) Close() error {
	c.of.mutex.Lock()
	delete(c.of.connections, c)
	c.of.mutex.Unlock()
	return c.Conn.Close()
}

// withoutMarks takes off the header by which vegeta numbers requests: it would count.
type withoutMarks struct{ http.RoundTripper }

// RoundTrip sends a request as it would be without vegeta.
func (t withoutMarks) RoundTrip(r *http.Request) (*http.Response, error) {
	r.Header.Del("X-Vegeta-Seq")
	return t.RoundTripper.RoundTrip(r)
}

// freshID is a random ID in the form of a UUID.
func freshID() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // which never fails
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}
