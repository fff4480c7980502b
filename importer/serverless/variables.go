package serverless

import (
	"strconv"
	"strings"

	"ambi/importer/source"
	"ambi/internal/lazyregexp"
)

// Bounds of what references may unfold into.
const (
	mostValues = 200_000
	mostText   = 64 << 10 // of one value
	mostTexts  = 8 << 20  // of all values that references are in
	deepest    = 60
)

// resolver puts values in place of the references of a file, as far as the file itself says
// them. What it does not say stays visible, with the reason.
// Source: https://www.serverless.com/framework/docs/guides/variables
type resolver struct {
	root   *source.Node
	values int
	texts  int
	open   map[string]bool // paths on the way to a value
}

// reference matches the inside of what is a reference of the framework's, and not one of
// CloudFormation's.
var (
	reference = lazyregexp.New(`^\s*(self|opt|sls|env|file|param|aws|ssm|cf|s3|git|output|strToBool|terraform|vault|doppler)(\([^)]*\)|\.[A-Za-z0-9-]+)*\s*(:|\(|,|$)`)
	literal   = lazyregexp.New(`^(?:'([^']*)'|"([^"]*)"|(true|false|null|-?[0-9.]+))$`)
)

// expand is a value with others in place of its references.
func (r *resolver) expand(n *source.Node, depth int) *source.Node {
	if n == nil {
		return nil
	}
	if r.values++; r.values > mostValues || depth > deepest {
		return n.Open("${...}", "unfolds into too many values")
	}
	switch n.Kind {
	case source.Map:
		out := n.Empty(source.Map)
		out.Tag = n.Tag
		for _, key := range n.Keys {
			if value := r.expand(n.Child(key), depth+1); value != nil {
				out.Put(key, value)
			}
		}
		return out
	case source.List:
		out := n.Empty(source.List)
		out.Tag = n.Tag
		for _, item := range n.Items {
			out.Items = append(out.Items, r.expand(item, depth+1))
		}
		return out
	case source.Scalar:
		if strings.Contains(n.Text, "#{AWS::") { // of the plugin serverless-pseudo-parameters
			c := *n
			c.Text = strings.ReplaceAll(n.Text, "#{AWS::", "${AWS::")
			n = &c
		}
		if strings.Contains(n.Text, "${") {
			return r.text(n, depth)
		}
	default:
	}
	c := *n
	return &c
}

// text is a value with references in it. One that is nothing but a reference has any kind.
func (r *resolver) text(n *source.Node, depth int) *source.Node {
	if len(n.Text) > mostText {
		return n.Open("${...}", "is too long to put values in place of its references")
	}
	out := n.Value("")
	out.Tag = n.Tag
	var b strings.Builder
	rest := n.Text
	for {
		before, after, found := strings.Cut(rest, "${")
		b.WriteString(before)
		if !found {
			break
		}
		end := closing(after)
		if end < 0 {
			b.WriteString("${" + after)
			break
		}
		inside := after[:end]
		if rest = after[end+1:]; !reference.MatchString(inside) {
			b.WriteString("${" + inside + "}")
			if strings.HasPrefix(inside, "AWS::") && out.Why == "" && n.Tag == "!!str" {
				out.Why = "refers to " + inside + ", which depends on where the stack is"
			}
			continue
		}
		value := r.value(n, inside, depth+1)
		if value == nil {
			value = n.Open("${"+inside+"}", "refers to "+inside+", which has no value here")
		}
		if value.Kind != source.Scalar && value.Kind != source.Null {
			if before == "" && rest == "" && b.Len() == 0 {
				return value
			}
			value = n.Open("${"+inside+"}", "refers to "+inside+", which is no text")
		}
		if out.Why == "" {
			out.Why, out.Secret = value.Why, value.Secret
		}
		if r.texts += len(value.Text); b.Len()+len(value.Text) > mostText || r.texts > mostTexts {
			return n.Open("${...}", "unfolds into too much text")
		}
		b.WriteString(value.Text)
	}
	out.Text = b.String()
	return out
}

// closing is where a reference ends that has begun; negative where it does not.
func closing(text string) int {
	open := 0
	for i := range len(text) {
		switch {
		case strings.HasPrefix(text[i:], "${"):
			open++
		case text[i] == '}':
			if open == 0 {
				return i
			}
			open--
		}
	}
	return -1
}

// alternatives splits a reference at its commas.
func alternatives(text string) []string {
	var all []string
	start, quote, depth := 0, byte(0), 0
	for i := range len(text) {
		switch c := text[i]; {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '\'' || c == '"':
			quote = c
		case c == '(' || c == '{':
			depth++
		case c == ')' || c == '}':
			depth--
		case c == ',' && depth == 0:
			all = append(all, text[start:i])
			start = i + 1
		}
	}
	return append(all, text[start:])
}

