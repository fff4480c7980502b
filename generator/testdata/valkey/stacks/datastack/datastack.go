// Package datastack has what the data stack of quotes exports: where the caches
// of stacks/data are. ambi wrote it from app/app.yaml, and it is yours to edit.
package datastack

import (
	"errors"
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// project is the name of the Pulumi project in stacks/data.
const project = "quotes-data"

// Data is what the services use.
type Data struct {
	Region         pulumi.StringOutput // that all of it is in
	CacheValkey    Valkey
	SessionsValkey Valkey
}

// Valkey is a cache. Group is the security group that it is in.
type Valkey struct{ Host, Port, Group pulumi.StringOutput }

// Open reads what a data stack has. What it lacks is unknown in a preview, so that one can
// be made before the data stack is deployed, and an error in an update.
func Open(ctx *pulumi.Context, stack string) (*Data, error) {
	full := fmt.Sprintf("%s/%s/%s", ctx.Organization(), project, stack)
	reference, err := pulumi.NewStackReference(ctx, full, nil)
	if err != nil {
		return nil, err
	}
	r := &reader{ctx: ctx, reference: reference, stack: full}
	data := &Data{
		Region:         r.output("region"),
		CacheValkey:    r.valkey("cache"),
		SessionsValkey: r.valkey("sessions"),
	}
	return data, errors.Join(r.errs...)
}

// reader reads the outputs of a stack.
type reader struct {
	ctx       *pulumi.Context
	reference *pulumi.StackReference
	stack     string
	errs      []error
}

func (r *reader) valkey(name string) Valkey {
	return Valkey{Host: r.output(name + ".host"), Port: r.output(name + ".port"), Group: r.output(name + ".group")}
}

// output is text by its name: unknown where a preview finds none.
func (r *reader) output(name string) pulumi.StringOutput {
	if text := r.text(name); text != "" {
		return pulumi.String(text).ToStringOutput()
	}
	return pulumi.UnsafeUnknownOutput(nil).ApplyT(func(any) string { return "" }).(pulumi.StringOutput)
}

// text reads an output by its name. Of one that the stack lacks, Pulumi itself says nothing:
// it waits for ever, or passes on nothing at all.
func (r *reader) text(name string) string {
	details, err := r.reference.GetOutputDetails(name)
	if err != nil {
		r.errs = append(r.errs, fmt.Errorf("stack %s: %w\nhint: deploy stacks/data first", r.stack, err))
		return ""
	}
	text, _ := details.Value.(string)
	switch {
	case text != "":
	case r.ctx.DryRun():
		r.errs = append(r.errs, r.ctx.Log.Warn(fmt.Sprintf("stack %s has no output %s yet: deploy stacks/data before this stack", r.stack, name), nil))
	default:
		r.errs = append(r.errs, fmt.Errorf("stack %s has no output %s\nhint: deploy stacks/data first", r.stack, name))
	}
	return text
}
