package stacktest

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi/config"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi/internals"
)

// thing is a resource with an input, echoed as an output, and an output that
// only its provider knows.
type thing struct {
	pulumi.CustomResourceState

	Given    pulumi.StringOutput    `pulumi:"given"`
	Computed pulumi.StringOutput    `pulumi:"computed"`
	Tags     pulumi.StringMapOutput `pulumi:"tags"`
	Count    pulumi.IntOutput       `pulumi:"count"`
	Ready    pulumi.BoolOutput      `pulumi:"ready"`
	Optional pulumi.StringPtrOutput `pulumi:"optional"`
	Any      pulumi.AnyOutput       `pulumi:"any"`
	List     pulumi.ArrayOutput     `pulumi:"list"`
}

func newThing(ctx *pulumi.Context, name string, inputs pulumi.Map, opts ...pulumi.ResourceOption) (*thing, error) {
	var it thing
	return &it, ctx.RegisterResource("test:index:Thing", name, inputs, &it, opts...)
}

// program declares two things, the second with an input made by use of the first.
func program(use func(ctx *pulumi.Context, first *thing) pulumi.Input) pulumi.RunFunc {
	return func(ctx *pulumi.Context) error {
		first, err := newThing(ctx, "first", pulumi.Map{"given": pulumi.String("text")})
		if err != nil {
			return err
		}
		_, err = newThing(ctx, "second", pulumi.Map{"given": use(ctx, first)})
		return err
	}
}

// Plain mocks let most of these programs pass, and wait for ever for two. What
// they let pass besides, an error in an ApplyT that nobody uses, LostErrors finds.
func TestFaultyPrograms(t *testing.T) {
	for name, c := range map[string]struct {
		program pulumi.RunFunc
		want    string
	}{
		"an output that no provider computes reaches an input": {
			program(func(_ *pulumi.Context, first *thing) pulumi.Input { return first.Tags.MapIndex(pulumi.String("none")) }),
			"second (test:index:Thing).given: the output used here is empty",
		},
		"a function makes an output empty": {
			program(func(_ *pulumi.Context, first *thing) pulumi.Input {
				return first.Computed.ApplyT(func(string) *string { return nil })
			}),
			"second (test:index:Thing).given: the output used here is empty",
		},
		"an empty output is deep in an input": {
			program(func(_ *pulumi.Context, first *thing) pulumi.Input {
				return pulumi.Map{"a": pulumi.Array{pulumi.String(""), pulumi.StringMap{"b": first.Tags.MapIndex(pulumi.String("none"))}}}
			}),
			"second (test:index:Thing).given.a[1].b: the output used here is empty",
		},
		"an unknown output reaches an input": {
			program(func(*pulumi.Context, *thing) pulumi.Input { return pulumi.UnsafeUnknownOutput(nil) }),
			"second (test:index:Thing).given: the output used here is unknown",
		},
		"an empty output is exported": {
			func(ctx *pulumi.Context) error {
				first, err := newThing(ctx, "first", nil)
				ctx.Export("tag", first.Tags.MapIndex(pulumi.String("none")))
				return err
			},
			"export tag: the output used here is empty",
		},
		"an error reaches an export only": {
			func(ctx *pulumi.Context) error {
				first, err := newThing(ctx, "first", nil)
				ctx.Export("name", first.Computed.ApplyT(func(string) (string, error) { return "", errors.New("boom") }))
				return err
			},
			"boom",
		},
		"an error reaches an input": {
			program(func(_ *pulumi.Context, first *thing) pulumi.Input {
				return first.Computed.ApplyT(func(string) (string, error) { return "", errors.New("boom") })
			}),
			"boom",
		},
		"two resources of one name": {
			func(ctx *pulumi.Context) error {
				if _, err := newThing(ctx, "twin", nil); err != nil {
					return err
				}
				_, err := newThing(ctx, "twin", nil)
				return err
			},
			"twin (test:index:Thing) is declared twice",
		},
		"a call whose failure the program ignores": {
			func(ctx *pulumi.Context) error {
				var answer struct{}
				_ = ctx.Invoke("test:index:getThing", pulumi.Map{}, &answer)
				return nil
			},
			"the program calls test:index:getThing",
		},
		"the program's own error": {
			func(*pulumi.Context) error { return errors.New("boom") },
			"boom",
		},
		"an output that is never resolved": {
			program(func(ctx *pulumi.Context, _ *thing) pulumi.Input {
				output, _, _ := ctx.NewOutput()
				return output
			}),
			"still waiting for the value of second (test:index:Thing).given\nhint: an output that is never resolved",
		},
		"an output that is never resolved, nor used": {
			func(ctx *pulumi.Context) error {
				_, _, _ = ctx.NewOutput()
				return nil
			},
			"not done after",
		},
		"a control that must pass": {
			program(func(_ *pulumi.Context, first *thing) pulumi.Input { return first.Computed }), "",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := deploy(c.program, nil, time.Second)
			if c.want == "" {
				if err != nil {
					t.Errorf("fails: %v", err)
				}
			} else if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("fails with %v, want %q", err, c.want)
			}
		})
	}
}

