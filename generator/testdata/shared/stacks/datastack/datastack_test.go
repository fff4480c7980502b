package datastack

import (
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi/internals"

	"example.com/golden/stacks/stacktest"
)

// deployed stands in for a data stack that has some outputs.
type deployed map[string]any

func (d deployed) NewResource(args pulumi.MockResourceArgs) (string, resource.PropertyMap, error) {
	return args.ID, resource.NewPropertyMapFromMap(map[string]any{"name": args.ID, "outputs": map[string]any(d)}), nil
}

func (deployed) Call(pulumi.MockCallArgs) (resource.PropertyMap, error) { return nil, nil }

// open reads a data stack in a preview or in an update, and says whether its region is known.
func open(t *testing.T, stack deployed, preview bool) (data *Data, known bool, err error) {
	t.Helper()
	failed := pulumi.RunErr(func(ctx *pulumi.Context) error {
		if data, err = Open(ctx, "main"); err != nil {
			return err
		}
		var region internals.UnsafeAwaitOutputResult
		region, err = internals.UnsafeAwaitOutput(ctx.Context(), data.Region)
		known = region.Known
		return err
	}, pulumi.WithMocks(stacktest.Project, stacktest.Stack, stack), func(info *pulumi.RunInfo) { info.DryRun = preview })
	return data, known, failed
}

// without is the outputs of a data stack but for one.
func without(name string) deployed {
	some := deployed{}
	for other, value := range stacktest.DataOutputs {
		if other != name {
			some[other] = value
		}
	}
	return some
}

// An update stops at what the data stack lacks; a preview goes on, for the data stack may
// come to have it before the update.
func TestMissingOutput(t *testing.T) {
	for name := range stacktest.DataOutputs {
		if _, _, err := open(t, without(name), false); err == nil || !strings.Contains(err.Error(), "has no output "+name) {
			t.Errorf("an update without %s: %v", name, err)
		}
		if _, _, err := open(t, without(name), true); err != nil {
			t.Errorf("a preview without %s: %v", name, err)
		}
	}
	if _, known, err := open(t, without("region"), true); known || err != nil {
		t.Errorf("what a preview does not find is known: %t, %v", known, err)
	}
	if _, known, err := open(t, without(""), true); !known || err != nil {
		t.Errorf("what a preview finds is known: %t, %v", known, err)
	}
}

func TestActive(t *testing.T) {
	data, _, err := open(t, without(""), false)
	if err != nil {
		t.Fatal(err)
	}
	consumer := stacktest.DataOutputs["consumer"].(string)
	for _, c := range []struct {
		setting, target string
		want, warns     bool
	}{
		{"", consumer, true, false},
		{"", "another", false, false},
		{"true", consumer, true, false},
		{"false", "another", false, false},
		{"true", "another", true, true},
		{"false", consumer, false, true},
	} {
		var log warnings
		got, failed := data.Active(&pulumi.Context{Log: &log}, c.setting, c.target)
		if failed != nil || got != c.want {
			t.Errorf("active %q on %s is %t: %v", c.setting, c.target, got, failed)
		}
		if said := strings.Contains(log.text, c.setting+", and the consumer that the data stack names is "+consumer); said != c.warns || said == (log.text == "") {
			t.Errorf("active %q on %s warns of %q", c.setting, c.target, log.text)
		}
	}
	var log warnings
	active, err := new(Data).Active(&pulumi.Context{Log: &log}, "true", consumer)
	if err != nil || !active || log.text != "" {
		t.Errorf("before the data stack is deployed, active is %t: %v, and warns of %q", active, err, log.text)
	}
}

// warnings keeps what Pulumi would show.
type warnings struct {
	pulumi.Log
	text string
}

func (w *warnings) Warn(text string, _ *pulumi.LogArgs) error {
	w.text += text
	return nil
}

func TestNoErrorIsLost(t *testing.T) {
	stacktest.LostErrors(t, ".")
}
