//go:build delivery

package delivery_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"fmt"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"ambi/internal/route53"
)

// side is one target as callers and health checks reach it: TLS in front of the app, on an
// address of its own.
type side struct {
	target  string
	address netip.Addr
	served  atomic.Int64 // requests under the shared name
	sick    atomic.Bool  // its health path says so, and all else goes on
	app     http.Handler
	server  *httptest.Server
}

func (s *side) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch {
	case r.URL.Path == "/healthz" && s.sick.Load():
		http.Error(w, "on purpose", http.StatusServiceUnavailable)
		return
	case r.Host == domain:
		s.served.Add(1)
	case r.Host != s.target+"."+domain:
		http.Error(w, "the host of another side: "+r.Host, http.StatusMisdirectedRequest)
		return
	}
	s.app.ServeHTTP(w, r)
}

// comeUp starts the side's front.
func (s *side) comeUp(t *testing.T, port int, certificate tls.Certificate) {
	t.Helper()
	listener, err := net.Listen("tcp", netip.AddrPortFrom(s.address, uint16(port)).String())
	if err != nil {
		t.Skipf("%v\nhint: on macOS, sudo ifconfig lo0 alias %s", err, s.address)
	}
	s.server = httptest.NewUnstartedServer(s)
	_ = s.server.Listener.Close()
	s.server.Listener = listener
	s.server.TLS = &tls.Config{Certificates: []tls.Certificate{certificate}}
	s.server.StartTLS()
	t.Cleanup(s.server.Close)
}

// certify makes a certificate for the shared name and those of the sides, and who trusts it.
func certify(t *testing.T) (tls.Certificate, *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: domain}, DNSNames: []string{domain, "*." + domain},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(parsed)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, pool
}

// network is how this machine reaches the sides: each host at the address that DNS says, all at one port.
type network struct {
	zone     *route53.Zone
	resolver *net.Resolver
	port     int
	trusted  *x509.CertPool
}

// client opens a connection for each request, and keeps an answer of DNS for as long as it may, or
// not at all.
func (n *network) client(keeps bool) *http.Client {
	var mutex sync.Mutex
	var known netip.Addr
	var until time.Time
	find := func(ctx context.Context, host string) (netip.Addr, error) {
		mutex.Lock()
		defer mutex.Unlock()
		if keeps && time.Now().Before(until) {
			return known, nil
		}
		found, err := n.resolver.LookupNetIP(ctx, "ip4", host)
		if err != nil {
			return netip.Addr{}, err
		}
		known, until = found[0].Unmap(), time.Now().Add(n.zone.TTL(host))
		return known, nil
	}
	return &http.Client{Transport: &http.Transport{
		DisableKeepAlives: true,
		TLSClientConfig:   &tls.Config{RootCAs: n.trusted},
		DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
			host, port, err := net.SplitHostPort(address)
			if err != nil || port != "443" {
				return nil, fmt.Errorf("nobody answers at %s", address)
			}
			ip, err := find(ctx, host)
			if err != nil {
				return nil, err
			}
			var dialer net.Dialer
			return dialer.DialContext(ctx, network, netip.AddrPortFrom(ip, uint16(n.port)).String())
		},
	}}
}
