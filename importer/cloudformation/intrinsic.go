package cloudformation

import (
	"slices"
	"strconv"
	"strings"

	"ambi/importer/source"
	"ambi/internal/lazyregexp"
)

// Bounds of what a template may unfold into.
const (
	mostValues = 200_000
	mostText   = 64 << 10 // of one value
	mostTexts  = 8 << 20  // of all values that are joined
	deepest    = 60
)

// Template resolves the intrinsic functions of one template, as far as the template itself says
// what they give: parameters have their defaults. What cannot be known stays visible, as text
// such as ${Orders.Arn}, with the reason.
// Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference.html
type Template struct {
	root   *source.Node
	values int
	texts  int             // bytes of joined text
	open   map[string]bool // conditions that are being evaluated
}

// NewTemplate starts on a template, whose sections are at the top of a mapping.
func NewTemplate(root *source.Node) *Template {
	return &Template{root: root, open: map[string]bool{}}
}

// intrinsic takes a function apart: its name, and its argument; empty for plain values.
func intrinsic(n *source.Node) (name string, argument *source.Node) {
	if strings.HasPrefix(n.Tag, "!") && !strings.HasPrefix(n.Tag, "!!") {
		plain := *n
		plain.Tag = "!!str"
		if n.Kind == source.Null {
			plain.Kind = source.Scalar
		}
		return strings.TrimPrefix(n.Tag, "!"), &plain
	}
	if n.Kind == source.Map && len(n.Keys) == 1 {
		switch key := n.Keys[0]; {
		case key == "Ref" || key == "Condition" && n.Child(key).Kind == source.Scalar:
			return key, n.Child(key)
		case strings.HasPrefix(key, "Fn::"):
			return strings.TrimPrefix(key, "Fn::"), n.Child(key)
		}
	}
	return "", nil
}

// Expand is a value with the results of functions in their place; nil for none.
func (t *Template) Expand(n *source.Node) *source.Node { return t.expand(n, 0) }

func (t *Template) expand(n *source.Node, depth int) *source.Node {
	if n == nil {
		return nil
	}
	if t.values++; t.values > mostValues || depth > deepest {
		return n.Open("${...}", "unfolds into too many values")
	}
	if name, argument := intrinsic(n); name != "" && argument != nil {
		return t.call(n, name, argument, depth+1)
	}
	switch n.Kind {
	case source.Map:
		out := n.Empty(source.Map)
		for _, key := range n.Keys {
			if value := t.expand(n.Child(key), depth+1); value != nil {
				out.Put(key, value)
			}
		}
		return out
	case source.List:
		out := n.Empty(source.List)
		for _, item := range n.Items {
			if value := t.expand(item, depth+1); value != nil {
				out.Items = append(out.Items, value)
			}
		}
		return out
	default:
		c := *n
		return &c
	}
}

