package generator

import (
	"path"

	"ambi/spec"
	"ambi/target/traffic"
)

// trafficView is the program of the traffic.
type trafficView struct {
	App                   string
	SettingsImport        string
	StacktestImport       string
	Domains               []traffic.Domain
	MaxWeight, TTLSeconds int
}

func newTrafficView(in Input) trafficView {
	return trafficView{
		App: in.App, Domains: in.Traffic.Domains, MaxWeight: traffic.MaxWeight, TTLSeconds: traffic.TTLSeconds,
		SettingsImport:  path.Join(in.Module, "stacks/settings"),
		StacktestImport: path.Join(in.Module, "stacks/stacktest"),
	}
}

// hosts are the settings that say where each target answers, by their names.
func (v trafficView) hosts() []string {
	var list []string
	for _, d := range v.Domains {
		for _, t := range spec.Targets() {
			list = append(list, d.Own(t))
		}
	}
	return list
}

// trafficFiles returns the files that the program of the traffic starts with. All of it goes to
// the first target: that is where the app is when a second one comes.
func trafficFiles(in Input) ([]File, error) {
	v := newTrafficView(in)
	view := struct {
		App, Region        string
		MaxWeight          int
		Hosts              []string
		Lambda, Kubernetes int
	}{in.App, region(in), v.MaxWeight, v.hosts(), 100, 0}
	if in.First == spec.Kubernetes {
		view.Lambda, view.Kubernetes = 0, 100
	}
	return startFiles(TrafficFolder, "traffic", view)
}

// TrafficPlan lists the resources that the program of the traffic would register, in the order
// of their declaration; none without a switch.
func TrafficPlan(in Input) []Resource {
	if in.Traffic == nil {
		return nil
	}
	var plan []Resource
	for _, d := range in.Traffic.Domains {
		for _, t := range spec.Targets() {
			plan = append(plan,
				Resource{Type: "aws:route53/record:Record", Name: d.Own(t), Domain: d.Name},
				Resource{Type: "aws:route53/healthCheck:HealthCheck", Name: d.Own(t), Domain: d.Name},
				Resource{Type: "aws:route53/record:Record", Name: d.Name + "-" + string(t), Domain: d.Name})
		}
	}
	return plan
}

// trafficPlaceholders stand for the settings of a stack that have no default.
func trafficPlaceholders(in Input) map[string]string {
	all := map[string]string{"zoneId": "Z0123456789ABCDEFGHIJ", "lambda": "100", "kubernetes": "0"}
	for _, host := range newTrafficView(in).hosts() {
		all[host] = "address.of." + host
	}
	return all
}
