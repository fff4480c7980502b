// Package settings reads what a stack may change about the app: the values that
// "pulumi config set api.memory 1Gi" writes to Pulumi.<stack>.yaml. It is as
// strict as app.yaml: a value that it cannot take is an error, never a default,
// and all errors are reported at once.
package settings

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math/big"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi/config"
)

// Settings reads the settings of one stack. Each method takes a key and the
// value that app.yaml gives, which holds when the stack says nothing.
type Settings struct {
	ctx   *pulumi.Context
	given map[string]given // all that the stack sets, by key
	asked []string         // the keys that were asked for
	errs  []error
}

// given is what a stack sets a key to. An object and null are no settings, and are
// kept so that reading the key is an error, and does not give the default.
type given struct {
	text         string
	object, null bool
}

// scalar reports whether a value may be a setting.
func (v given) scalar() bool { return !v.object && !v.null }

// Read starts reading the settings of the stack that is being deployed. Pulumi
// keeps what "pulumi config set --path api.memory 1Gi" sets, and the defaults of
// Pulumi.yaml, as an object named api; without --path, api.memory is a name of
// its own. Both mean the same here. An empty value counts as not set.
func Read(ctx *pulumi.Context) *Settings {
	s := &Settings{ctx: ctx, given: map[string]given{}}
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
			s.give(key, given{text: all[full]})
			continue
		}
		s.give(key, given{text: all[full], object: object != nil, null: object == nil})
		for _, name := range slices.Sorted(maps.Keys(object)) {
			s.give(key+"."+name, within(object[name]))
		}
	}
	return s
}

// within is a value that stands in an object. A string loses its quotes, anything
// else stays as written.
func within(raw json.RawMessage) given {
	v := given{text: string(raw)}
	v.object, v.null = strings.HasPrefix(v.text, "{"), v.text == "null"
	if !v.null { // which would be read as an empty string
		_ = json.Unmarshal(raw, &v.text)
	}
	return v
}

func (s *Settings) give(key string, v given) {
	before := s.given[key]
	if before.text != "" && v.text != "" {
		s.errs = append(s.errs, fmt.Errorf("%s:%s: is set twice, with --path and without\nhint: remove one of them", s.ctx.Project(), key))
	}
	if before.text == "" {
		s.given[key] = v
	}
}

