// Package settings reads what a stack may change about the app: the values that
// "pulumi config set api.memory 1Gi" writes to Pulumi.<stack>.yaml. It is as
// strict as app.yaml: a value that it cannot take is an error, never a default,
// and all errors are reported at once.
package settings

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi/config"
)

// Settings reads the settings of one stack. Each method takes a key and the
// value that app.yaml gives, which holds when the stack says nothing.
type Settings struct {
	ctx   *pulumi.Context
	given map[string]string // all that the stack sets, by key
	asked []string          // the keys that were asked for
	errs  []error
}

// Read starts reading the settings of the stack that is being deployed. Pulumi
// keeps what "pulumi config set --path api.memory 1Gi" sets, and the defaults of
// Pulumi.yaml, as an object named api; without --path, api.memory is a name of
// its own. Both mean the same here. An empty value counts as not set.
func Read(ctx *pulumi.Context) *Settings {
	s := &Settings{ctx: ctx, given: map[string]string{}}
	var all map[string]string
	if text := os.Getenv(pulumi.EnvConfig); text != "" {
		if err := json.Unmarshal([]byte(text), &all); err != nil {
			s.errs = append(s.errs, fmt.Errorf("the stack's configuration: %w", err))
		}
	}
	for _, full := range slices.Sorted(maps.Keys(all)) {
		key, ours := strings.CutPrefix(full, ctx.Project()+":")
		if !ours {
			continue
		}
		var object map[string]json.RawMessage
		if err := json.Unmarshal([]byte(all[full]), &object); err != nil {
			s.give(key, all[full])
		}
		for _, name := range slices.Sorted(maps.Keys(object)) {
			text := string(object[name])
			_ = json.Unmarshal(object[name], &text) // a string loses its quotes, anything else stays as written
			s.give(key+"."+name, text)
		}
	}
	return s
}

func (s *Settings) give(key, value string) {
	if s.given[key] != "" && value != "" {
		s.errs = append(s.errs, fmt.Errorf("%s:%s: is set twice, with --path and without\nhint: remove one of them", s.ctx.Project(), key))
	}
	s.given[key] = cmp.Or(value, s.given[key])
}

// Image reads a container image. It must name a tag or a digest, and not the tag
// latest: neither target would notice a new image behind it.
func (s *Settings) Image(key, fallback string) string {
	image := s.text(key, fallback)
	if parts := imagePattern.FindStringSubmatch(image); parts == nil || parts[2] == "" && (parts[1] == "" || parts[1] == "latest") {
		s.refuse(key, "must be an image with a tag other than latest, or with a digest", image)
	}
	return image
}

// ECRImage reads an image that Lambda can run: one in an ECR repository of the
// region that the stack deploys to.
func (s *Settings) ECRImage(key, fallback string) string {
	image := s.Image(key, fallback)
	region := config.Get(s.ctx, "aws:region")
	host := ecrHostPattern.FindStringSubmatch(image)
	switch {
	case host == nil:
		s.refuse(key, "must be in an ECR repository, the only kind that Lambda runs", image)
	case region != "" && host[1] != region:
		s.refuse(key, fmt.Sprintf("must be in an ECR repository of aws:region %s", region), image)
	}
	return image
}

// Archive reads the path of a zip, from this folder, and checks that it is there.
func (s *Settings) Archive(key, fallback string) string {
	path := s.text(key, fallback)
	if info, err := os.Stat(path); err != nil || !info.Mode().IsRegular() {
		s.refuse(key, "must be a file that exists; build it before you deploy", path)
	}
	return path
}

// MemoryMiB reads an amount of memory such as "512Mi" or "2Gi", in MiB.
func (s *Settings) MemoryMiB(key string, fallback, least, most int) int {
	text := s.text(key, fmt.Sprintf("%dMi", fallback))
	number, isMi := strings.CutSuffix(text, "Mi")
	unit := 1
	if !isMi {
		number, isMi = strings.CutSuffix(text, "Gi")
		unit = 1024
	}
	mib, err := strconv.Atoi(number)
	if err != nil || !isMi || mib > most || mib*unit < least || mib*unit > most {
		s.refuse(key, fmt.Sprintf("must be %dMi to %dMi, in whole Mi or Gi", least, most), text)
		return fallback
	}
	return mib * unit
}

