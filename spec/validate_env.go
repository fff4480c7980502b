package spec

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode"

	"k8s.io/apimachinery/pkg/util/validation"

	"ambi/internal/lazyregexp"
)

// envPattern is Lambda's grammar for the names of variables, which is the
// narrower of the two targets'.
// Source: https://docs.aws.amazon.com/lambda/latest/api/API_Environment.html
const envPattern = `^[A-Za-z][A-Za-z0-9_]+$`

var notVariable = lazyregexp.New(`[^A-Za-z0-9_]`)

var envName = lazyregexp.New(envPattern)

// ValidVariable reports whether both targets take a variable of this name.
func ValidVariable(name string) bool { return envName.MatchString(name) }

// lambdaReserved lists the variables that Lambda sets and does not allow functions to set.
// Source: https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html
func lambdaReserved() []string {
	return []string{
		"_HANDLER", "_X_AMZN_TRACE_ID",
		"AWS_DEFAULT_REGION", "AWS_REGION", "AWS_EXECUTION_ENV",
		"AWS_LAMBDA_FUNCTION_NAME", "AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "AWS_LAMBDA_FUNCTION_VERSION",
		"AWS_LAMBDA_INITIALIZATION_TYPE", "AWS_LAMBDA_LOG_GROUP_NAME", "AWS_LAMBDA_LOG_STREAM_NAME",
		"AWS_ACCESS_KEY", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN",
		"AWS_LAMBDA_RUNTIME_API", "LAMBDA_TASK_ROOT", "LAMBDA_RUNTIME_DIR",
	}
}

// adapterPrefix starts the variables that configure the Lambda Web Adapter,
// which ambi does.
const adapterPrefix = "AWS_LWA_"

// reservedBy reports who sets a variable of this name, if a spec must not.
func reservedBy(name string) string {
	switch {
	case slices.Contains(lambdaReserved(), name):
		return "Lambda"
	case strings.HasPrefix(name, adapterPrefix):
		return "ambi, for the Lambda Web Adapter,"
	}
	return ""
}

// secretSuffix ends the variable that holds a secret's ARN on Lambda.
const secretSuffix = "_SECRET"

func (v *validator) environment(path string, s *Service) {
	for _, name := range slices.Sorted(maps.Keys(s.Env)) {
		at := child(path+".env", name)
		v.variable(at, name)
		v.value(at, s.Env[name])
	}
	for _, name := range slices.Sorted(maps.Keys(s.Secrets)) {
		at := child(path+".secrets", name)
		v.variable(at, name)
		if _, twice := s.Env[name]; twice {
			v.failKey(at, "is given twice, under env too")
		}
		v.derived(path, s, name)
		v.secret(at, s.Secrets[name])
	}
}

func (v *validator) variable(path, name string) {
	if owner := reservedBy(name); owner != "" {
		v.failKey(path, owner+" sets this variable itself", "choose another name")
	} else if !envName.MatchString(name) {
		var hints []string
		if near := notVariable.ReplaceAllString(name, "_"); envName.MatchString(near) && reservedBy(near) == "" {
			hints = []string{"such as " + near}
		}
		v.failKey(path, "the name must be two or more letters, digits and underscores, and start with a letter, got "+quote(name), hints...)
	}
}

// derived refuses variables that get in the way of the one that holds a
// secret's ARN on Lambda.
func (v *validator) derived(path string, s *Service, secret string) {
	name := secret + secretSuffix
	message := fmt.Sprintf("on Lambda the secret %s in line %d uses this name for its ARN", secret, v.keys[child(path+".secrets", secret)].Line)
	if _, taken := s.Env[name]; taken {
		v.failKey(child(path+".env", name), message, "choose another name")
	}
	if _, taken := s.Secrets[name]; taken {
		v.failKey(child(path+".secrets", name), message, "choose another name")
	}
}

// value checks the text of an environment variable, or a word of a command. Neither target can pass on a
// NUL; other control characters garble what prints them, but for line breaks
// and tabs.
func (v *validator) value(path, value string) {
	for _, c := range value {
		if unicode.IsControl(c) && c != '\n' && c != '\t' {
			v.fail(path, fmt.Sprintf("must not contain the control character %U", c))
			return
		}
	}
	if HoldsCredential(value) {
		v.fail(path, "contains what looks like a credential, which does not belong in the spec", "store it as a secret, and refer to it under secrets")
	}
}

// secretKey is Kubernetes' grammar for the keys of a Secret.
const secretKeyPattern = `^[-._a-zA-Z0-9]{1,253}$`

var secretKey = lazyregexp.New(secretKeyPattern)

func (v *validator) secret(path string, s Secret) {
	v.objectName(path+".name", s.Name)
	if !secretKey.MatchString(s.Key) || len(validation.IsConfigMapKey(s.Key)) > 0 {
		v.fail(path+".key", "must be letters, digits and . _ -, got "+quote(s.Key))
	}
}

// SetByPlatform returns what sets a variable of this name, so that a spec must not; empty if
// nothing does.
func SetByPlatform(name string) string { return reservedBy(name) }
