package project

import (
	"encoding/json"
	"fmt"
	"io"

	"ambi/internal/inputfile"
	"ambi/internal/problem"
)

// maxOutputs bounds what is read of a stack's outputs.
const maxOutputs = 1 << 20

// DataOutputs reads what a deployed data stack exports; nil where the app has no data.
func (p *Project) DataOutputs(stdin io.Reader, name string) (map[string]any, error) {
	switch {
	case p.Resolved.Data.Empty() && name != "":
		return nil, problem.Flag("data", "%s has no data", p.SpecName)
	case p.Resolved.Data.Empty():
		return nil, nil
	case name == "":
		return nil, problem.New("--data must say where the data is").
			Hint("pulumi stack output --json -C stacks/data --stack main > data.json, then ambi render kubernetes --data data.json").Of(problem.Misuse)
	}
	outputs, err := ReadOutputs(stdin, "data", name)
	if err != nil {
		return nil, err
	}
	return outputs, p.checkOutputs(name, outputs)
}

// ReadOutputs reads the outputs of a stack as "pulumi stack output --json" prints them, from the
// file that a flag names; - is standard input.
func ReadOutputs(stdin io.Reader, flag, name string) (map[string]any, error) {
	in := stdin
	if name != "-" {
		file, err := inputfile.Open(flag, name, "\"pulumi stack output --json\" prints one, in the folder of the program")
		if err != nil {
			return nil, err
		}
		defer file.Close()
		in = file
	}
	text, err := io.ReadAll(io.LimitReader(in, maxOutputs+1))
	if err != nil {
		return nil, problem.As(problem.Machine, err)
	}
	var outputs map[string]any
	if err := json.Unmarshal(text, &outputs); err != nil || len(text) > maxOutputs {
		return nil, problem.Flag(flag, "%s must be the outputs of a stack, as JSON", name)
	}
	return outputs, nil
}

// checkOutputs says all that outputs lack.
func (p *Project) checkOutputs(name string, outputs map[string]any) error {
	needed := []string{"region"}
	if p.Resolved.Data.Switched() {
		needed = append(needed, "consumer")
	}
	for _, o := range p.Resolved.Data.Outputs() {
		needed = append(needed, o.Name())
	}
	var problems problem.List
	for _, key := range needed {
		if text, _ := outputs[key].(string); text == "" {
			problems.Add(problem.Flag("data", "%s lacks %s", name, key))
		}
	}
	if err := problems.Err(); err != nil {
		return problem.Hinted(fmt.Errorf("%w", err), "deploy stacks/data as it is now, and take its outputs again")
	}
	return nil
}