// value is what a reference gives: the first of its alternatives that has a value; nil for none.
func (r *resolver) value(n *source.Node, inside string, depth int) *source.Node {
	if depth > deepest {
		return n.Open("${...}", "refers to itself")
	}
	var none *source.Node
	all := alternatives(inside)
	for i, one := range all {
		one = strings.TrimSpace(one)
		if strings.Contains(one, "${") {
			inner := r.text(n.Value(one), depth+1)
			if inner.Kind != source.Scalar || inner.Why != "" {
				if none == nil {
					none = inner
				}
				if inner.Kind != source.Scalar {
					return inner
				}
				continue
			}
			one = inner.Text
			if !reference.MatchString(one) {
				return n.Value(one)
			}
		}
		if m := literal.FindStringSubmatch(one); m != nil {
			if m[3] == "null" {
				return &source.Node{Kind: source.Null, File: n.File, Line: n.Line, Column: n.Column, Path: n.Path}
			}
			return n.Value(m[1] + m[2] + m[3])
		}
		found := r.source(n, one, len(all) > 1 && i < len(all)-1, depth)
		if found != nil && found.Why == "" {
			return found
		}
		if none == nil || none.Why == "" {
			none = found
		}
	}
	return none
}

// source is what one source of values has; nil, or a value with a reason, for none.
func (r *resolver) source(n *source.Node, text string, more bool, depth int) *source.Node {
	from, name, _ := strings.Cut(text, ":")
	unknown := func(why string) *source.Node { return n.Open("${"+text+"}", "refers to "+text+", "+why) }
	switch {
	case from == "self":
		return r.self(n, name, depth)
	case from == "sls" && name == "stage", from == "opt" && name == "stage" && !more:
		if found := r.self(n, "provider.stage", depth); found != nil && found.Why == "" {
			return found
		}
		return n.Value("dev")
	case from == "aws" && name == "region", from == "opt" && name == "region" && !more:
		if found := r.self(n, "provider.region", depth); found != nil && found.Why == "" {
			return found
		}
		return n.Open("${AWS::Region}", "refers to "+text+", which depends on where the stack is")
	case from == "aws" && name == "accountId":
		return n.Open("${AWS::AccountId}", "refers to "+text+", which depends on where the stack is")
	case from == "opt":
		return unknown("an option of the command line")
	case from == "env":
		return unknown("a variable of the shell, which has no value here")
	case from == "param":
		for _, at := range []string{"params." + r.stage(depth) + "." + name, "params.default." + name, "stages.default.params." + name} {
			if found := r.self(n, at, depth); found != nil {
				return found
			}
		}
		return unknown("a parameter that the file does not have")
	case strings.HasPrefix(from, "file"):
		return unknown("what another file has")
	case from == "ssm":
		out := unknown("which Systems Manager or Secrets Manager holds")
		out.Secret = strings.Contains(name, "secretsmanager")
		return out
	}
	return unknown("which has no value here")
}

func (r *resolver) stage(depth int) string {
	if found := r.self(r.root, "provider.stage", depth); found.String() != "" && found.Why == "" {
		return found.Text
	}
	return "dev"
}

// self is a value of the file itself.
func (r *resolver) self(n *source.Node, path string, depth int) *source.Node {
	if r.open[path] || depth > deepest {
		return n.Open("${self:"+path+"}", "refers to itself")
	}
	r.open[path] = true
	defer delete(r.open, path)
	at := r.root
	for _, key := range strings.Split(path, ".") {
		for at != nil && at.Kind == source.Scalar && strings.Contains(at.Text, "${") {
			resolved := r.expand(at, depth+1)
			if resolved == nil || resolved.Kind == source.Scalar {
				return resolved // with the reason why it is not known
			}
			at = resolved
		}
		if i, err := strconv.Atoi(key); err == nil && at != nil && at.Kind == source.List && i >= 0 && i < len(at.Items) {
			at = at.Items[i]
			continue
		}
		next := at.Get(key)
		if next == nil && key == "name" && path == "service.name" {
			next = at // service: NAME
		}
		at = next
	}
	if at == nil {
		return nil
	}
	out := r.expand(at, depth+1)
	if out != nil && out.Kind == source.Scalar {
		c := n.Value(out.Text)
		c.Why, c.Secret, c.Tag = out.Why, out.Secret, out.Tag
		return c
	}
	return out
}
