package kubernetes

import (
	"fmt"

	"example.com/golden/stacks/stacktest"
)

// bindsItsPort holds the pods to the setting that lets their user listen below port 1024.
func bindsItsPort(t stacktest.T, g *stacktest.Graph, w wanted, _ expectations) {
	g.One(t, deploymentType, w.name()).Want(t, "spec.template.spec.securityContext.sysctls[name=net.ipv4.ip_unprivileged_port_start].value",
		fmt.Sprint(w.port), "only root listens on such a port otherwise, and the app does not start")
}