// call is what a function gives, in the place of its call.
func (t *Template) call(n *source.Node, name string, argument *source.Node, depth int) *source.Node {
	unknown := func() *source.Node {
		return n.Open("${"+name+"}", "is made by the function "+name+", which only AWS can evaluate")
	}
	if argument.Kind == source.List && name != "Sub" && name != "If" {
		argument = t.expand(argument, depth)
	}
	list := argument.List()
	switch name {
	case "Ref":
		return t.reference(n, argument.Text)
	case "GetAtt":
		if len(list) == 2 {
			return t.attribute(n, list[0].Text+"."+list[1].Text)
		}
		return t.attribute(n, argument.Text)
	case "Sub":
		return t.substitute(n, argument, depth)
	case "Join":
		if len(list) == 2 && list[1].Kind == source.List {
			return t.joined(n, list[0].Text, list[1].Items)
		}
	case "Select":
		if len(list) == 2 {
			if i, ok := list[0].Int(); ok && i >= 0 && i < len(list[1].Items) {
				return at(n, list[1].Items[i])
			}
		}
	case "Split":
		if len(list) == 2 && list[1].Kind == source.Scalar && list[1].Why == "" && list[0].Text != "" {
			out := n.Empty(source.List)
			for _, part := range strings.Split(list[1].Text, list[0].Text) {
				out.Items = append(out.Items, n.Value(part))
			}
			return out
		}
	case "If":
		if len(list) == 3 {
			switch holds, known := t.Condition(list[0].Text); {
			case !known:
				return n.Open("${"+list[0].Text+"}", "depends on the condition "+list[0].Text+", which the template does not decide")
			case holds:
				return at(n, t.expand(list[1], depth))
			default:
				return at(n, t.expand(list[2], depth))
			}
		}
	case "FindInMap":
		if len(list) >= 3 {
			if found := t.root.Get("Mappings", list[0].Text, list[1].Text, list[2].Text); found != nil {
				return at(n, t.expand(found, depth))
			}
			for _, item := range list {
				if item.Why != "" {
					return n.Open("${"+name+" "+list[0].Text+"}", item.Why)
				}
			}
		}
	case "ImportValue":
		value := t.expand(argument, depth)
		return n.Open("${ImportValue "+value.String()+"}", "is exported by another stack")
	case "Transform", "ForEach":
	case "Condition":
		return n // of a resource
	default:
	}
	return unknown()
}

// at is a value in another's place.
func at(n, value *source.Node) *source.Node {
	if value == nil || value.Kind != source.Scalar {
		return value
	}
	c := *value
	c.File, c.Line, c.Column, c.Path = n.File, n.Line, n.Column, n.Path
	return &c
}

func (t *Template) joined(n *source.Node, with string, items []*source.Node) *source.Node {
	texts, out := make([]string, len(items)), n.Value("")
	for i, item := range items {
		texts[i] = item.String()
		if out.Why == "" {
			out.Why, out.Secret = item.Why, item.Secret
		}
		if item.Kind != source.Scalar && item.Kind != source.Null {
			out.Why = "joins values that are no text"
		}
	}
	out.Text = strings.Join(texts, with)
	return t.bounded(n, out)
}

// bounded is text, unless all texts together become too long.
func (t *Template) bounded(n, text *source.Node) *source.Node {
	if t.texts += len(text.Text); len(text.Text) > mostText || t.texts > mostTexts {
		return n.Open("${...}", "unfolds into too much text")
	}
	return text
}

// reference is what Ref gives.
func (t *Template) reference(n *source.Node, name string) *source.Node {
	parameter := t.root.Get("Parameters", name)
	fallback := parameter.Get("Default")
	switch kind := parameter.Get("Type").String(); {
	case parameter == nil:
	case parameter.Get("NoEcho").String() == "true":
		out := n.Open("${"+name+"}", "refers to the parameter "+name+", which is secret")
		out.Secret = true
		return out
	case strings.HasPrefix(kind, "AWS::SSM::Parameter::Value"):
		return n.Open("${"+name+"}", "refers to the parameter "+name+", which Systems Manager holds")
	case fallback == nil || fallback.Text == "":
		if fallback == nil && !parameter.Has("Default") {
			return n.Open("${"+name+"}", "refers to the parameter "+name+", which has no default")
		}
		return n.Value("")
	case strings.HasPrefix(kind, "List<") || kind == "CommaDelimitedList":
		out := n.Empty(source.List)
		for _, part := range strings.Split(fallback.Text, ",") {
			out.Items = append(out.Items, n.Value(strings.TrimSpace(part)))
		}
		return out
	default:
		return at(n, fallback)
	}
	switch name {
	case "AWS::NoValue":
		return nil
	case "AWS::Partition":
		return n.Value("aws")
	case "AWS::URLSuffix":
		return n.Value("amazonaws.com")
	}
	return n.Open("${"+name+"}", t.refers(name, name))
}

