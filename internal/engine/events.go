package engine

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"

	"ambi/internal/lazyregexp"
)

// event is what is read of a line of the engine's event log: apitype.EngineEvent of
// github.com/pulumi/pulumi/sdk/v3/go/common/apitype.
type event struct {
	ResourcePre *struct {
		Metadata struct {
			Op   string `json:"op"`
			URN  string `json:"urn"`
			Type string `json:"type"`
			New  *struct {
				Inputs json.RawMessage `json:"inputs"`
			} `json:"new"`
		} `json:"metadata"`
	} `json:"resourcePreEvent"`
	Diagnostic *struct {
		URN      string `json:"urn"`
		Message  string `json:"message"`
		Severity string `json:"severity"`
	} `json:"diagnosticEvent"`
}

// readEvents reads the engine's event log. The result is never nil: a log that
// breaks off, because the engine did, says what it says up to there.
func readEvents(name string) (*Result, error) {
	result := &Result{Resources: []Resource{}}
	file, err := os.Open(name)
	if errors.Is(err, fs.ErrNotExist) {
		return result, errors.New("the engine wrote no event log")
	}
	if err != nil {
		return result, err
	}
	defer file.Close()
	decoder := json.NewDecoder(bufio.NewReader(file))
	for {
		var e event
		if err := decoder.Decode(&e); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return result, fmt.Errorf("the engine's event log cannot be read: %w", err)
		}
		if e.ResourcePre != nil {
			result.addResource(e.ResourcePre.Metadata.Type, e.ResourcePre.Metadata.URN, e.ResourcePre.Metadata.Op)
			if m := e.ResourcePre.Metadata; m.Type == "kubernetes:apps/v1:Deployment" && m.New != nil && slices.Contains([]string{"create", "update", "create-replacement"}, m.Op) {
				d := planned{urn: m.URN}
				if err := json.Unmarshal(m.New.Inputs, &d.inputs); err != nil {
					return result, fmt.Errorf("the engine's event log cannot be read: %s: %w", m.URN, err)
				}
				result.deployments = append(result.deployments, d)
			}
		}
		if e.Diagnostic != nil && (e.Diagnostic.Severity == "error" || e.Diagnostic.Severity == "warning") {
			result.Diagnostics = append(result.Diagnostics, Diagnostic{
				Severity: e.Diagnostic.Severity,
				URN:      e.Diagnostic.URN,
				Message:  strings.TrimSpace(colorTag.ReplaceAllString(e.Diagnostic.Message, "")),
			})
		}
	}
	slices.SortFunc(result.Resources, func(a, b Resource) int {
		if c := strings.Compare(a.Type, b.Type); c != 0 {
			return c
		}
		return strings.Compare(a.URN, b.URN)
	})
	return result, nil
}

// colorTag matches the engine's own colour markup.
var colorTag = lazyregexp.New(`<\{%[^%]*%\}>`)

func (r *Result) addResource(token, urn, op string) {
	name := urn[strings.LastIndex(urn, "::")+2:]
	defaultProvider := strings.HasPrefix(token, "pulumi:providers:") && strings.HasPrefix(name, "default")
	if token == "pulumi:pulumi:Stack" || defaultProvider || onlyRead(op) {
		return
	}
	r.Resources = append(r.Resources, Resource{Type: token, Name: name, Op: op, URN: urn})
}

// onlyRead reports whether a step is of a resource that the program reads and does not
// manage.
func onlyRead(op string) bool {
	return slices.Contains([]string{"read", "read-replacement", "discard", "discard-replaced"}, op)
}

// fromProvider reports whether a provider as such failed (no plugin, no
// credentials, no cluster) and not one resource of the program.
func (d Diagnostic) fromProvider() bool { return strings.Contains(d.URN, "::pulumi:providers:") }
