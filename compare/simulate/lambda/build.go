package lambda

import (
	"time"

	"ambi/compare/demand"
	"ambi/compare/price/cost"
	"ambi/compare/simulate/replay"
	"ambi/internal/problem"
	"ambi/target/lambda"
)

// Parameters are what neither an app's model nor its usage says.
type Parameters struct {
	// Runtime is what the code is written in; see Starts.Runtimes. Empty is go:
	// a program of its own, which starts on provided.al2023.
	Runtime string
	// Start is the app's own start, on a full core, beyond the runtime's. It is
	// not needed where the usage has a start, which is both together.
	Start demand.Maybe[time.Duration]
	// Placement is the mean time until an environment is there, image and all,
	// which is exponential. Unknown is UsualPlacement.
	Placement demand.Maybe[time.Duration]
	// Warm is how many idle environments there are when the trace begins; unknown is Settled.
	Warm    demand.Maybe[int]
	Account int // concurrency of the account, for this function; 0 is what an account has at first
	Retry   Retry
}

// UsualPlacement is a round number of ambi's, not a measurement: AWS says
// nothing of it, and Init Duration does not contain it.
const UsualPlacement = 100 * time.Millisecond

// For is how a service's function runs.
func For(service lambda.Service, usage demand.Traffic, choices cost.LambdaChoices, starts *Starts, p Parameters) (Config, error) {
	c := Defaults(service.MemoryMB)
	c.Timeout = time.Duration(service.TimeoutSeconds) * time.Second
	c.Provisioned, c.Reserved, c.Warm = service.Provisioned, service.Reserved, p.Warm.Or(Settled)
	c.KeepAlive, c.Retry = choices.KeepAlive.Std(), p.Retry
	switch choices.Door() {
	case cost.FunctionURL, cost.ALB: // which pass on what comes, for as long as a function runs
		c.API, c.APITimeout = Bucket{}, 0
	case cost.RESTAPI:
		c.APITimeout = lambda.RESTAPITimeoutSeconds * time.Second
	case cost.HTTPAPI: // as Defaults has it
	}
	if p.Account > 0 {
		c.Account = p.Account
	}
	if placement := p.Placement.Or(UsualPlacement); placement > 0 {
		c.Placement = replay.Exponential(float64(placement))
	}
	runtime, packaging := p.Runtime, "image"
	if runtime == "" {
		runtime = "go"
	}
	if service.Zip != "" {
		packaging = "zip"
	}
	init, err := starts.Of(runtime, packaging, service.Architecture, service.MemoryMB)
	if err != nil {
		return Config{}, err
	}
	// A start in the usage was seen as a whole. Only what the app adds to the
	// runtime is known to be slower with little memory.
	if whole, ok := usage.Start.Get(); ok && !p.Start.IsKnown() {
		if own := int64(whole) - int64(init.Mean()); own >= 0 {
			init = init.Plus(own)
		} else {
			init = init.Times(float64(whole) / init.Mean())
		}
	}
	c.Init, c.Start = init, p.Start.Or(0)
	if err := c.Check(); err != nil {
		return Config{}, problem.As(problem.Misuse, problem.In(service.Name, err))
	}
	return c, nil
}
