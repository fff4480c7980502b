package spectest

// place picks services that only one target has, and takes away what that would cut: calls
// across targets, and services that nobody may call.
func (g *generator) place() {
	g.only = make([]string, len(g.names))
	for i := range g.only {
		if i > 0 && g.IntN(6) == 0 { // the first is on both, so that each target has one
			g.only[i] = g.one("lambda", "kubernetes")
		}
	}
	on := func(i int, target string) bool { return g.only[i] == "" || g.only[i] == target }
	for i, calls := range g.calls {
		for j := range calls {
			calls[j] = calls[j] && (g.only[j] == "" || g.only[j] == g.only[i])
		}
	}
	for j := range g.internal {
		for _, target := range []string{"lambda", "kubernetes"} {
			called := false
			for i, calls := range g.calls {
				called = called || calls[j] && on(i, target)
			}
			g.internal[j] = g.internal[j] && (called || !on(j, target))
		}
	}
}
