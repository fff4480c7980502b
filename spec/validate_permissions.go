package spec

import (
	"fmt"
	"regexp"
	"strings"
	"unicode"
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
)

var (
	action = regexp.MustCompile(actionPattern)
	arn    = regexp.MustCompile(arnPattern)
)

func (v *validator) permissions(path string, all []Permission) {
	for i, p := range all {
		at := item(path, i)
		why := at + ".why"
		if v.app.Given(why) && (strings.TrimSpace(p.Why) == "" || !isLine(p.Why)) {
			v.fail(why, "must be one line of text, got "+quote(p.Why))
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

func (v *validator) action(path, text string, reasoned bool) {
	switch {
	case !action.MatchString(text):
		v.fail(path, "must be an IAM action, got "+quote(text), "such as s3:GetObject, or s3:Get* for all that start so")
	case reasoned:
	case text == "*":
		v.fail(path, "allows everything in AWS", "name the actions that the service takes, or the reason under why")
	case strings.HasSuffix(text, ":*"):
		service, _, _ := strings.Cut(text, ":")
		v.fail(path, fmt.Sprintf("allows everything in %s", service), "name the actions that the service takes, or the reason under why")
	}
}

func (v *validator) resource(path, text string, reasoned bool) {
	switch {
	case text != "*" && !arn.MatchString(text):
		v.fail(path, "must be the ARN of a resource, got "+quote(text), "such as arn:aws:s3:::thumbs-originals/*")
	case reasoned:
	case text == "*":
		v.fail(path, "allows the actions on every resource", "name the resources by their ARNs, or the reason under why")
	case strings.SplitN(text, ":", 6)[5] == "*":
		v.fail(path, "allows the actions on every resource of a service", "name the resources by their ARNs, or the reason under why")
	}
}

// isLine reports whether text prints on one line, as it reads: in a comment of
// the emitted program nothing may end the line or turn its direction.
func isLine(text string) bool {
	return !strings.ContainsFunc(text, func(c rune) bool {
		return unicode.IsControl(c) || unicode.Is(unicode.Bidi_Control, c) || c == '\u2028' || c == '\u2029'
	})
}
