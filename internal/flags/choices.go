package flags

import (
	"maps"
	"strconv"
	"strings"

	"github.com/spf13/pflag"

	"ambi/compare/demand"
	"ambi/compare/price/cost"
	"ambi/internal/problem"
	"ambi/spec"
)

// Choices are the choices of how to run the app, as typed, by flag; a switch that is on is
// "true".
type Choices struct {
	values      map[string]*string
	switches    map[string]*bool
	Provisioned string
}

// Choice is one of cost.Choices as a flag.
type Choice struct {
	Flag   string
	Name   string      // the field that cost.Choices.Check has
	Target spec.Target // the only one that it is about; empty for both
	Usage  string
	// off and on are for a switch.
	IsSwitch bool
	Set      func(c *cost.Choices, text string) error
	Get      func(c cost.Choices) string
}

// both is the target of a choice that is about both.
const both spec.Target = ""

// Help is the flag's usage text.
func (c Choice) Help() string { return helpFor(c.Target, c.Usage) }

// helpFor says in a flag's usage text which target it is about.
func helpFor(t spec.Target, usage string) string {
	switch t {
	case spec.Lambda:
		return "Lambda: " + usage
	case spec.Kubernetes:
		return "Kubernetes: " + usage
	}
	return usage
}

// AllChoices are all flags of this kind, those of both targets first.
func AllChoices() []Choice {
	return []Choice{
		toggle("free-tier", "freeTier", both, "count AWS's free allowances", func(c *cost.Choices) *bool { return &c.FreeTier }, true),
		toggle("no-logs", "logs", both, "leave logs out", func(c *cost.Choices) *bool { return &c.Logs }, false),
		toggle("no-egress", "egress", both, "responses stay within AWS", func(c *cost.Choices) *bool { return &c.Egress }, false),
		number("hourly-rate", "hourlyRate", both, "what an hour of the team costs, in `DOLLARS`: shows how many hours a month turn the answer; 0 leaves hours out",
			func(c *cost.Choices) *float64 { return &c.Team.Rate }),
		number("lambda-hours", "lambdaHours", spec.Lambda, "the `HOURS` a month that the team works for it",
			func(c *cost.Choices) *float64 { return &c.Team.Lambda }),
		number("kubernetes-hours", "kubernetesHours", spec.Kubernetes, "the `HOURS` a month that the team works for it",
			func(c *cost.Choices) *float64 { return &c.Team.Kubernetes }),
		percentage("cdn", "cdn", both, "the `PERCENT` of the requests over HTTP that CloudFront answers in front of either target (default no CDN)", func(c *cost.Choices) *float64 { return &c.CDN }),
		worded("savings-plan", "savingsPlan", both, "a Compute Savings Plan, as `COVERAGE,TERM,SERVICE=PERCENT`, such as 80%,1y,ec2=28%,lambda=12%: shows the answer with it (default none)",
			func(c *cost.Choices) textual { return &c.Commitments.Savings }),
		worded("copies", "copies", both, "`COPIES` of the app beside production, such as stage=10%,dev=1%+shared+no-data+no-alarms, of its requests: shows the answer with them (default none)",
			func(c *cost.Choices) textual { return &c.Copies }),
		{
			Flag: "front-door", Name: "frontDoor", Target: spec.Lambda, Usage: "what clients call: `DOOR` is http-api, rest-api, function-url or alb (default http-api)",
			Set: func(c *cost.Choices, text string) error {
				c.Lambda.Through(cost.FrontDoor(text))
				return nil
			},
			Get: func(c cost.Choices) string { return string(c.Lambda.FrontDoor) },
		},
		toggle("function-url", "functionURL", spec.Lambda, "the same as --front-door function-url", func(c *cost.Choices) *bool { return &c.Lambda.FunctionURL }, true),
		length("keep-alive", "keepAlive", spec.Lambda, "the `TIME` that an idle environment lives", func(c *cost.Choices) *spec.Duration { return &c.Lambda.KeepAlive }),
		{
			Flag: "lambda-nat-gateways", Name: "natGateways", Target: spec.Lambda, Usage: "the `NUMBER` of NAT gateways of the functions' VPC (default 1 for functions in a VPC, else 0)",
			Set: func(c *cost.Choices, text string) error {
				n, err := parseWhole(text)
				c.Lambda.NATGateways = demand.Known(n)
				return err
			},
			Get: func(c cost.Choices) string {
				if n, known := c.Lambda.NATGateways.Get(); known {
					return strconv.Itoa(n)
				}
				return ""
			},
		},
		number("shared", "shared", spec.Kubernetes, "the `PART` of a shared cluster's fixed cost that the app bears, from 0 to 1; 0 is a cluster of its own",
			func(c *cost.Choices) *float64 { return &c.Kubernetes.Shared }),
		{
			Flag: "fargate", Name: "compute", Target: spec.Kubernetes, Usage: "Fargate instead of nodes: x86_64, in private subnets behind a NAT gateway", IsSwitch: true,
			Set: func(c *cost.Choices, _ string) error { c.Kubernetes.OnFargate(); return nil },
			Get: func(c cost.Choices) string { return on(c.Kubernetes.Compute == cost.Fargate) },
		},
		toggle("auto-mode", "autoMode", spec.Kubernetes, "EKS Auto Mode", func(c *cost.Choices) *bool { return &c.Kubernetes.AutoMode }, true),
		toggle("extended-support", "extended", spec.Kubernetes, "a version in extended support", func(c *cost.Choices) *bool { return &c.Kubernetes.Extended }, true),
		{
			Flag: "instance", Name: "instance", Target: spec.Kubernetes, Usage: "the nodes' EC2 `TYPE` (default m7g or m7i, as large as the pods need)",
			Set: func(c *cost.Choices, text string) error { c.Kubernetes.Instance = text; return nil },
			Get: func(c cost.Choices) string { return c.Kubernetes.Instance },
		},
		whole("min-nodes", "minNodes", spec.Kubernetes, "the `NUMBER` of nodes that are always there", func(c *cost.Choices) *int { return &c.Kubernetes.MinNodes }),
		percentage("utilization", "utilization", spec.Kubernetes, "the `PERCENT` of the nodes' CPU that is in use over a month, as clusters really run: 13% (default as few nodes as hold the replicas)",
			func(c *cost.Choices) *float64 { return &c.Kubernetes.Utilization }),
		worded("reserved-nodes", "reservedNodes", spec.Kubernetes, "nodes that are reserved all month, as `NODES,TERM,PERCENT` off their price, such as 2,1y,35%: shows the answer with them (default none)",
			func(c *cost.Choices) textual { return &c.Commitments.Reserved }),
		worded("spot", "spot", spec.Kubernetes, "spot nodes, as `SHARE,PERCENT[,RATE]`: their share, what is off their price, and of 100 nodes how many AWS takes back in a month, by which a simulation interrupts them, such as 60%,65%,5% (default none)",
			func(c *cost.Choices) textual { return &c.Commitments.Spot }),
		whole("disk", "diskGB", spec.Kubernetes, "`GB` of disk of a node", func(c *cost.Choices) *int { return &c.Kubernetes.DiskGB }),
		toggle("for-peak", "forPeak", spec.Kubernetes, "enough nodes for the peak at all times", func(c *cost.Choices) *bool { return &c.Kubernetes.ForPeak }, true),
		length("scale-in", "scaleIn", spec.Kubernetes, "the `TIME` that replicas and nodes stay after traffic falls", func(c *cost.Choices) *spec.Duration { return &c.Kubernetes.ScaleIn }),
		whole("nat-gateways", "natGateways", spec.Kubernetes, "the `NUMBER` of NAT gateways of the nodes", func(c *cost.Choices) *int { return &c.Kubernetes.NATGateways }),
		toggle("private-nodes", "publicNodes", spec.Kubernetes, "nodes without an IPv4 address", func(c *cost.Choices) *bool { return &c.Kubernetes.PublicNodes }, false),
		whole("zones", "zones", spec.Kubernetes, "the `NUMBER` of zones that the load balancer is in", func(c *cost.Choices) *int { return &c.Kubernetes.Zones }),
		number("requests-per-connection", "requestsPerConnection", spec.Kubernetes, "the `NUMBER` of requests over one connection to the load balancer",
			func(c *cost.Choices) *float64 { return &c.Kubernetes.RequestsPerConnection }),
		length("connection-time", "connectionTime", spec.Kubernetes, "the minimum `TIME` that such a connection lasts", func(c *cost.Choices) *spec.Duration { return &c.Kubernetes.ConnectionTime }),
		number("cross-zone", "crossZone", spec.Kubernetes, "the `PART` of the payload that crosses zones behind the load balancer, from 0 to 1",
			func(c *cost.Choices) *float64 { return &c.Kubernetes.CrossZone }),
	}
}

