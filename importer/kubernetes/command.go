package kubernetes

import "slices"

// command carries what the app's container starts in place of what its image does.
func (w *workload) command() {
	known := map[string]string{}
	env, _ := w.service.Get("env").(map[string]any)
	for name, value := range env {
		if text, plain := value.(string); plain {
			known[name] = text
		}
	}
	for _, key := range []string{"command", "args"} {
		n := w.at.Get(key)
		if n == nil {
			continue
		}
		var words []string
		literal, missing := true, ""
		for _, item := range n.List() {
			word, unresolved := expand(item.String(), known)
			if unresolved != "" {
				missing = unresolved
			}
			literal = literal && !slices.ContainsFunc(reference.FindAllStringSubmatch(item.String(), -1), func(m []string) bool { return m[1] != "" })
			words = append(words, word)
		}
		if missing != "" {
			w.Leave(n, "refers to $("+missing+"), which no plain variable has: no variable is put into words, so have the app read it", true)
			continue
		}
		w.service.Command(w.Object, n, key, words, literal)
	}
}
