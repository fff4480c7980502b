package spec

import (
	"fmt"
	"strings"
)

// minScaleRate is the least rate of requests, a second, that pods scale by:
// Kubernetes' metrics count in thousandths.
const minScaleRate = 0.001

func (v *validator) scale(path string, s Scale) {
	var metrics []string
	for _, key := range []string{"cpu", "memory", "requests"} {
		if v.app.Given(child(path, key)) {
			metrics = append(metrics, key)
		}
	}
	if n := len(metrics); n > 1 {
		last := metrics[n-1]
		v.fail(child(path, last), fmt.Sprintf("scale.%s and scale.%s: name one", strings.Join(metrics[:n-1], ", scale."), last))
	}
	if requests := path + ".requests"; v.app.Given(requests) && s.Requests.PerSecond() < minScaleRate-1e-9 {
		v.fail(requests, fmt.Sprintf("must be at least %g/s, got %s", minScaleRate, v.text(requests, s.Requests)))
	}
	if s.Min > s.Max && v.sound(path+".max") {
		limit := "scale.max"
		if !v.app.Given(path + ".max") {
			limit += "'s default"
		}
		v.fail(path+".min", fmt.Sprintf("must be at most %s of %d, got %d", limit, s.Max, s.Min))
	}
}