const provisionedUsage = "Lambda: the `NUMBER` of environments kept ready for each service, instead of the spec's"

// Register defines the flags, with the defaults of cost.Defaults.
func (f *Choices) Register(flags *pflag.FlagSet) {
	f.values, f.switches = map[string]*string{}, map[string]*bool{}
	for _, c := range AllChoices() {
		if c.IsSwitch {
			f.switches[c.Flag] = flags.Bool(c.Flag, false, c.Help())
			continue
		}
		usage := c.Help()
		if usual := c.Get(cost.Defaults()); usual != "" {
			usage += " (default " + usual + ")"
		}
		f.values[c.Flag] = flags.String(c.Flag, "", usage)
	}
	flags.StringVar(&f.Provisioned, "provisioned", "", provisionedUsage)
}

// NewChoices returns choices without any flag set.
func NewChoices() *Choices {
	f := &Choices{}
	f.Register(pflag.NewFlagSet("", pflag.ContinueOnError))
	return f
}

// Set sets a flag by its name, as if it had been typed.
func (f *Choices) Set(flag, text string) {
	switch {
	case flag == "provisioned":
		f.Provisioned = text
	case f.switches[flag] != nil:
		*f.switches[flag] = text == "true"
	default:
		*f.values[flag] = text
	}
}

