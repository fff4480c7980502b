package functions

import (
	"fmt"
	"slices"
	"strings"

	"ambi/importer/draft"
	"ambi/importer/source"
	"ambi/internal/lazyregexp"
	"ambi/spec"
)

// Statement is one statement of what a function may do.
type Statement struct {
	At                         *source.Node
	Effect, Actions, Resources *source.Node
	Limited                    bool // it has a condition, or says what it is not about
	// Rights and Of are of a policy template instead: what it gives, and on what.
	Rights []string
	Of     *source.Node
	Why    string // what differs from the template
}

// exact are the rights that actions belong to; empty for actions that no right needs, since the
// stack or a trigger gives them.
func exact(action string) (kind, right string, found bool) {
	for _, r := range []struct{ kind, right, actions string }{
		{"bucket", "read", "s3:GetObject s3:ListBucket s3:GetObjectVersion s3:GetBucketLocation s3:HeadObject s3:HeadBucket s3:GetObjectAcl s3:GetObjectTagging"},
		{"bucket", "write", "s3:PutObject s3:AbortMultipartUpload s3:PutObjectAcl s3:PutObjectTagging"},
		{"bucket", "delete", "s3:DeleteObject s3:DeleteObjectVersion"},
		{"queue", "send", "sqs:SendMessage sqs:SendMessageBatch sqs:GetQueueUrl"},
		{"queue", "", "sqs:ReceiveMessage sqs:DeleteMessage sqs:DeleteMessageBatch sqs:GetQueueAttributes sqs:ChangeMessageVisibility sqs:ChangeMessageVisibilityBatch"},
		{"table", "read", "dynamodb:GetItem dynamodb:BatchGetItem dynamodb:Query dynamodb:Scan dynamodb:DescribeTable"},
		{"table", "write", "dynamodb:PutItem dynamodb:UpdateItem dynamodb:DeleteItem dynamodb:BatchWriteItem dynamodb:ConditionCheckItem"},
	} {
		if slices.Contains(strings.Fields(r.actions), action) {
			return r.kind, r.right, true
		}
	}
	return "", "", false
}

// surplus are actions that rights do not include, though they belong to them.
var surplus = lazyregexp.New(`^(s3:(GetObjectVersion|GetBucketLocation|Head.*|.*Acl|.*Tagging|DeleteObjectVersion)|dynamodb:DescribeTable|sqs:GetQueueUrl)$`)

// of are the rights on a kind of data that actions come to, and the actions that none has.
func of(kind string, actions []string) (rights, rest []string) {
	prefix := map[string]string{"bucket": "s3:", "queue": "sqs:", "table": "dynamodb:"}[kind]
	add := func(all ...string) {
		for _, right := range all {
			if right != "" && !slices.Contains(rights, right) {
				rights = append(rights, right)
			}
		}
	}
	for _, action := range actions {
		start, wild := strings.CutSuffix(action, "*")
		switch on, right, found := exact(action); {
		case action == "*" || action == prefix+"*":
			add(spec.RightsOf(kind)...)
		case wild && strings.HasPrefix(action, prefix):
			before := len(rights)
			for _, right := range spec.RightsOf(kind) {
				if begins(kind, right, start) {
					add(right)
				}
			}
			if len(rights) == before {
				rest = append(rest, action)
			}
		case found && on == kind:
			add(right)
		case strings.HasPrefix(action, prefix):
			rest = append(rest, action)
		}
	}
	slices.SortFunc(rights, func(x, y string) int {
		return slices.Index(spec.RightsOf(kind), x) - slices.Index(spec.RightsOf(kind), y)
	})
	return rights, rest
}

// belonging are the actions of the kinds of data that their rights include.
func belonging() []string {
	return strings.Fields(`s3:GetObject s3:ListBucket s3:PutObject s3:AbortMultipartUpload s3:DeleteObject sqs:SendMessage
		dynamodb:GetItem dynamodb:BatchGetItem dynamodb:Query dynamodb:Scan
		dynamodb:PutItem dynamodb:UpdateItem dynamodb:DeleteItem dynamodb:BatchWriteItem dynamodb:ConditionCheckItem`)
}

// wider reports whether rights include actions that none of some allows. One that only helps
// another, such as to end an upload, does not count.
func wider(kind string, rights, actions []string) bool {
	return slices.ContainsFunc(belonging(), func(action string) bool {
		on, right, _ := exact(action)
		if on != kind || !slices.Contains(rights, right) || action == "s3:AbortMultipartUpload" || action == "dynamodb:ConditionCheckItem" {
			return false
		}
		return !slices.ContainsFunc(actions, func(allowed string) bool {
			start, wild := strings.CutSuffix(allowed, "*")
			return allowed == action || wild && strings.HasPrefix(action, start)
		})
	})
}

// begins reports whether an action of a right begins so.
func begins(kind, right, start string) bool {
	for _, action := range belonging() {
		if k, r, _ := exact(action); k == kind && r == right && strings.HasPrefix(action, start) {
			return true
		}
	}
	return false
}

// Items are the items of a list, or the one value that stands for it.
func Items(n *source.Node) []*source.Node {
	if n == nil || n.Kind == source.List {
		return n.List()
	}
	return []*source.Node{n}
}

func actionsOf(s Statement) []string {
	var all []string
	for _, n := range Items(s.Actions) {
		all = append(all, n.String())
	}
	return all
}

// broadly are the rights on a kind of data that statements about every resource give.
func (a *App) broadly(f *Function, kind string) []string {
	var actions []string
	for _, s := range f.Statements {
		if s.Effect.String() != "Allow" || s.Limited {
			continue
		}
		for _, r := range Items(s.Resources) {
			if strings.HasSuffix(r.String(), "*") && a.Find(r) == nil {
				actions = append(actions, actionsOf(s)...)
			}
		}
	}
	rights, _ := of(kind, actions)
	return rights
}

