// Package datastack has what the data stack of placed exports: where the buckets and queues
// of stacks/data are. ambi wrote it from app/app.yaml, and it is yours to edit.
package datastack

import (
	"errors"
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// project is the name of the Pulumi project in stacks/data.
const project = "placed-data"

// Data is what the services use.
type Data struct {
	Region     pulumi.StringOutput // that all of it is in
	JobsQueue  Queue
	MailsQueue Queue
	ScansQueue Queue

	consumer string // the target that takes messages from the queues
}

// Queue is a queue in SQS.
type Queue struct{ URL, ARN pulumi.StringOutput }

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
		Region:     r.output("region"),
		JobsQueue:  r.queue("jobs"),
		MailsQueue: r.queue("mails"),
		ScansQueue: r.queue("scans"),
	}
	data.consumer = r.text("consumer")
	return data, errors.Join(r.errs...)
}

// Active reports whether the stack of a target takes messages from the queues: as the
// setting says, or, where it is empty, if the data stack names that target as their consumer.
// A setting that disagrees with the data stack is not refused: it warns.
func (d *Data) Active(ctx *pulumi.Context, setting, target string) (bool, error) {
	named := d.consumer == target
	active := setting == "true" || setting == "" && named
	if active == named || d.consumer == "" { // which a preview does not know yet
		return active, nil
	}
	return active, ctx.Log.Warn(fmt.Sprintf("the setting active is %t, and the consumer that the data stack names is %s: both targets may take messages, or neither\nhint: pulumi config rm active", active, d.consumer), nil)
}

// reader reads the outputs of a stack.
type reader struct {
	ctx       *pulumi.Context
	reference *pulumi.StackReference
	stack     string
	errs      []error
}

func (r *reader) queue(name string) Queue {
	return Queue{URL: r.output(name + ".url"), ARN: r.output(name + ".arn")}
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