// Text is a flag's value as it was typed.
func (f *Choices) Text(flag string) string {
	switch {
	case flag == "provisioned":
		return f.Provisioned
	case f.switches[flag] != nil:
		return on(*f.switches[flag])
	default:
		return *f.values[flag]
	}
}

// Over puts the flags over choices. All problems come back at once.
func (f *Choices) Over(c cost.Choices) (cost.Choices, error) {
	var problems problem.List
	flagOf := map[string]string{}
	for _, choice := range AllChoices() {
		text := ""
		if choice.IsSwitch {
			text = on(*f.switches[choice.Flag])
		} else {
			text = *f.values[choice.Flag]
		}
		if text == "" {
			continue
		}
		flagOf[choice.Name] = choice.Flag
		if err := choice.Set(&c, text); err != nil {
			problems.Add(problem.InFlag(choice.Flag, problem.As(problem.Misuse, err)))
		}
	}
	if len(problems) > 0 { // what could not be read would only be reported twice
		return c, problems
	}
	return c, toFlags(c.Check(), flagOf, func(string) bool { return true })
}

// OverApp is the app with the provisioned concurrency of the flag.
func (f *Choices) OverApp(app *spec.App) (*spec.App, error) {
	if f.Provisioned == "" {
		return app, nil
	}
	n, err := parseWhole(f.Provisioned)
	if err == nil && n > spec.MaxInstances {
		err = problem.New("must be 0 to %d, got %d", spec.MaxInstances, n)
	}
	if err != nil {
		return app, problem.InFlag("provisioned", problem.As(problem.Misuse, err))
	}
	changed := *app
	changed.Services = maps.Clone(app.Services)
	for name, s := range app.Services {
		service := *s
		service.Lambda.Provisioned = n
		changed.Services[name] = &service
	}
	return &changed, nil
}