// given are actions that the stack gives every service, or one with a key of its own.
var given = lazyregexp.New(`^(logs:|xray:|ec2:(Create|Delete|Describe|Assign|Unassign)[A-Za-z]*(NetworkInterface|PrivateIpAddresses))`)

// rights says what a service may do.
func (a *App) rights(s *draft.Service, f *Function) {
	for _, st := range f.Statements {
		switch {
		case st.Rights != nil:
			a.template(s, f, st)
		case st.Effect.String() == "Deny" || st.Limited:
			a.leave(f.Object, st.At, "a spec grants rights, without conditions and exceptions: write what it may do under permissions", true)
		default:
			a.statement(s, f, st)
		}
	}
}

// template carries a policy template of SAM's.
func (a *App) template(s *draft.Service, f *Function, st Statement) {
	d := a.Find(st.Of)
	if d == nil || d.Existing || len(st.Rights) > 0 && !slices.Contains(spec.RightsOf(d.Kind), st.Rights[0]) {
		a.leave(f.Object, st.At, "is about what is not in the files: write it under permissions, with its ARN", true)
		return
	}
	a.uses(s, d, st.Rights)
	if st.Why == "" {
		a.carry(f.Object, st.At, s.Path("uses."+d.Name))
	} else {
		a.approximate(f.Object, st.At, s.Path("uses."+d.Name), st.Why, false)
	}
}

func (a *App) uses(s *draft.Service, d *Datum, rights []string) {
	had, _ := s.Get("uses." + d.Name).([]string)
	all := slices.DeleteFunc(slices.Clone(spec.RightsOf(d.Kind)), func(right string) bool {
		return !slices.Contains(had, right) && !slices.Contains(rights, right)
	})
	if len(all) > 0 {
		s.SetIn([]string{"uses"}, d.Name, all)
	}
}

// statement carries a statement of IAM's.
func (a *App) statement(s *draft.Service, f *Function, st Statement) {
	actions := actionsOf(st)
	rest := slices.DeleteFunc(slices.Clone(actions), func(action string) bool {
		_, right, found := exact(action)
		return given.MatchString(action) || found && right == "" // the queue's trigger gives it
	})
	if len(rest) == 0 {
		a.carry(f.Object, st.At, s.Path("permissions"))
		return
	}
	var resources, to, differs []string
	anywhere := strings.NewReplacer("${AWS::Region}", "*", "${AWS::AccountId}", "*", "${AWS::Partition}", "aws")
	for _, n := range Items(st.Resources) {
		d := a.Find(n)
		if d != nil && !d.Existing {
			rights, other := of(d.Kind, rest)
			a.uses(s, d, rights)
			to = append(to, "uses."+d.Name)
			for _, action := range other {
				differs = append(differs, action+" on "+d.Logical+" is in no right")
			}
			if wider(d.Kind, rights, rest) {
				differs = append(differs, "on "+d.Logical+" its rights include more actions than it had: "+strings.Join(rights, ", "))
			} else if slices.ContainsFunc(rest, surplus.MatchString) || slices.ContainsFunc(rest, func(action string) bool { return strings.HasSuffix(action, "*") }) {
				differs = append(differs, "on "+d.Logical+" it may do what its rights say")
			}
			continue
		}
		text := anywhere.Replace(n.String())
		switch {
		case strings.Contains(text, ":function:") || a.function(n):
			differs = append(differs, "functions of the app call each other by needs, over HTTP")
			continue
		case text != n.String():
			differs = append(differs, "holds in any region and account")
		}
		if !slices.Contains(resources, text) {
			resources = append(resources, text)
		}
	}
	if len(resources) > 0 {
		p := map[string]any{"actions": unique(rest), "resources": resources}
		if broad(rest) || broad(resources) {
			p["why"] = fmt.Sprintf("it was so in %s:%d", st.At.File, st.At.Line)
			differs = append(differs, "covers more than it may need: name what it needs")
		}
		list, _ := s.Get("permissions").([]map[string]any)
		s.Set("permissions", append(list, p))
		to = append(to, "permissions")
	}
	slices.Sort(differs)
	switch differs = slices.Compact(differs); {
	case len(to) == 0:
		a.leave(f.Object, st.At, strings.Join(append(differs, "name what it needs under permissions"), "; "), true)
	case len(differs) == 0:
		a.carry(f.Object, st.At, s.Path(to[0]))
	default:
		lost := slices.ContainsFunc(differs, func(d string) bool {
			return strings.Contains(d, "is in no right") || strings.Contains(d, "call each other")
		})
		a.approximate(f.Object, st.At, s.Path(to[0]), strings.Join(differs, "; "), lost)
	}
}

// function reports whether a value refers to another function.
func (a *App) function(n *source.Node) bool {
	logical, _ := Refers(n)
	return logical != "" && slices.ContainsFunc(a.Functions, func(f *Function) bool { return f.Name == logical })
}

var all = lazyregexp.New(`^(\*|[^:]*:\*|([^:]*:){5}\*+)$`)

func broad(list []string) bool { return slices.ContainsFunc(list, all.MatchString) }

func unique(list []string) []string {
	var out []string
	for _, each := range list {
		if !slices.Contains(out, each) {
			out = append(out, each)
		}
	}
	return out
}

// StatementOf reads one statement of a policy.
func StatementOf(n *source.Node) Statement {
	return Statement{
		At: n, Effect: n.Get("Effect"), Actions: n.Get("Action"), Resources: n.Get("Resource"),
		Limited: n.Get("Condition") != nil || n.Get("NotAction") != nil || n.Get("NotResource") != nil || n.Get("Action") == nil || n.Get("Resource") == nil,
	}
}
