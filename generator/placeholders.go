package generator

import "strings"

// Placeholders lists the settings that a stack of the input's targets must have and that
// have no default, each with a value that the program takes. They stand for what a preview
// without accounts has no need of: none of them leads anywhere.
func Placeholders(in Input) map[string]string {
	all := map[string]string{}
	var config []value
	if in.Lambda != nil {
		config = append(config, lambdaTestConfig(in)...)
	}
	if in.Kubernetes != nil {
		config = append(config, kubernetesTestConfig(in)...)
	}
	for _, v := range config {
		// What begins with a provider's name the engine sets for itself, and a layer has a default.
		if !strings.Contains(v.Key, ":") && !strings.HasSuffix(v.Key, ".adapterLayer") {
			all[v.Key] = v.Value
		}
	}
	return all
}

// DataPlaceholders lists the same for a stack of the data: where data is that exists already.
func DataPlaceholders(in Input) map[string]string {
	all := map[string]string{}
	if in.Data == nil {
		return all
	}
	for _, demand := range newDataView(in).Demands() {
		all[demand.Key] = demand.Value
	}
	return all
}