// Int reads a whole number between two bounds, both included.
func (s *Settings) Int(key string, fallback, least, most int) int {
	text := s.text(key, strconv.Itoa(fallback))
	n, err := strconv.Atoi(text)
	if err != nil || n < least || n > most {
		s.refuse(key, fmt.Sprintf("must be a whole number from %d to %d", least, most), text)
		return fallback
	}
	return n
}

// OneOf reads a whole number that must be one of those allowed.
func (s *Settings) OneOf(key string, fallback int, allowed []int) int {
	text := s.text(key, strconv.Itoa(fallback))
	n, err := strconv.Atoi(text)
	if err != nil || !slices.Contains(allowed, n) {
		s.refuse(key, fmt.Sprintf("must be one of %v", allowed), text)
		return fallback
	}
	return n
}

// Label reads a DNS label, as the name of a namespace must be.
func (s *Settings) Label(key, fallback string) string {
	label := s.text(key, fallback)
	if !labelPattern.MatchString(label) {
		s.refuse(key, "must be a DNS label: a to z, 0 to 9 and -, 63 characters at most", label)
	}
	return label
}

// ClusterName reads the name of an EKS cluster. There is no fallback: it is empty
// when not set.
func (s *Settings) ClusterName(key string) string {
	name := s.text(key, "")
	if name != "" && !clusterPattern.MatchString(name) {
		s.refuse(key, "must be the name of an EKS cluster: letters, digits, - and _, 100 characters at most", name)
	}
	return name
}

// RoleName reads the name of a role in AWS. There is no fallback: it is empty when
// not set.
func (s *Settings) RoleName(key string) string {
	name := s.text(key, "")
	if name != "" && !rolePattern.MatchString(name) {
		s.refuse(key, "must be the name of a role: letters, digits and _+=,.@-, 64 characters at most", name)
	}
	return name
}

// ARN reads the ARN of something in AWS, such as ARN("topicArn", "sns", ""), in
// the region that the stack deploys to where the service has regions. The name of
// the thing begins with prefix. There is no fallback: it is empty when not set.
func (s *Settings) ARN(key, service, prefix string) string {
	arn := s.text(key, "")
	region := config.Get(s.ctx, "aws:region")
	parts := strings.SplitN(arn, ":", 6)
	switch {
	case arn == "":
	case !arnPattern.MatchString(arn) || parts[2] != service || !strings.HasPrefix(parts[5], prefix) || parts[5] == prefix:
		s.refuse(key, fmt.Sprintf("must be an ARN such as arn:aws:%s:...:%sNAME", service, prefix), arn)
	case parts[3] != "" && region != "" && parts[3] != region:
		s.refuse(key, "must be in aws:region "+region, arn)
	}
	return arn
}

// Layer reads the ARN of a version of a Lambda layer. The fallback, which is
// ACCOUNT:layer:NAME:VERSION, is taken from the region that the stack deploys to: one
// of AWS's commercial regions.
func (s *Settings) Layer(key, fallback string) string {
	if arn := s.ARN(key, "lambda", "layer:"); arn != "" {
		return arn
	}
	region := config.Get(s.ctx, "aws:region")
	if region == "" || strings.HasPrefix(region, "cn-") || strings.HasPrefix(region, "us-gov-") {
		s.refuse(key, fmt.Sprintf("must be set, or aws:region must be a commercial region and not %q", region), "")
	}
	return fmt.Sprintf("arn:aws:lambda:%s:%s", region, fallback)
}

// List reads what stands between commas, or in a list that was set with --path
// 'key[0]'. Each element must match. There is no fallback: it is empty when not set.
func (s *Settings) List(key string, element *regexp.Regexp) []string {
	text := s.text(key, "")
	if text == "" {
		return nil
	}
	var list []string
	if err := json.Unmarshal([]byte(text), &list); err != nil {
		list = strings.Split(text, ",")
	}
	bad := len(list) == 0
	for i := range list {
		list[i] = strings.TrimSpace(list[i])
		bad = bad || !element.MatchString(list[i])
	}
	if bad {
		s.refuse(key, fmt.Sprintf("must be a list of what matches %s, with commas between", element), text)
	}
	return list
}

