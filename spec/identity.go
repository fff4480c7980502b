package spec

import (
	"reflect"
	"strings"
	"unicode"

	"github.com/invopop/jsonschema"

	"ambi/internal/lazyregexp"
)

// Permission is one statement of what a service may do in AWS.
type Permission struct {
	Actions   []string `json:"actions" jsonschema:"required,minItems=1,uniqueItems=true" jsonschema_description:"IAM actions, such as s3:GetObject."`
	Resources []string `json:"resources" jsonschema:"required,minItems=1,uniqueItems=true" jsonschema_description:"ARNs that the actions are allowed on."`
	Why       string   `json:"why,omitempty" jsonschema_description:"Why a resource or an action must be a lone *, which is refused without a reason."`
}

// Identity is how pods get an AWS role.
type Identity string

// The identities.
const (
	PodIdentity Identity = "pod-identity" // EKS Pod Identity: an agent in the cluster
	IRSA        Identity = "irsa"         // IAM roles for service accounts: the cluster's OpenID Connect issuer
)

const (
	// actionPattern is an IAM action: a service's prefix and an operation, which
	// may end in a wildcard.
	// Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_action.html
	actionPattern = `^(\*|[a-z0-9-]+:([A-Za-z][A-Za-z0-9]*\*?|\*))$`
	// arnPattern is an ARN: partition, service, region, account and resource.
	// Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html
	arnPattern = `^arn:aws(-cn|-us-gov)?:[a-z0-9-]+:([a-z0-9-]+|\*)?:([0-9]{12}|aws|\*)?:[!-~]+$`
	// linePattern is text without control characters.
	linePattern = `^[^\x00-\x1F\x7F-\x9F]*$`
	// broadPattern is an action or a resource that needs a reason.
	broadPattern = `^(\*|[^:]*:\*|([^:]*:){5}\*+)$`
)

var (
	action = lazyregexp.New(actionPattern)
	arn    = lazyregexp.New(arnPattern)
	broad  = lazyregexp.New(broadPattern)
)

func (v *validator) permissions(path string, all []Permission) {
	for i, p := range all {
		at := item(path, i)
		why := at + ".why"
		if v.app.Given(why) && (strings.TrimSpace(p.Why) == "" || !isLine(p.Why)) {
			v.fail(why, "must be one line of plain text, got "+quote(p.Why))
		}
		reasoned := v.app.Given(why)
		for j, a := range p.Actions {
			v.action(item(at+".actions", j), a, reasoned)
		}
		for j, r := range p.Resources {
			v.resource(item(at+".resources", j), r, reasoned)
		}
	}
}

const broadHint = "name exactly what the service needs, or the reason under why"

func (v *validator) action(path, text string, reasoned bool) {
	switch {
	case !action.MatchString(text):
		v.fail(path, "must be an IAM action, got "+quote(text), "such as s3:GetObject, or s3:Get* for all that start so")
	case broad.MatchString(text) && !reasoned:
		v.fail(path, quote(text)+" covers every action", broadHint)
	}
}

func (v *validator) resource(path, text string, reasoned bool) {
	switch {
	case strings.Contains(text, "${") && !arn.MatchString(text):
		v.fail(path, "must be the ARN of a resource, got "+quote(text), "nothing stands in for ${...} here: write the ARN itself")
	case text != "*" && !arn.MatchString(text):
		v.fail(path, "must be the ARN of a resource, got "+quote(text), "such as arn:aws:s3:::thumbs-originals/*")
	case broad.MatchString(text) && !reasoned:
		v.fail(path, quote(text)+" covers every resource", broadHint)
	}
}

// isLine reports whether text prints on one line, as it reads: in a comment of
// the emitted program nothing may end the line, turn its direction or hide.
func isLine(text string) bool {
	const joiner, nonJoiner = '\u200D', '\u200C' // are part of words, and of emoji
	return !strings.ContainsFunc(text, func(c rune) bool {
		return unicode.In(c, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp) && c != joiner && c != nonJoiner
	})
}

func (s schema) refinePermission() {
	permission := s.of(reflect.TypeFor[Permission]())
	property(permission, "actions").Items.Pattern = actionPattern
	property(permission, "resources").Items.Pattern = `^\*$|` + arnPattern
	narrow := jsonschema.NewProperties()
	for _, key := range []string{"actions", "resources"} {
		narrow.Set(key, &jsonschema.Schema{Items: &jsonschema.Schema{Not: &jsonschema.Schema{Pattern: broadPattern}}})
	}
	permission.AnyOf = []*jsonschema.Schema{{Required: []string{"why"}}, {Properties: narrow}}
	property(permission, "why").Pattern = linePattern
	property(permission, "why").MinLength = number(1)
}