// A computed output is "" under plain mocks, which an assertion on "/*/*" lets pass.
func TestFakesNameTheirOutput(t *testing.T) {
	graph := Run(t, program(func(_ *pulumi.Context, first *thing) pulumi.Input {
		return pulumi.Map{
			"given": first.Given, "computed": pulumi.Sprintf("%s/*/*", first.Computed), "id": first.ID(),
			"tag": first.Tags.MapIndex(pulumi.String("fake")), "count": first.Count, "ready": first.Ready,
			"optional": first.Optional, "any": first.Any, "element": first.List.Index(pulumi.Int(0)),
		}
	}), nil)
	first, second := graph.One(t, "test:index:Thing", "first"), graph.One(t, "test:index:Thing", "second")
	for input, want := range map[string]any{
		"given":    "text",
		"computed": "fake:test:index:Thing:first.computed/*/*",
		"id":       "fake:test:index:Thing:first.id",
		"tag":      "fake:test:index:Thing:first.tags.fake",
		"optional": "fake:test:index:Thing:first.optional",
		"any":      "fake:test:index:Thing:first.any",
		"element":  "fake:test:index:Thing:first.list[0]",
		"count":    first.Output("count"),
		"ready":    true,
	} {
		second.Want(t, "given."+input, want, "it comes from the first", first)
	}
	if count, _ := first.Output("count").(float64); count < 1000 {
		t.Errorf("the fake number %v could be a real one", count)
	}
}

// Literals may be empty: an environment variable, the API group "" of Kubernetes.
func TestEmptyLiteralsAreMeant(t *testing.T) {
	Run(t, program(func(*pulumi.Context, *thing) pulumi.Input { return pulumi.StringMap{"EMPTY": pulumi.String("")} }), nil)
}

func TestNoDryRun(t *testing.T) {
	t.Setenv(pulumi.EnvDryRun, "true")
	ran := make(chan bool, 1)
	Run(t, program(func(_ *pulumi.Context, first *thing) pulumi.Input {
		return first.Computed.ApplyT(func(string) string { ran <- true; return "made" })
	}), nil)
	if len(ran) == 0 {
		t.Error("the function inside ApplyT did not run, nor would an assertion in it")
	}
}

func TestConfiguration(t *testing.T) {
	Run(t, func(ctx *pulumi.Context) error {
		if got := config.Get(ctx, Project+":size"); got != "large" {
			return fmt.Errorf("the project's key is %q", got)
		}
		if got := config.Get(ctx, "aws:region"); got != "nowhere" {
			return fmt.Errorf("another namespace's key is %q", got)
		}
		if got, want := os.Getenv(pulumi.EnvConfig), `{"aws:region":"nowhere","project:size":"large"}`; got != want {
			return fmt.Errorf("the environment has %s, want %s", got, want)
		}
		return nil
	}, map[string]string{"size": "large", "aws:region": "nowhere"})
}

// A component's children are told apart by their parent's type, as in Pulumi.
func TestComponents(t *testing.T) {
	graph := Run(t, func(ctx *pulumi.Context) error {
		for _, kind := range []string{"test:index:A", "test:index:B"} {
			component := &pulumi.ResourceState{}
			if err := ctx.RegisterComponentResource(kind, "parent", component); err != nil {
				return err
			}
			if _, err := newThing(ctx, "child", nil, pulumi.Parent(component)); err != nil {
				return err
			}
		}
		return nil
	}, nil)
	if got := len(graph.Resources); got != 4 {
		t.Errorf("%d resources are recorded, want 4: %v", got, graph.Names())
	}
}

