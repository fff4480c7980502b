package awsapi

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
)

// Resource is a resource of a stack, as the engine keeps it.
type Resource struct {
	URN, Type, ID   string
	Custom          bool // and no component
	Inputs, Outputs map[string]any
}

// Resources returns the resources in AWS of a stack's state, in the order in which they
// were created.
func Resources(state []byte) ([]Resource, error) {
	var kept struct {
		Checkpoint struct {
			Latest struct{ Resources []Resource }
		}
	}
	if err := json.Unmarshal(state, &kept); err != nil {
		return nil, err
	}
	return slices.DeleteFunc(kept.Checkpoint.Latest.Resources, func(r Resource) bool {
		return !r.Custom || !strings.HasPrefix(r.Type, "aws:")
	}), nil
}

// output returns an output, or the ID as one: the engine keeps it apart.
func (r Resource) output(name string) any {
	if name == "id" {
		return r.ID
	}
	return r.Outputs[name]
}

// Account is an account of AWS, in moto, that stacks are deployed to.
type Account struct {
	Taken, LeftOut int      // calls
	ReadBack       int      // those whose effect moto was asked for
	Problems       []string // what moto refuses, or has otherwise than was asked

	models  *Models
	moto    *Moto
	region  string
	created map[string]bool   // by ARN
	subnets int               // that were given away
	drawn   map[string]string // what moto calls that to which the engine's stand-in gave an ID
}

// NewAccount returns an empty account. The resources of others are gone.
func NewAccount(models *Models, moto *Moto, region string) (*Account, error) {
	return &Account{models: models, moto: moto, region: region, created: map[string]bool{}, drawn: map[string]string{}}, moto.Reset()
}

// Provide creates the queue or the bucket of an ARN, as somebody else would have, unless
// a stack did.
func (a *Account) Provide(arn string) error {
	if a.created[arn] {
		return nil
	}
	a.created[arn] = true
	name := arn[strings.LastIndex(arn, ":")+1:]
	queue := map[string]any{"QueueName": name}
	if strings.HasSuffix(name, ".fifo") {
		queue["Attributes"] = map[string]any{"FifoQueue": "true"}
	}
	c := Call{"s3", "CreateBucket", a.inRegion(map[string]any{"Bucket": name})}
	if strings.HasPrefix(arn, "arn:aws:sqs:") {
		c = Call{"sqs", "CreateQueue", queue}
	}
	_, refused, err := a.moto.call(a.region, c)
	if refused != "" {
		err = fmt.Errorf("%s: %s", arn, refused)
	}
	return err
}

// inRegion adds the region in which a bucket is to be: us-east-1 has no such name.
func (a *Account) inRegion(input map[string]any) map[string]any {
	if a.region != "us-east-1" {
		input["CreateBucketConfiguration"] = map[string]any{"LocationConstraint": a.region}
	}
	return input
}

// Deploy sends the calls that create the resources, in order, and reads back what moto
// has then. References to what was created before, in this stack or in one before it,
// become those that moto knows.
func (a *Account) Deploy(resources []Resource) error {
	for _, r := range resources {
		if arn, ok := r.Outputs["arn"].(string); ok {
			a.created[arn] = true
		}
		calls, err := a.models.Calls(r.Type, r.Inputs)
		if err != nil {
			return err
		}
		for i, c := range calls {
			if err := a.provideNetwork(c.Input); err != nil {
				return err
			}
			c.Input = a.known(c.Input).(map[string]any)
			if c.Operation == "CreateBucket" {
				c.Input = a.inRegion(c.Input)
			}
			delete(c.Input, "Layers") // another account's, which moto has none of
			answer, refused, err := a.moto.call(a.region, c)
			if err != nil {
				return err
			}
			why, listed := beyondMoto()[c.API+" "+c.Operation]
			switch {
			case refused != "" && listed:
				a.LeftOut++
				continue
			case refused != "":
				a.report(r, "moto refuses %s: %s\ninput: %s", c.Operation, refused, compact(c.Input))
				continue
			case listed:
				a.report(r, "moto takes %s, of which the list says: %s", c.Operation, why)
			}
			a.Taken++
			if i == 0 {
				a.compareOutputs(r, answer)
			}
			if err := a.readBack(r, c, answer); err != nil {
				return err
			}
		}
	}
	return nil
}

func (a *Account) report(r Resource, format string, arguments ...any) {
	a.Problems = append(a.Problems, r.URN+":\n"+fmt.Sprintf(format, arguments...))
}

