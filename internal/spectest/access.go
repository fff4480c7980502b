package spectest

import (
	"slices"
	"strings"
)

// The keys that say what a service is given: variables, addresses, permissions.

// command writes what the image starts, which a zip refuses.
func (g *generator) command(s *service) {
	if s.zip != "" && !g.anything || g.IntN(3) > 0 {
		return
	}
	hostile := Hostile()
	words := func(first ...string) string {
		for range g.between(1, 4) {
			first = append(first, hostile[g.IntN(len(hostile))])
		}
		return strings.Join(g.allQuoted(first), ", ")
	}
	if g.sometimes() {
		g.line(2, "command: [%s]", words("/app"))
		if g.sometimes() {
			return
		}
	}
	g.line(2, "args: [%s]", words())
}

func (g *generator) environment() {
	names := map[string]bool{}
	yamlWords := []string{"no", "on", "yes", "off", "null", "true", "false"}
	fresh := func() string {
		for {
			name := g.text("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_", 2, 40) + g.one("", "_X", "x", "Type")
			if len(name) > 1 && !strings.HasSuffix(name, "_SECRET") && !strings.HasSuffix(name, "_URL") && !slices.Contains(yamlWords, name) && !names[name] {
				names[name] = true
				return name
			}
		}
	}
	hostile := Hostile()
	if n := g.IntN(6); n > 0 {
		g.line(2, "env:")
		for size := 0; n > 0; n-- {
			value := hostile[g.IntN(len(hostile))]
			if g.IntN(20) == 0 {
				value = strings.Repeat("very long ", g.maxEnv/10)
			}
			if name := fresh(); size+len(name)+len(value) <= g.maxEnv || size == 0 && len(value) == 0 {
				size += len(name) + len(value)
				g.line(3, "%s: %s", g.key(name), g.quoted(value))
			} else {
				g.line(3, "%s: ''", name)
			}
		}
	}
	if n := g.IntN(3); n > 0 {
		g.line(2, "secrets:")
		for ; n > 0; n-- {
			g.line(3, "%s: {name: %s, key: %s}", fresh(),
				g.one("db", "thumbs-database", "a.b.c", "s1"), g.one("url", "tls.key", "A_B-c", `"-._"`))
		}
	}
}

// connect picks which service needs which, and which are there for others alone.
func (g *generator) connect() {
	g.calls, g.internal = make([][]bool, len(g.names)), make([]bool, len(g.names))
	for i := range g.names {
		g.calls[i] = make([]bool, len(g.names))
		for j := range g.names {
			if g.rank[j] < g.rank[i] && g.requests(j) && g.IntN(3) == 0 {
				g.calls[i][j] = true
				g.internal[j] = g.internal[j] || g.IntN(4) == 0 && (g.anything || g.cors == "")
			}
		}
	}
}

func (g *generator) needs(i int) {
	var needs []string
	for j, other := range g.names {
		if g.calls[i][j] {
			needs = append(needs, g.key(other))
		}
	}
	if len(needs) > 0 || g.IntN(10) == 0 {
		g.line(2, "needs: [%s]", strings.Join(needs, ", "))
	}
}

func (g *generator) permissions(s *service) {
	if g.IntN(3) > 0 {
		return
	}
	s.permissions = true
	g.line(2, "permissions:")
	for range g.between(1, 3) {
		actions := g.some("s3:GetObject", "s3:Get*", "dynamodb:PutItem", "sqs:SendMessage", "execute-api:Invoke", "s3:PutObject")
		resources := g.some("arn:aws:s3:::thumbs-originals/*", "arn:aws-cn:s3:::b", "arn:aws:dynamodb:eu-west-1:123456789012:table/x",
			"arn:aws-us-gov:sqs:*:123456789012:q", "arn:aws:iam::aws:policy/*", "arn:aws:s3:::b/${aws:PrincipalTag/x}/%s{{.}}`\"'")
		why := ""
		if g.sometimes() {
			actions = append(actions, g.one("*", "s3:*"))
			resources = append(resources, g.one("*", "arn:aws:s3:::*"))
			why = ", why: " + g.quoted(g.oneLine())
		}
		g.line(3, "- {actions: [%s], resources: [%s]%s}", strings.Join(g.allQuoted(actions), ", "), strings.Join(g.allQuoted(resources), ", "), why)
	}
}
