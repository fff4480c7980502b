package spectest

// place picks services that only one target has, and takes away what that would cut: calls
// across targets, but for those of pods that sign them, and services that nobody may call.
func (g *generator) place() {
	g.only = make([]string, len(g.names))
	for i := range g.only {
		if i > 0 && g.IntN(6) == 0 { // the first is on both, so that each target has one
			g.only[i] = g.one("lambda", "kubernetes")
		}
	}
	on := func(i int, target string) bool { return g.only[i] == "" || g.only[i] == target }
	g.signs = make([]bool, len(g.names))
	for i, calls := range g.calls {
		for j := range calls {
			across := g.only[j] != "" && g.only[j] != g.only[i]
			signed := across && g.only[j] == "lambda" && g.internal[j]
			g.signs[i] = g.signs[i] || calls[j] && signed
			calls[j] = calls[j] && (!across || signed || g.anything)
		}
	}
	for j := range g.internal {
		for _, target := range []string{"lambda", "kubernetes"} {
			called := false
			for i, calls := range g.calls {
				called = called || calls[j] && (on(i, target) || target == "lambda" && g.only[j] == "lambda")
			}
			g.internal[j] = g.internal[j] && (called || !on(j, target))
		}
	}
}