// known puts moto's IDs in place of the stand-in's.
func (a *Account) known(value any) any {
	switch value := value.(type) {
	case string:
		if motos, whole := a.drawn[value]; whole {
			return motos
		}
		for _, id := range slices.Sorted(maps.Keys(a.drawn)) {
			value = strings.ReplaceAll(value, id, a.drawn[id])
		}
		return value
	case []any:
		list := make([]any, len(value))
		for i, element := range value {
			list[i] = a.known(element)
		}
		return list
	case map[string]any:
		members := map[string]any{}
		for name, member := range value {
			members[name] = a.known(member)
		}
		return members
	default:
		return value
	}
}

// compareOutputs notes the IDs that moto drew, and holds the ARNs and URLs that the
// engine's stand-in made up to moto's: a stand-in with another form would let a stack
// pass that refers to what does not exist.
func (a *Account) compareOutputs(r Resource, answer map[string]any) {
	entry := outputsOf()[r.Type]
	for field := range strings.FieldsSeq(entry.drawn) {
		name, path, _ := strings.Cut(field, ":")
		mine, _ := r.output(name).(string)
		motos, _ := memberAt(answer, path).(string)
		if mine == "" || motos == "" {
			a.report(r, "output %s is %q, moto's %s %q", name, mine, path, motos)
			continue
		}
		a.drawn[mine] = motos
	}
	for field := range strings.FieldsSeq(entry.same) {
		name, path, _ := strings.Cut(field, ":")
		if mine, motos := a.known(r.output(name)), memberAt(answer, path); mine != motos {
			a.report(r, "output %s is %v, moto's %s %v", name, mine, path, motos)
		}
	}
}

// readBack asks moto for what a call set, and holds it to what was asked.
func (a *Account) readBack(r Resource, c Call, answer map[string]any) error {
	read, ok := reads()[c.API+" "+c.Operation]
	if !ok {
		return nil
	}
	input := maps.Clone(read.with)
	if input == nil {
		input = map[string]any{}
	}
	for field := range strings.FieldsSeq(read.by) {
		name, from, other := strings.Cut(field, ":")
		if !other {
			from = name
		}
		if input[name] = c.Input[from]; input[name] == nil {
			input[name] = answer[from]
		}
	}
	got, refused, err := a.moto.call(a.region, Call{c.API, read.operation, input})
	if err != nil {
		return err
	}
	if refused != "" {
		a.report(r, "moto refuses %s after %s: %s\ninput: %s", read.operation, c.Operation, refused, compact(input))
		return nil
	}
	a.ReadBack++
	sent := memberAt(c.Input, read.sent)
	if members, ok := sent.(map[string]any); ok {
		sent = maps.Clone(members)
		for name := range strings.FieldsSeq(read.silent) {
			delete(sent.(map[string]any), name)
		}
	}
	if read.prepare != nil {
		sent = read.prepare(sent.(map[string]any))
	}
	for _, difference := range missing(sent, memberAt(got, read.answered), c.Operation) {
		a.report(r, "%s\ninput: %s\n%s: %s", difference, compact(c.Input), read.operation, compact(got))
	}
	return nil
}

// missing says which of the values that were sent are not among those of the answer.
func missing(sent, got any, path string) (differences []string) {
	switch wanted := sent.(type) {
	case map[string]any:
		members, ok := document(got).(map[string]any)
		if !ok {
			break
		}
		for name, value := range sorted(wanted) {
			differences = append(differences, missing(value, members[name], path+"."+name)...)
		}
		return differences
	case []any:
		elements, _ := got.([]any)
		if len(elements) != len(wanted) {
			break
		}
		for i, value := range wanted { // tags, for one, are in another order
			if !slices.ContainsFunc(elements, func(element any) bool { return missing(value, element, "") == nil }) {
				differences = append(differences, missing(value, elements[i], fmt.Sprintf("%s[%d]", path, i))...)
			}
		}
		return differences
	}
	if !reflect.DeepEqual(document(sent), document(got)) {
		return []string{fmt.Sprintf("%s: asked for %s, moto has %s", path, compact(sent), compact(got))}
	}
	return nil
}

// document reads what is a JSON document in a string: a policy, above all.
func document(value any) any {
	var read map[string]any
	if text, ok := value.(string); ok && json.Unmarshal([]byte(text), &read) == nil {
		return read
	}
	return value
}

// memberAt returns the member at a path of names, or all where there is none. In place of
// a list of one is what is in it: what was asked for by its name.
func memberAt(value any, path string) any {
	for name := range strings.FieldsFuncSeq(path, func(r rune) bool { return r == '.' }) {
		members, _ := value.(map[string]any)
		value = members[name]
		if list, ok := value.([]any); ok && len(list) == 1 {
			value = list[0]
		}
	}
	return value
}

func compact(value any) string {
	text, err := json.Marshal(value)
	if err != nil {
		return err.Error()
	}
	return string(text)
}