// Demand refuses a stack that does not set a setting without a fallback.
func (s *Settings) Demand(key, why string) {
	if s.text(key, "") == "" {
		s.errs = append(s.errs, fmt.Errorf("%s:%s: must be set: %s\nhint: pulumi config set %s VALUE", s.ctx.Project(), key, why, key))
	}
}

// AtMost checks two numbers that were read against each other.
func (s *Settings) AtMost(key string, value int, otherKey string, other int) {
	if value > other {
		s.refuse(key, fmt.Sprintf("must be at most %s, which is %d", otherKey, other), strconv.Itoa(value))
	}
}

// Require adds a check of the caller's own to the errors that Err reports.
func (s *Settings) Require(ok bool, format string, args ...any) {
	if !ok {
		s.errs = append(s.errs, fmt.Errorf(format, args...))
	}
}

// Err reports everything that is wrong with the settings read so far, and every
// key that belongs to a service but is none of its settings, or that is a typing
// error away from one: it must not leave a default in force unnoticed.
func (s *Settings) Err() error {
	slices.Sort(s.asked)
	for _, key := range slices.Sorted(maps.Keys(s.given)) {
		if s.given[key] == "" || slices.Contains(s.asked, key) {
			continue
		}
		hint := ""
		service, _, dotted := strings.Cut(key, ".")
		if known := s.of(service); dotted && len(known) > 0 {
			hint = fmt.Sprintf("the settings of %s are %s", service, strings.Join(known, ", "))
		}
		for _, asked := range s.asked {
			if mistyped(key, asked) {
				hint = fmt.Sprintf("did you mean %s?", asked)
			}
		}
		if hint != "" {
			s.errs = append(s.errs, fmt.Errorf("%s:%s: no such setting\nhint: %s", s.ctx.Project(), key, hint))
		}
	}
	return errors.Join(s.errs...)
}

// mistyped reports whether two keys differ by one letter, or by two that changed
// places, or in case only.
func mistyped(a, b string) bool {
	a, b = strings.ToLower(a), strings.ToLower(b)
	for a != "" && b != "" && a[0] == b[0] {
		a, b = a[1:], b[1:]
	}
	for a != "" && b != "" && a[len(a)-1] == b[len(b)-1] {
		a, b = a[:len(a)-1], b[:len(b)-1]
	}
	return len(a) < 2 && len(b) < 2 || len(a) == 2 && len(b) == 2 && a[0] == b[1] && a[1] == b[0]
}

// of lists the settings of a service that were asked for.
func (s *Settings) of(service string) []string {
	var keys []string
	for _, key := range s.asked {
		if strings.HasPrefix(key, service+".") {
			keys = append(keys, key)
		}
	}
	return slices.Compact(keys)
}

// text reads a value.
func (s *Settings) text(key, fallback string) string {
	s.asked = append(s.asked, key)
	return cmp.Or(s.given[key], fallback)
}

func (s *Settings) refuse(key, rule, got string) {
	s.errs = append(s.errs, fmt.Errorf("%s:%s: %s, got %q", s.ctx.Project(), key, rule, got))
}

var (
	arnPattern     = regexp.MustCompile(`^arn:aws[a-z-]*:[a-z0-9-]+:[a-z0-9-]*:(?:[0-9]{12}|aws):.+$`)
	clusterPattern = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_-]{0,99}$`)
	rolePattern    = regexp.MustCompile(`^[A-Za-z0-9_+=,.@-]{1,64}$`)
	labelPattern   = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$`)
	ecrHostPattern = regexp.MustCompile(`^[0-9]{12}\.dkr\.ecr\.([a-z0-9-]+)\.amazonaws\.com(?:\.cn)?/`)

	// imagePattern captures the tag and the digest. A host, with or without a
	// port, may stand before the path.
	imagePattern = regexp.MustCompile(`^(?:[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?(?::[0-9]+)?/)?` +
		`[a-z0-9]+(?:(?:\.|__?|-+|/)[a-z0-9]+)*` +
		`(?::([A-Za-z0-9_][A-Za-z0-9_.-]{0,127}))?(?:@(sha256:[0-9a-f]{64}))?$`)
)
