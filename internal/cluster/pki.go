package cluster

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"time"
)

// pki is a certificate authority of the cluster's own and what it signed. All of
// it is as short-lived as the cluster.
type pki struct {
	dir  string
	ca   *x509.Certificate
	sign *ecdsa.PrivateKey
	next int64 // serial number
}

// The files, each NAME.crt and NAME.key.
const (
	authority = "ca"
	server    = "server"      // what every part serves with
	admin     = "admin"       // of group system:masters, which may do everything
	proxy     = "front-proxy" // how the API server speaks to metrics-server
	keda      = "keda"        // by which KEDA's parts trust each other, either way
	accounts  = "accounts"    // signs the tokens of ServiceAccounts; NAME.pub instead of a certificate
)

func newPKI(dir string) (*pki, error) {
	if err := os.Mkdir(dir, 0o700); err != nil {
		return nil, err
	}
	p := &pki{dir: dir}
	accountsKey, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	public, err := x509.MarshalPKIXPublicKey(&accountsKey.PublicKey)
	if err != nil {
		return nil, err
	}
	if err := p.write(p.pub(accounts), "PUBLIC KEY", public); err != nil {
		return nil, err
	}
	if err := p.writeKey(accounts, accountsKey); err != nil {
		return nil, err
	}
	return p, errors.Join(
		p.issue(authority, &x509.Certificate{
			Subject: pkix.Name{CommonName: "ambi test cluster"}, IsCA: true, BasicConstraintsValid: true,
			KeyUsage: x509.KeyUsageCertSign,
		}),
		p.issue(server, &x509.Certificate{
			Subject: pkix.Name{CommonName: "server"}, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
			DNSNames: []string{"localhost"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		}),
		p.issue(keda, &x509.Certificate{
			Subject: pkix.Name{CommonName: keda}, DNSNames: []string{"localhost"},
			ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
		}),
		p.issue(admin, &x509.Certificate{
			Subject:     pkix.Name{CommonName: "admin", Organization: []string{"system:masters"}},
			ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth},
		}),
		p.issue(proxy, &x509.Certificate{
			Subject: pkix.Name{CommonName: proxy}, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth},
		}),
	)
}

func (p *pki) crt(name string) string { return filepath.Join(p.dir, name+".crt") }
func (p *pki) pub(name string) string { return filepath.Join(p.dir, name+".pub") }
func (p *pki) key(name string) string { return filepath.Join(p.dir, name+".key") }

// issue makes a key and its certificate. The first certificate signs itself and
// all others.
func (p *pki) issue(name string, template *x509.Certificate) error {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return err
	}
	p.next++
	template.SerialNumber = big.NewInt(p.next)
	template.NotBefore = time.Now().Add(-time.Hour)
	template.NotAfter = time.Now().Add(24 * time.Hour)
	template.KeyUsage |= x509.KeyUsageDigitalSignature
	if p.ca == nil {
		p.ca, p.sign = template, key
	}
	signed, err := x509.CreateCertificate(rand.Reader, template, p.ca, &key.PublicKey, p.sign)
	if err != nil {
		return err
	}
	if err := p.write(p.crt(name), "CERTIFICATE", signed); err != nil {
		return err
	}
	return p.writeKey(name, key)
}

func (p *pki) writeKey(name string, key *ecdsa.PrivateKey) error {
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return err
	}
	return p.write(p.key(name), "PRIVATE KEY", der)
}

func (p *pki) write(file, kind string, der []byte) error {
	return os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}), 0o600)
}

// client returns what an administrator needs to speak to the API server.
func (p *pki) client() (*tls.Config, error) {
	certificate, err := tls.LoadX509KeyPair(p.crt(admin), p.key(admin))
	if err != nil {
		return nil, err
	}
	text, err := os.ReadFile(p.crt(authority))
	if err != nil {
		return nil, err
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(text) {
		return nil, errors.New("the certificate authority's own certificate cannot be read")
	}
	return &tls.Config{Certificates: []tls.Certificate{certificate}, RootCAs: roots, MinVersion: tls.VersionTLS12}, nil
}