func TestWant(t *testing.T) {
	graph := Run(t, func(ctx *pulumi.Context) error {
		first, err := newThing(ctx, "first", pulumi.Map{"given": pulumi.String("text")})
		if err != nil {
			return err
		}
		_, err = newThing(ctx, "second", pulumi.Map{
			"number": pulumi.Int(1), "from": first.Given, "literal": pulumi.String("text"), "secret": pulumi.ToSecret(pulumi.String("hidden")),
			"file": pulumi.NewFileArchive("app.zip"), "text": pulumi.NewFileAsset("note.txt"),
			"list": pulumi.Array{pulumi.StringMap{"name": pulumi.String("a.b"), "value": pulumi.String("v")}}, "map": pulumi.StringMap{"x.y/z": pulumi.String("w")},
		}, pulumi.DependsOn([]pulumi.Resource{first}), pulumi.Timeouts(&pulumi.CustomTimeouts{Create: "5m"}))
		ctx.Export("a.b", first.Computed)
		ctx.Export("number", pulumi.Int(1))
		ctx.Export("list", pulumi.ToStringArray([]string{"v"}))
		return err
	}, nil)
	first, second := graph.One(t, "test:index:Thing", "first"), graph.One(t, "test:index:Thing", "second")
	second.Want(t, "number", 1, "")
	second.Want(t, "from", "text", "", first)
	second.Want(t, "secret", "hidden", "")
	second.Want(t, "file", "app.zip", "")
	second.Want(t, "text", "note.txt", "")
	second.Want(t, "list[name=a.b].value", "v", "")
	second.Want(t, "list[0].value", "v", "")
	second.Want(t, `map["x.y/z"]`, "w", "")
	second.Want(t, "absent", nil, "")
	graph.Exports.Want(t, `["a.b"]`, first.Output("computed"), "")
	graph.Exports.Want(t, "list[0]", "v", "")
	if got := graph.Exports.Input("number"); got != 1.0 {
		t.Errorf("an exported number is a %T", got)
	}
	if got := second.Request.GetCustomTimeouts().GetCreate(); got != "5m" {
		t.Errorf("the timeout is %q, want 5m", got)
	}

	for want, check := range map[string]func(T){
		`second (test:index:Thing): number is 1, want 2: because`:        func(t T) { second.Want(t, "number", 2, "because") },
		`second (test:index:Thing): number is 1, want "1": because`:      func(t T) { second.Want(t, "number", "1", "because") },
		`second (test:index:Thing): absent is missing, want "": because`: func(t T) { second.Want(t, "absent", "", "because") },
		`second (test:index:Thing): number is 1, want missing: because`:  func(t T) { second.Want(t, "number", nil, "because") },
		`literal is not made from an output of first`:                    func(t T) { second.Want(t, "literal", "text", "because", first) },
		`list[7] is missing`:            func(t T) { second.Want(t, "list[7]", "v", "because") },
		`list[name=z].value is missing`: func(t T) { second.Want(t, "list[name=z].value", "v", "because") },
		`number is 1, want "output typo of first (test:index:Thing), which`: func(t T) { second.Want(t, "number", first.Output("typo"), "because") },
		`third (test:index:Thing) is not declared`:                          func(t T) { graph.One(t, "test:index:Thing", "third").Want(t, "absent", nil, "because") },
		`x is missing, want "y"`:                                            func(t T) { (&Resource{}).Want(t, "x", "y", "because", first) },
	} {
		var told Complaints
		check(&told)
		if len(told) == 0 || !strings.Contains(told[0], want) {
			t.Errorf("a failing check says %q, want %q", told, want)
		}
	}
}

// The dependency that DependsOn alone names is kept apart from those of inputs.
func TestNeeds(t *testing.T) {
	graph := Run(t, func(ctx *pulumi.Context) error {
		first, err := newThing(ctx, "first", nil)
		if err != nil {
			return err
		}
		other, err := newThing(ctx, "other", nil)
		if err != nil {
			return err
		}
		_, err = newThing(ctx, "second", pulumi.Map{"from": first.Computed}, pulumi.DependsOn([]pulumi.Resource{other}))
		return err
	}, nil)
	second := graph.One(t, "test:index:Thing", "second")
	want := fmt.Sprint(map[string][]string{
		"":     {graph.One(t, "test:index:Thing", "other").URN},
		"from": {graph.One(t, "test:index:Thing", "first").URN},
	})
	if got := fmt.Sprint(second.Needs); got != want {
		t.Errorf("needs %s, want %s", got, want)
	}
}

// The URNs must be Pulumi's own, or no dependency would ever be found.
func TestURN(t *testing.T) {
	var urn pulumi.URN
	graph := Run(t, func(ctx *pulumi.Context) error {
		first, err := newThing(ctx, "first", nil)
		if err != nil {
			return err
		}
		result, err := internals.UnsafeAwaitOutput(t.Context(), first.URN())
		urn, _ = result.Value.(pulumi.URN)
		return err
	}, nil)
	if got := graph.Resources[0].URN; got != string(urn) {
		t.Errorf("the URN is %q, want %q", got, urn)
	}
}

func TestLostErrors(t *testing.T) {
	for statement, lost := range map[string]bool{
		`o.ApplyT(f)`:                         true,
		`_ = o.ApplyT(f)`:                     true,
		`_ = o.ApplyT(f).(string)`:            true,
		"pulumi.All(o, o).\n\t\tApplyT(f)":    true,
		`o.ApplyTWithContext(ctx, f)`:         true,
		`if true { for { o.ApplyT(f) } }`:     true,
		`_, _ = 1, o.ApplyT(f)`:               true,
		`x := o.ApplyT(f); use(x)`:            false,
		`use(o.ApplyT(f))`:                    false,
		`return o.ApplyT(f).(string)`:         false,
		`x, err := both(o.ApplyT(f)); use(x)`: false,
		`apply(f); _, err := o.Other(f)`:      false,
	} {
		folder := t.TempDir()
		source := "package p\n\nfunc p() {\n\t" + statement + "\n}\n"
		if err := os.WriteFile(filepath.Join(folder, "p.go"), []byte(source), 0o600); err != nil {
			t.Fatal(err)
		}
		var told Complaints
		LostErrors(&told, folder)
		if got := len(told) == 1 && strings.Contains(told[0], "p.go:"); got != lost {
			t.Errorf("%s: reported: %q, want a report: %t", statement, told, lost)
		}
	}
	var told Complaints
	LostErrors(&told, t.TempDir())
	if len(told) == 0 {
		t.Error("a folder without Go files passes, where nothing was looked at")
	}
}