// toggle is a switch that sets a choice to a value.
func toggle(flag, name string, target spec.Target, usage string, field func(*cost.Choices) *bool, to bool) Choice {
	return Choice{
		Flag: flag, Name: name, Target: target, Usage: usage, IsSwitch: true,
		Set: func(c *cost.Choices, _ string) error { *field(c) = to; return nil },
		Get: func(c cost.Choices) string { return on(*field(&c) == to) },
	}
}

func length(flag, name string, target spec.Target, usage string, field func(*cost.Choices) *spec.Duration) Choice {
	return Choice{
		Flag: flag, Name: name, Target: target, Usage: usage,
		Set: func(c *cost.Choices, text string) error { return field(c).UnmarshalText([]byte(text)) },
		Get: func(c cost.Choices) string { return field(&c).String() },
	}
}

func whole(flag, name string, target spec.Target, usage string, field func(*cost.Choices) *int) Choice {
	return Choice{
		Flag: flag, Name: name, Target: target, Usage: usage,
		Set: func(c *cost.Choices, text string) (err error) { *field(c), err = parseWhole(text); return err },
		Get: func(c cost.Choices) string { return strconv.Itoa(*field(&c)) },
	}
}

func number(flag, name string, target spec.Target, usage string, field func(*cost.Choices) *float64) Choice {
	return Choice{
		Flag: flag, Name: name, Target: target, Usage: usage,
		Set: func(c *cost.Choices, text string) (err error) { *field(c), err = parseNumber(text); return err },
		Get: func(c cost.Choices) string { return strconv.FormatFloat(*field(&c), 'f', -1, 64) },
	}
}

// percentage is a part, from more than 0 to 1, that is typed as a percentage; 0 where it is not given.
func percentage(flag, name string, target spec.Target, usage string, field func(*cost.Choices) *float64) Choice {
	return Choice{
		Flag: flag, Name: name, Target: target, Usage: usage,
		Set: func(c *cost.Choices, text string) error {
			percent, err := parseNumber(strings.TrimSuffix(text, "%"))
			if *field(c) = percent / 100; err == nil && percent == 0 {
				err = problem.New("must be at least 1%%, got %s", text)
			}
			return err
		},
		Get: func(c cost.Choices) string {
			if *field(&c) == 0 {
				return ""
			}
			return strconv.FormatFloat(100**field(&c), 'f', -1, 64)
		},
	}
}

// textual is a choice that reads and writes its own text.
type textual interface {
	Parse(text string) error
	String() string
}

func worded(flag, name string, target spec.Target, usage string, field func(*cost.Choices) textual) Choice {
	return Choice{
		Flag: flag, Name: name, Target: target, Usage: usage,
		Set: func(c *cost.Choices, text string) error { return field(c).Parse(text) },
		Get: func(c cost.Choices) string { return field(&c).String() },
	}
}

// on is a switch as text.
func on(is bool) string {
	if is {
		return "true"
	}
	return ""
}

// parseWhole reads a whole number that is not negative.
func parseWhole(text string) (int, error) {
	n, err := strconv.ParseUint(text, 10, 31)
	if err != nil {
		return 0, problem.New("must be a whole number such as 2, got %q", text)
	}
	return int(n), nil
}

// parseNumber reads a number that is not negative.
func parseNumber(text string) (float64, error) {
	n, err := strconv.ParseFloat(text, 64)
	if err != nil || !(n >= 0 && n <= 1e9) {
		return 0, problem.New("must be a number such as 0.25, got %q", text)
	}
	return n, nil
}