// Image reads a container image. It must name a tag or a digest, and not the tag
// latest: neither target would notice a new image behind it.
func (s *Settings) Image(key, fallback string) string {
	image := s.text(key, fallback)
	parts := imagePattern.FindStringSubmatch(image)
	if parts == nil || len(parts[1]) > 255 || parts[3] == "" && (parts[2] == "" || parts[2] == "latest") {
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

// MemoryMiB reads an amount of memory such as "512Mi", "1.5Gi" or "1G", in MiB,
// rounded up. Both bounds are included.
func (s *Settings) MemoryMiB(key string, fallback, least, most int) int {
	const mib = 1 << 20
	text := s.text(key, fmt.Sprintf("%dMi", fallback))
	bytes, ok := quantity(text)
	if !ok || !bytes.IsInt() || bytes.Cmp(big.NewRat(int64(least)*mib, 1)) < 0 || bytes.Cmp(big.NewRat(int64(most)*mib, 1)) > 0 {
		s.refuse(key, fmt.Sprintf("must be %dMi to %dMi, in whole bytes, such as 512Mi or 1.5Gi", least, most), text)
		return fallback
	}
	return int((bytes.Num().Int64() + mib - 1) / mib)
}

// quantity reads a Kubernetes quantity without a sign, as app.yaml has them.
func quantity(text string) (*big.Rat, bool) {
	parts := quantityPattern.FindStringSubmatch(text)
	if parts == nil {
		return nil, false
	}
	number, unit := parts[1], parts[2]
	shift, binary := map[string]uint{"Ki": 10, "Mi": 20, "Gi": 30, "Ti": 40}[unit]
	if power, ok := map[string]string{"m": "e-3", "k": "e3", "M": "e6", "G": "e9", "T": "e12"}[unit]; ok {
		unit = power
	}
	if !binary {
		number += unit
	}
	q, ok := new(big.Rat).SetString(number)
	if !ok {
		return nil, false
	}
	return q.Mul(q, new(big.Rat).SetInt(new(big.Int).Lsh(big.NewInt(1), shift))), true
}

// Int reads a whole number between two bounds, both included.
func (s *Settings) Int(key string, fallback, least, most int) int {
	text := s.text(key, strconv.Itoa(fallback))
	n, ok := whole(text)
	if !ok || n < least || n > most {
		s.refuse(key, fmt.Sprintf("must be a whole number from %d to %d", least, most), text)
		return fallback
	}
	return n
}

// Bool reads true or false.
func (s *Settings) Bool(key string, fallback bool) bool {
	switch text := s.text(key, strconv.FormatBool(fallback)); text {
	case "true", "false":
		return text == "true"
	default:
		s.refuse(key, "must be true or false", text)
		return fallback
	}
}

// Duration reads a time such as "90s" or "5m" between two bounds, both included.
func (s *Settings) Duration(key string, fallback, least, most time.Duration) time.Duration {
	text := s.text(key, fallback.String())
	d, err := time.ParseDuration(text)
	if err != nil || d < least || d > most {
		s.refuse(key, fmt.Sprintf("must be a time from %s to %s, such as 90s or 5m", least, most), text)
		return fallback
	}
	return d
}

// OneOf reads a whole number that must be one of those allowed.
func (s *Settings) OneOf(key string, fallback int, allowed []int) int {
	text := s.text(key, strconv.Itoa(fallback))
	n, ok := whole(text)
	if !ok || !slices.Contains(allowed, n) {
		s.refuse(key, fmt.Sprintf("must be one of %v", allowed), text)
		return fallback
	}
	return n
}

// whole reads a whole number in plain decimal digits.
func whole(text string) (int, bool) {
	n, err := strconv.Atoi(text)
	return n, err == nil && wholePattern.MatchString(text)
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
	if arn == "" {
		return ""
	}
	region := config.Get(s.ctx, "aws:region")
	pattern, known := arnPatterns[service+":"+prefix]
	if !known {
		pattern = regexp.MustCompile(partition + regexp.QuoteMeta(service) + `:[a-z0-9-]*:(?:[0-9]{12}|aws):` + regexp.QuoteMeta(prefix) + `[!-~]+$`)
	}
	if !pattern.MatchString(arn) {
		s.refuse(key, fmt.Sprintf("must be an ARN such as arn:aws:%s:...:%sNAME", service, prefix), arn)
	} else if its := strings.Split(arn, ":")[3]; its != "" && region != "" && its != region {
		s.refuse(key, "must be in aws:region "+region, arn)
	}
	return arn
}

// Layer reads the ARN of a version of a Lambda layer. The fallback, which is
// ACCOUNT:layer:NAME:VERSION, is taken from the region that the stack deploys to: one
// of AWS's commercial regions.
func (s *Settings) Layer(key, fallback string) string {
	if arn := s.ARN(key, "lambda", "layer:"); arn != "" {
		if len(arn) > 140 {
			s.refuse(key, "must be of at most 140 characters", arn)
		}
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
	s.asked = append(s.asked, key)
	if s.given[key].text == "" {
		s.errs = append(s.errs, fmt.Errorf("%s:%s: must be set: %s\nhint: pulumi config set --stack %s %s VALUE", s.ctx.Project(), key, why, s.ctx.Stack(), key))
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
// error away from one: it must not leave a default in force unnoticed. Nor must a
// value that is none, such as null.
func (s *Settings) Err() error {
	slices.Sort(s.asked)
	for _, key := range slices.Sorted(maps.Keys(s.given)) {
		v, asked, ofService := s.given[key], slices.Contains(s.asked, key), s.of(key)
		switch {
		case v.text == "" || asked && v.scalar() || s.within(key):
		case asked:
			s.refuse(key, "must be one value", v.text)
		case len(ofService) > 0 && !v.object:
			s.refuse(key, "must be an object of "+strings.Join(ofService, ", "), v.text)
		default:
			s.unknown(key)
		}
	}
	return errors.Join(s.errs...)
}

// within reports whether a key only stands in an object that should be one value,
// which is an error already.
func (s *Settings) within(key string) bool {
	last := strings.LastIndex(key, ".")
	return last > 0 && s.given[key[:last]].object && slices.Contains(s.asked, key[:last])
}

// unknown refuses a key that was not asked for, unless it is a team's own: one that is
// named as no setting of any service is.
func (s *Settings) unknown(key string) {
	hint := ""
	service, setting, dotted := strings.Cut(key, ".")
	if known := s.of(service); dotted && len(known) > 0 {
		hint = fmt.Sprintf("the settings of %s are %s", service, strings.Join(known, ", "))
	} else if same := s.named(setting); dotted && len(same) > 0 {
		hint = fmt.Sprintf("the app has no service %s; give its settings to the service that it has become, or remove them: there is %s", service, strings.Join(same, ", "))
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

// named lists the keys that were asked for and that name one setting of some service.
func (s *Settings) named(setting string) []string {
	var keys []string
	for _, key := range s.asked {
		if strings.HasSuffix(key, "."+setting) {
			keys = append(keys, key)
		}
	}
	return slices.Compact(keys)
}

// text reads a value. Err reports one that is no text.
func (s *Settings) text(key, fallback string) string {
	s.asked = append(s.asked, key)
	if v := s.given[key]; v.text != "" && v.scalar() {
		return v.text
	}
	return fallback
}

func (s *Settings) refuse(key, rule, got string) {
	s.errs = append(s.errs, fmt.Errorf("%s:%s: %s, got %q", s.ctx.Project(), key, rule, got))
}

var (
	clusterPattern = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_-]{0,99}$`)
	rolePattern    = regexp.MustCompile(`^[A-Za-z0-9_+=,.@-]{1,64}$`)
	labelPattern   = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$`)
	ecrHostPattern = regexp.MustCompile(`^[0-9]{12}\.dkr\.ecr\.([a-z0-9-]+)\.amazonaws\.com(?:\.cn)?/`)

	// The grammars of app.yaml.
	wholePattern    = regexp.MustCompile(`^-?(?:0|[1-9][0-9]*)$`)
	quantityPattern = regexp.MustCompile(`^((?:0|[1-9][0-9]{0,17})(?:\.[0-9]{1,9})?)(m|k|M|G|T|Ki|Mi|Gi|Ti|[eE][0-9])?$`)

	// imagePattern captures the path, the tag and the digest. A registry may stand before it.
	imagePattern = regexp.MustCompile(`^(?:(?:` + hostPart + `(?:\.` + hostPart + `)*|\[[a-fA-F0-9:]+\])(?::[0-9]+)?/)?` +
		`([a-z0-9]+(?:(?:\.|__?|-+|/)[a-z0-9]+)*)` +
		`(?::([A-Za-z0-9_][A-Za-z0-9_.-]{0,127}))?` +
		`(?:@(sha256:[0-9a-f]{64}|sha384:[0-9a-f]{96}|sha512:[0-9a-f]{128}))?$`)

	// arnPatterns are by what ARN is called with.
	arnPatterns = map[string]*regexp.Regexp{
		"acm:certificate/":   regexp.MustCompile(partition + `acm:[a-z0-9-]+:[0-9]{12}:certificate/[A-Za-z0-9-]+$`),
		"execute-api:":       regexp.MustCompile(partition + `execute-api:[a-z0-9-]+:[0-9]{12}:[a-z0-9]+$`),
		"iam:oidc-provider/": regexp.MustCompile(partition + `iam::[0-9]{12}:oidc-provider/[A-Za-z0-9.-]+(?::[0-9]+)?(?:/[A-Za-z0-9._~%-]+)*$`),
		"iam:policy/":        regexp.MustCompile(partition + `iam::(?:[0-9]{12}|aws):policy/(?:[!-~]+/)?[A-Za-z0-9_+=,.@-]{1,128}$`),
		"lambda:layer:":      regexp.MustCompile(`^arn:[a-zA-Z0-9-]+:lambda:[a-zA-Z0-9-]+:[0-9]{12}:layer:[a-zA-Z0-9_-]+:[0-9]+$`),
		"sns:":               regexp.MustCompile(partition + `sns:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_-]{1,256}(?:\.fifo)?$`),
	}
)

const (
	partition = `^arn:aws[a-z-]*:`
	hostPart  = `[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?` // one label of a registry's host name
)
