package spec

import (
	"fmt"
	"strings"
)

func (v *validator) scale(path string, s Scale) {
	var metrics []string
	for _, key := range []string{"cpu", "memory", "requests", "backlog"} {
		if v.app.Given(child(path, key)) {
			metrics = append(metrics, key)
		}
	}
	if n := len(metrics); n > 1 {
		last := metrics[n-1]
		v.fail(child(path, last), fmt.Sprintf("scale.%s and scale.%s: choose one", strings.Join(metrics[:n-1], ", scale."), last))
	}
	if backlog := path + ".backlog"; v.app.Given(backlog) && v.app.Given(parent(path)+".http") {
		v.fail(backlog, "is only for a service with queue or uploads", "scale.requests counts requests")
	}
	if s.Min > s.Max && v.sound(path+".max") {
		limit := "scale.max"
		if !v.app.Given(path + ".max") {
			limit += "'s default"
		}
		v.fail(path+".min", fmt.Sprintf("must be at most %s of %d, got %d", limit, s.Max, s.Min))
	}
}
