package spec_test

import (
	"fmt"
	"strings"
	"testing"

	"ambi/spec"
)

// The tokens are put together here, so that no scanner takes this file for a leak.
func TestCredentials(t *testing.T) {
	a, x := func(n int) string { return strings.Repeat("a", n) }, func(n int) string { return strings.Repeat("X7", n/2) }
	token := func(parts ...string) string { return strings.Join(parts, "") }
	credentials := []string{
		token("AKIA", x(16)), token("ASIA", x(16)), token("key=AKIA", x(16), ";"),
		token("ghp", "_", a(36)), token("gho", "_", a(36)), token("ghs", "_", a(40)), token("github", "_pat_", a(22), "_", a(59)),
		token("glpat", "-", a(20)), token("sk", "_live_", a(24)), token("rk", "_live_", a(24)), token("sk", "_test_", a(24)),
		token("xoxb", "-1234567890-", a(24)), token("xoxp", "-1234567890-", a(24)),
		token("https://hooks.slack", ".com/services/T0AAAA/B0BBBB/", a(24)),
		token("SG", ".", a(22), ".", a(43)), token("npm", "_", a(36)), token("dop", "_v1_", a(64)), token("sk-ant-", "api03-", a(90)),
		token("sk-proj-", a(20), "T3Blbk", "FJ", a(20)), token("pypi-AgE", a(60)), token("AGE-SECRET-", "KEY-1", x(58)),
		token("eyJhbGciOiJIUzI1NiJ9", ".", "eyJzdWIiOiIxMjM0NTY3ODkwIn0", ".", a(43)), token("Bearer eyJ", a(20), ".eyJ", a(20), ".", a(40)),
		"-----BEGIN " + "PRIVATE KEY-----", "-----BEGIN RSA " + "PRIVATE KEY-----", "-----BEGIN PGP " + "PRIVATE KEY BLOCK-----",
		"postgres://u:p@h", "postgresql://app:s3cret@db.example.com:5432/app", "redis://:pw@cache:6379/0", "mongodb+srv://u:p@c.example.net/x",
		"amqp://guest:guest@rabbit/", "https://user:pw@example.com/", "see https://user:%70w@example.com/ for it",
	}
	for _, value := range credentials {
		if err := withEnv(value); err == nil || !strings.Contains(err.Error(), "looks like a credential") {
			t.Errorf("%q is taken: %v", value, err)
		}
	}
	for _, value := range []string{
		"", "info", "https://example.com", "https://example.com:8443/a@b", "https://example.com/@scope/pkg:1", "https://user@example.com/", "http://[::1]:8080/",
		"postgres://app@db.example.com/app", "postgres://app:@db/app", "postgres://app:$(DB_PASSWORD)@db/app", "postgres://app:${DB_PASSWORD}@db/app",
		"postgres://%s:%s@%s/app", "postgres://{user}:{password}@host", "https://<user>:<password>@host", "redis://cache:6379/0", "redis://cache:6379,other:6379",
		"a:b@c", "user:pw@tcp(db:3306)/app", "me@example.com", "time 12:30 a@b", "arn:aws:sns:us-east-1:123456789012:topic", "s3://bucket/key:1@2",
		"ghp_short", "ghp_", "gh_" + a(40), "github_pat_", "sk_live_", "pk" + "_live_" + a(24), "xoxb-", "xox-" + a(20), "AKIA", "AKIA" + x(18), "TAKIA" + x(16),
		"eyJhbGciOiJIUzI1NiJ9", "eyJ.eyJ.x", "https://issuer.example.com/.well-known/jwks.json", "-----BEGIN CERTIFICATE-----", "-----BEGIN PUBLIC KEY-----",
		a(40), strings.Repeat("0f", 32), "8f14e45f-ceea-467f-a0e6-7c9a1d0b3c2d", "sha256:" + strings.Repeat("0f", 32), "npm_config_cache", "SG.east.1",
		"123456789012.dkr.ecr.us-east-1.amazonaws.com/app@sha256:" + strings.Repeat("0f", 32), "docker://host:5000/app@sha256:0f",
	} {
		if err := withEnv(value); err != nil {
			t.Errorf("%q is refused: %v", value, err)
		}
	}
}

// withEnv parses a spec in which an environment variable has a value.
func withEnv(value string) error {
	_, err := spec.Parse("app.yaml", fmt.Appendf(nil, "apiVersion: ambi/v1\nname: shop\nservices:\n  api: {image: %q, http: {routes: [GET /]}, env: {NAME: %q}}\n",
		"123456789012.dkr.ecr.us-east-1.amazonaws.com/shop:1", value))
	return err
}
