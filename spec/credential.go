package spec

import (
	"strings"

	"ambi/internal/lazyregexp"
)

// credentialShapes are regular expressions, of Go and of JSON Schema alike, for
// credentials that are known by their form alone.
// Sources: the prefixes that their makers publish, such as
// https://docs.github.com/en/authentication/keeping-your-account-and-data-secure/about-authentication-to-github#githubs-token-formats
// and the rules of https://github.com/gitleaks/gitleaks (config/gitleaks.toml).
func credentialShapes() []string {
	return []string{
		`\b(AKIA|ASIA|ABIA|ACCA)[0-9A-Z]{16}\b`,        // AWS
		`\bgh[opsur]_[0-9A-Za-z]{36,}`,                 // GitHub
		`\bgithub_pat_[0-9A-Za-z]{22}_[0-9A-Za-z]{59}`, // GitHub, fine-grained
		`\bgl(pat|ptt|dt|rt|cbt)-[0-9A-Za-z_-]{20,}`,   // GitLab
		`\b[rs]k_(live|test|prod)_[0-9A-Za-z]{10,}`,    // Stripe; a publishable pk_ is none
		`\bxox[abeoprs]-[0-9A-Za-z-]{10,}`,             // Slack
		`\bhooks\.slack\.com/services/T[0-9A-Z]+/B[0-9A-Z]+/[0-9A-Za-z]{20,}`,
		`\bSG\.[0-9A-Za-z_-]{22}\.[0-9A-Za-z_-]{43}`,                         // SendGrid
		`\bnpm_[0-9A-Za-z]{36}\b`,                                            // npm
		`\bpypi-AgE[0-9A-Za-z_-]{50,}`,                                       // PyPI
		`\bdo[opr]_v1_[0-9a-f]{64}\b`,                                        // DigitalOcean
		`\bsk-ant-[0-9a-z]+-[0-9A-Za-z_-]{40,}`,                              // Anthropic
		`\bsk-[0-9A-Za-z_-]*T3BlbkFJ[0-9A-Za-z_-]{20,}`,                      // OpenAI
		`\bAGE-SECRET-KEY-1[0-9A-Z]{58}\b`,                                   // age
		`\beyJ[0-9A-Za-z_-]{10,}\.eyJ[0-9A-Za-z_-]{10,}\.[0-9A-Za-z_-]{10,}`, // a signed JSON Web Token
		`-----BEGIN [0-9A-Z ]*PRIVATE KEY( BLOCK)?-----`,
		// The password of an address, unless it stands for one: $(NAME), ${NAME}, {name}, <name>, %s, ***.
		`\b[A-Za-z][0-9A-Za-z+.-]*://[^\s/?#:@]*:([^\s/?#@$<{%*]|%[0-9A-Fa-f]{2})[^\s/?#@]*@`,
	}
}

// credential matches a text that holds a credential.
var credential = lazyregexp.New(strings.Join(credentialShapes(), "|"))

// HoldsCredential reports whether a text holds what looks like a credential, by its form alone.
func HoldsCredential(text string) bool { return credential.MatchString(text) }
