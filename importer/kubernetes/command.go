package kubernetes

import (
	"slices"

	"ambi/importer/draft"
)

// command carries what the app's container starts in place of what its image does.
func (w *workload) command() {
	known := map[string]string{}
	env, _ := w.service.Get("env").(map[string]any)
	for name, value := range env {
		if text, plain := value.(string); plain {
			known[name] = text
		}
	}
	w.service.Command(w.Object, w.words("command", known), w.words("args", known))
}

// words are those of command or args, with the values of variables that are known.
func (w *workload) words(key string, known map[string]string) draft.Words {
	words := draft.Words{At: w.at.Get(key)}
	for _, item := range words.At.List() {
		word, unresolved := expand(item.String(), known)
		if unresolved != "" {
			words.Why = "refers to $(" + unresolved + "), which is no variable with a plain value, and a spec's command and args refer to no variables: have the app read it"
		}
		words.Expanded = words.Expanded || slices.ContainsFunc(reference.FindAllStringSubmatch(item.String(), -1), func(m []string) bool { return m[1] != "" })
		words.Words = append(words.Words, word)
	}
	return words
}
