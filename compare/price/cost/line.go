package cost

import (
	"fmt"
	"math"
	"slices"

	"ambi/compare/demand"
	"ambi/compare/price"
	"ambi/spec"
)

// line is one kind of component: what a Model knows before quantities.
type line struct {
	name      string
	category  Category
	unit      string
	rate      *price.Rate // shared, and without tiers where there is nothing to pay
	formula   string
	note      string
	inputs    []demand.Input // what the quantity depends on
	elsewhere float64        // units that the rest of the account has used
	pool      int            // of the free allowance; -1 without
	after     int            // the line whose units come first in the same tiers; -1 without
	fixed     bool
	simulated bool // the quantity is from a simulation
}

// builder gathers the lines of a model. The first problem stays.
type builder struct {
	sheet   *price.Sheet
	choices Choices
	model   *Model
	free    *price.Rate // of what costs nothing
	// messages and batches say that messages reach some services, and that an invocation
	// gets several of them.
	messages, batches bool
	err               error
}

func newBuilder(target spec.Target, sheet *price.Sheet, app App, choices Choices) *builder {
	b := &builder{sheet: sheet, choices: choices, model: &Model{Target: target, lines: make([]line, 0, 32), names: map[string]int{}}, free: &price.Rate{}}
	b.err = choices.Check()
	for _, w := range app.Workloads {
		for _, input := range w.Missing() {
			b.model.missing = append(b.model.missing, Missing{w.Name, input})
		}
		if w.Events != nil {
			b.messages, b.batches = true, b.batches || w.Events.Batch > 1 && target == spec.Lambda
		}
	}
	return b
}

// add adds a line that is priced by key for each unit, and returns its number.
// A price for another unit is a programming error that a test would catch.
func (b *builder) add(key, unit string, l line) int {
	l.pool, l.after, l.rate = -1, -1, b.free
	if b.batches && slices.Contains(l.inputs, demand.Requests) {
		l.inputs = append(slices.Clip(l.inputs), demand.Batch)
	}
	if key != "" {
		rate, err := b.sheet.Shared(key)
		if err == nil && rate.Unit != unit {
			err = fmt.Errorf("price %s is for one %s, not one %s", key, rate.Unit, unit)
		}
		b.fail(err)
		if rate == nil {
			rate = b.free
		}
		l.rate, l.unit = rate, unit
		l.elsewhere = b.choices.Elsewhere[key]
		if l.note == "" {
			l.note = rate.Note
		}
		// API Gateway's, which price books of earlier versions have, ends after 12 months.
		if rate.Free > 0 && b.choices.FreeTier && key != "httpapi.requests" {
			l.pool = b.pool(key, rate.Free)
		}
	}
	b.model.lines = append(b.model.lines, l)
	return len(b.model.lines) - 1
}

// optional adds a line that is priced only when it is chosen: otherwise it is
// zero, and its price need not be known.
func (b *builder) optional(chosen bool, key, unit string, l line) int {
	if !chosen {
		key, l.inputs = "", nil
	}
	return b.add(key, unit, l)
}

// pool returns the number of a free allowance. Lambda's duration on both
// architectures shares one.
func (b *builder) pool(key string, free int64) int {
	switch key {
	case "lambda.duration.x86_64", "lambda.duration.arm64":
		key = "lambda.duration"
	case "logs.ingestion", "logs.ingestion.lambda":
		key = "logs"
	}
	n, ok := b.model.names[key]
	if !ok {
		n = len(b.model.pools)
		b.model.names[key] = n
		b.model.pools = append(b.model.pools, float64(free))
	}
	return n
}

func (b *builder) fail(err error) {
	if b.err == nil {
		b.err = err
	}
}

// part adds a kind's quantities to those of the lines that it has.
type part func(scale float64, quantities []float64)

// finish completes the model with its quantities: what the services have, and each kind's part.
func (b *builder) finish(quantify part, parts []part) (*Model, error) {
	if b.err != nil {
		return nil, b.err
	}
	n := len(b.model.lines)
	b.model.quantities, b.model.billed = make([]float64, n), make([]float64, n)
	b.model.quantify = quantify
	if len(parts) > 0 {
		b.model.quantify = func(scale float64, q []float64) {
			quantify(scale, q)
			for _, p := range parts {
				p(scale, q)
			}
		}
	}
	return b.model, nil
}

// number is a figure as a float64: not a number while it is unknown.
func number[T int64 | float64](m demand.Maybe[T]) float64 {
	if v, ok := m.Get(); ok {
		return float64(v)
	}
	return math.NaN()
}

// gib is how many bytes a GB has where AWS meters data.
const gib = 1 << 30
