package cost

// apiUnitBytes is what an HTTP API meters a call by: aws.amazon.com/api-gateway/pricing.
const apiUnitBytes = 512 << 10

// What one capacity unit of an Application Load Balancer holds, targets in
// containers: aws.amazon.com/elasticloadbalancing/pricing. Of the rules that
// are evaluated for a request, ten are free.
const (
	lcuNewConnections    = 25   // a second
	lcuActiveConnections = 3000 // sampled each minute
	lcuGB                = 1    // an hour
	lcuRules             = 1000 // evaluations a second
	lcuFreeRules         = 10
)

// Dimensions are the four that a load balancer's use is measured in, averaged
// over an hour.
type Dimensions struct {
	NewConnections    float64 // a second
	ActiveConnections float64
	GB                float64 // an hour, requests and responses
	Rules             float64 // evaluations a second, beyond the free ones
}

// LCUs is the number of capacity units that are billed: the largest of the
// four dimensions counts. It is proportional to traffic, so the mean rate gives
// a month's units whatever the shape.
func (d Dimensions) LCUs() float64 {
	return max(d.NewConnections/lcuNewConnections, d.ActiveConnections/lcuActiveConnections, d.GB/lcuGB, d.Rules/lcuRules)
}

func (d *Dimensions) add(more Dimensions) {
	d.NewConnections += more.NewConnections
	d.ActiveConnections += more.ActiveConnections
	d.GB += more.GB
	d.Rules += more.Rules
}

// dimensions are what a service's requests a second make of a load balancer.
func (s *service) dimensions(perSecond float64, k KubernetesChoices) Dimensions {
	connections := perSecond / k.RequestsPerConnection
	return Dimensions{
		NewConnections:    connections,
		ActiveConnections: connections * max(k.ConnectionTime.Std().Seconds(), s.duration),
		GB:                perSecond * s.payloadGB * 3600,
		Rules:             perSecond * s.rules,
	}
}