// refers says why a reference has no value.
func (t *Template) refers(text, name string) string {
	switch resource := t.root.Get("Resources", name); {
	case resource != nil:
		return "refers to " + text + ", of a resource " + resource.Get("Type").String()
	case strings.HasPrefix(name, "AWS::"):
		return "refers to " + text + ", which depends on where the stack is"
	}
	return "refers to " + text + ", which the template does not say"
}

func (t *Template) attribute(n *source.Node, text string) *source.Node {
	name, _, _ := strings.Cut(text, ".")
	return n.Open("${"+text+"}", t.refers(text, name))
}

var variable = lazyregexp.New(`\$\{([^}]*)\}`)

// substitute is what Sub gives.
func (t *Template) substitute(n, argument *source.Node, depth int) *source.Node {
	text, own := argument, (*source.Node)(nil)
	if argument.Kind == source.List && len(argument.Items) > 0 {
		text = t.expand(argument.Items[0], depth)
		if len(argument.Items) > 1 {
			own = argument.Items[1]
		}
	}
	if len(text.String()) > mostText {
		return n.Open("${Sub}", "unfolds into too much text")
	}
	out := n.Value("")
	total := 0
	out.Text = variable.ReplaceAllStringFunc(text.String(), func(match string) string {
		name := strings.TrimSpace(match[2 : len(match)-1])
		if literal, found := strings.CutPrefix(name, "!"); found {
			return "${" + literal + "}"
		}
		var value *source.Node
		switch {
		case own.Has(name):
			value = t.expand(own.Child(name), depth+1)
		case strings.Contains(name, ".") && !strings.HasPrefix(name, "AWS::"):
			value = t.attribute(n, name)
		default:
			value = t.reference(n, name)
		}
		if value != nil && value.Why != "" && out.Why == "" {
			out.Why, out.Secret = value.Why, value.Secret
		}
		if total += len(value.String()); total > mostText {
			out.Why = "unfolds into too much text"
			return match
		}
		return value.String()
	})
	return t.bounded(n, out)
}

// Condition evaluates a condition by its name; known is false where it depends on what the
// template does not say.
func (t *Template) Condition(name string) (holds, known bool) {
	n := t.root.Get("Conditions", name)
	if n == nil || t.open[name] || len(t.open) > deepest {
		return false, false
	}
	t.open[name] = true
	defer delete(t.open, name)
	return t.holds(n, 0)
}

func (t *Template) holds(n *source.Node, depth int) (holds, known bool) {
	if t.values++; depth > deepest || t.values > mostValues {
		return false, false
	}
	name, argument := intrinsic(n)
	if name == "" {
		holds, err := strconv.ParseBool(n.String())
		return holds, err == nil
	}
	if name == "Condition" {
		return t.Condition(argument.String())
	}
	list := argument.List()
	switch name {
	case "Equals":
		if len(list) != 2 {
			return false, false
		}
		a, b := t.expand(list[0], depth+1), t.expand(list[1], depth+1)
		return a.String() == b.String(), a != nil && b != nil && a.Why == "" && b.Why == ""
	case "Not":
		if len(list) != 1 {
			return false, false
		}
		holds, known = t.holds(list[0], depth+1)
		return !holds, known
	case "And", "Or":
		decides := name == "Or" // one such operand decides
		all := true
		for _, operand := range list {
			holds, known := t.holds(operand, depth+1)
			if known && holds == decides {
				return decides, true
			}
			all = all && known
		}
		return !decides, all
	case "Contains":
		if len(list) == 2 {
			all, one := t.expand(list[0], depth+1), t.expand(list[1], depth+1)
			open := one == nil || one.Why != "" || slices.ContainsFunc(all.List(), func(i *source.Node) bool { return i.Why != "" })
			return slices.ContainsFunc(all.List(), func(i *source.Node) bool { return i.Text == one.String() }), !open
		}
	}
	return false, false
}
