// Package lifecycle has what tests share that deploy emitted programs through the real
// engine and change what is deployed: against the stand-ins, in package engine, and against a
// real cluster, in package cluster.
//
// Compiling and linking a program for each change would take minutes. So a [Program] holds
// the emitted programs of several specs, and a setting picks one; and in the specs that
// [ChangesSpec] writes each change has a service of its own, so that [Compare] finds the
// steps of each. Whatever a change does to other services, or to what all share, is caught
// too: every step must belong to the change that caused it.
package lifecycle

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"ambi/internal/updateimpact"
	"ambi/spec"
)

// ChangesSpec is a spec with a service for each change that the target takes.
func ChangesSpec(t *testing.T, on spec.Target, all []updateimpact.Change, after bool) []byte {
	t.Helper()
	services := map[string]any{}
	add := func(name string, overlays ...string) {
		service := map[string]any{}
		for _, overlay := range append([]string{
			"{image: '123456789012.dkr.ecr.us-east-1.amazonaws.com/life:1', http: {routes: [GET /NAME]}, kubernetes: {namespace: life}}",
		}, overlays...) {
			var over map[string]any
			if err := yaml.Unmarshal([]byte(strings.ReplaceAll(overlay, "NAME", name)), &over); err != nil {
				t.Fatalf("%v in %s", err, overlay)
			}
			merge(service, over)
		}
		if at, ok := service["lambda"].(map[string]any); ok && at["zip"] != nil && on == spec.Lambda {
			delete(service, "image")
		}
		services[name] = service
	}
	for i, c := range all {
		if on == spec.Lambda && c.Lambda.Refused {
			continue
		}
		name := fmt.Sprintf("f%02d", i)
		overlays := []string{c.Before}
		if after {
			overlays = append(overlays, c.After)
		}
		add(name, overlays...)
		if c.Callee != "" {
			overlays := []string{c.Callee}
			if after && c.CalleeAfter != "" {
				overlays = append(overlays, c.CalleeAfter)
			}
			add(name+"b", overlays...)
		}
	}
	add("z", "lambda: {logRetentionDays: 365}") // whose access logs are kept for the longest, before and after
	text, err := yaml.Marshal(map[string]any{"apiVersion": "ambi/v1", "name": "life", "targets": []string{string(on)}, "services": services})
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// DataSpec is a spec with data, and mostly a service, for each change of the data.
func DataSpec(t *testing.T, on spec.Target, all []updateimpact.Change, after bool) []byte {
	t.Helper()
	services, data := map[string]any{}, map[string]any{}
	lay := func(on map[string]any, name, overlay string) {
		var over map[string]any
		if err := yaml.Unmarshal([]byte(strings.ReplaceAll(overlay, "NAME", name)), &over); err != nil {
			t.Fatalf("%v in %s", err, overlay)
		}
		merge(on, over)
	}
	for i, c := range all {
		name := fmt.Sprintf("f%02d", i)
		lay(data, name, c.DataBefore)
		if after && c.DataAfter != "" {
			lay(data, name, c.DataAfter)
		}
		if c.Before == "" {
			continue
		}
		service := map[string]any{}
		lay(service, name, "{kubernetes: {namespace: life, identity: irsa}}")
		lay(service, name, c.Before)
		if after {
			lay(service, name, c.After)
		}
		services[name] = service
	}
	text, err := yaml.Marshal(map[string]any{
		"apiVersion": "ambi/v1", "name": "life", "targets": []string{string(on)},
		"image": "123456789012.dkr.ecr.us-east-1.amazonaws.com/life:1", "data": data, "services": services,
	})
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// SmallSpec is an app of one service, on both targets.
func SmallSpec(name string) []byte {
	return []byte("apiVersion: ambi/v1\nname: " + name + "\nservices:\n  web: {image: 123456789012.dkr.ecr.us-east-1.amazonaws.com/web:1, http: {routes: [GET /]}}\n")
}

// merge lays one document over another; null takes a key away.
func merge(below, over map[string]any) {
	for key, value := range over {
		inner, nested := value.(map[string]any)
		at, has := below[key].(map[string]any)
		switch {
		case value == nil:
			delete(below, key)
		case nested && has:
			merge(at, inner)
		default:
			below[key] = value
		}
	}
}

// Compare holds what the engine did to what the table says, change by change.
func Compare(t *testing.T, target spec.Target, all []updateimpact.Change, steps map[string]string) {
	t.Helper()
	const shared = -1
	did := map[int]map[string][]string{} // by change: the kinds by operation
	urns := map[int][]string{}
	for urn, ops := range steps {
		change := shared
		if m := serviceName.FindStringSubmatch(urn[strings.LastIndex(urn, "::"):]); m != nil {
			change, _ = strconv.Atoi(m[1])
		}
		if did[change] == nil {
			did[change] = map[string][]string{}
		}
		did[change][ops] = append(did[change][ops], kind(urn))
		urns[change] = append(urns[change], ops+" "+urn)
	}
	counts := map[string]int{}
	for i, c := range all {
		want := c.Lambda
		switch target {
		case spec.Kubernetes:
			want = c.Kubernetes
		case DataTarget:
			want = c.Data
		case spec.Lambda: // as above
		}
		got := did[i]
		delete(did, i)
		if slices.ContainsFunc(c.Fields, func(f string) bool { return strings.Contains(f, ".cors.") }) && target == spec.Lambda {
			got = did[shared] // CORS is the API's, which all services share
			delete(did, shared)
		}
		if describe(got) != normal(want.Steps) {
			t.Errorf("%v %s\n%q, want\n%q\n%s", c.Fields, c.Title, describe(got), normal(want.Steps), strings.Join(urns[i], "\n"))
		}
		counts[first(want.Steps)]++
	}
	for i, got := range did {
		t.Errorf("steps that no change accounts for (%d): %q\n%s", i, describe(got), strings.Join(urns[i], "\n"))
	}
	t.Logf("%s: %d kinds of changes, by the first thing they do: %v", target, len(all), counts)
}

func first(steps string) string {
	word, _, _ := strings.Cut(steps, " ")
	return word
}

// serviceName finds the service that a resource belongs to in its logical name.
var serviceName = regexp.MustCompile(`\bf([0-9]{2})b?\b`)

// normal puts the table's steps in the order of describe.
func normal(steps string) string {
	did := map[string][]string{}
	for part := range strings.SplitSeq(steps, ", ") {
		words := strings.Fields(part)
		if len(words) > 1 {
			did[words[0]] = append(did[words[0]], words[1:]...)
		}
	}
	return describe(did)
}

// Kinds writes steps as the table does, sorted by operation and kind.
func Kinds(steps map[string]string) string {
	did := map[string][]string{}
	for urn, op := range steps {
		did[op] = append(did[op], kind(urn))
	}
	return describe(did)
}

// kind is the last part of a resource's type.
func kind(urn string) string {
	token := strings.Split(urn, "::")[2]
	return token[strings.LastIndexByte(token, ':')+1:]
}

// describe writes steps as the table does, sorted.
func describe(did map[string][]string) string {
	var parts []string
	for _, op := range []string{"create", "replace", "update", "delete"} {
		kinds := slices.Clone(did[op])
		slices.Sort(kinds)
		if kinds = slices.Compact(kinds); kinds != nil {
			parts = append(parts, op+" "+strings.Join(kinds, " "))
		}
	}
	for _, op := range slices.Sorted(maps.Keys(did)) {
		if !slices.Contains([]string{"create", "replace", "update", "delete"}, op) {
			parts = append(parts, op+" "+strings.Join(did[op], " "))
		}
	}
	return strings.Join(parts, ", ")
}
