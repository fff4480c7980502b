package lambda

import (
	"bytes"
	"embed"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"ambi/compare/simulate/replay"
	"ambi/internal/problem"
)

//go:embed starts.json
var embedded embed.FS

// Starts is how long runtimes take to initialize: Lambda's Init Duration, for a
// function that does nothing.
type Starts struct {
	Source string
	rows   []start
}

type start struct {
	Runtime      string    `json:"runtime"`
	Package      string    `json:"package"` // image or zip
	Architecture string    `json:"architecture"`
	MemoryMB     int       `json:"memoryMB"`
	N            int       `json:"n"`    // measurements
	Mean         float64   `json:"mean"` // milliseconds, of the measurements themselves
	Quantiles    []float64 `json:"quantiles"`
}

// probabilities are those of a row's quantiles.
func probabilities() []float64 { return []float64{0, .5, .9, .95, .99, 1} }

// EmbeddedStarts are those that come with ambi.
func EmbeddedStarts() (*Starts, error) {
	text, err := embedded.ReadFile("starts.json")
	if err != nil {
		return nil, err
	}
	var file struct {
		Source string  `json:"source"`
		Rows   []start `json:"rows"`
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&file); err != nil {
		return nil, fmt.Errorf("starts: %w", err)
	}
	for _, row := range file.Rows {
		if len(row.Quantiles) != len(probabilities()) {
			return nil, fmt.Errorf("starts: %s has %d quantiles", row.Runtime, len(row.Quantiles))
		}
	}
	return &Starts{Source: file.Source, rows: file.Rows}, nil
}

// Runtimes are the names of the runtimes, in order.
func (s *Starts) Runtimes() []string {
	var names []string
	for _, row := range s.rows {
		if !slices.Contains(names, row.Runtime) {
			names = append(names, row.Runtime)
		}
	}
	slices.Sort(names)
	return names
}

// Runtimes are those of the starts that come with ambi, which need not be read for it: the
// help of flags names them.
func Runtimes() []string {
	return []string{
		"dotnet10", "dotnet8", "dotnet8-aot", "go", "java21", "java25", "nodejs22.x", "nodejs24.x", "python3.13", "python3.14", "ruby3.4", "rust",
	}
}

// Of is the initialization of a runtime, in nanoseconds, at the memory that was
// measured and is nearest: memory hardly matters, since Lambda lets functions
// start with more CPU than they have later.
func (s *Starts) Of(runtime, packaging, architecture string, memoryMB int) (replay.Distribution, error) {
	var best *start
	for i := range s.rows {
		row := &s.rows[i]
		if row.Runtime != runtime || row.Package != packaging || row.Architecture != architecture {
			continue
		}
		if best == nil || distance(row.MemoryMB, memoryMB) < distance(best.MemoryMB, memoryMB) {
			best = row
		}
	}
	if best == nil {
		return replay.Distribution{}, problem.New("no starts of runtime %q as %s on %s are known", runtime, packaging, architecture).Of(problem.Misuse).
			Hint("known are %s, as image or zip, on arm64 and x86_64", strings.Join(s.Runtimes(), ", "))
	}
	return best.distribution()
}

func (r *start) distribution() (replay.Distribution, error) {
	quantiles := make([]replay.Quantile, len(r.Quantiles))
	for i, p := range probabilities() {
		// Tenths of a millisecond, so this is a whole number before it is rounded.
		quantiles[i] = replay.Quantile{Probability: p, Value: int64(float64(r.Quantiles[i]*10)+.5) * 100_000}
	}
	d, err := replay.Measured(quantiles, r.N)
	if err != nil {
		return d, fmt.Errorf("starts of %s as %s on %s: %w", r.Runtime, r.Package, r.Architecture, err)
	}
	return d, nil
}

func distance(a, b int) int { return max(a-b, b-a) }
