package draft

import (
	"strings"
	"unicode"

	"ambi/importer/source"
)

// Command sets what the image of a service starts: key is command or args. It carries all of
// the words or none; literal says whether the source has them as they are here.
func (s *Service) Command(o Object, n *source.Node, key string, words []string, literal bool) {
	to := s.Path(key)
	switch {
	case len(words) == 0:
		o.Skip(n)
	case key == "command" && words[0] == "":
		o.Leave(n, "names nothing to run", true)
	case holdsSecret(words):
		o.Leave(n, "a word looks like a secret, and a spec holds none: have the app read a variable, and name it under secrets", true)
	case strings.ContainsFunc(strings.Join(words, ""), func(c rune) bool { return unicode.IsControl(c) && c != '\n' && c != '\t' }):
		o.Leave(n, "a word holds control characters", true)
	default:
		s.Set(key, words)
		if literal {
			o.Carry(n, to)
		} else {
			o.Approximate(n, to, "no variable is put into words: they hold what the variables had", true)
		}
	}
}

// holdsSecret reports whether any word seems to hold a secret, such as --token=abc, or to be
// followed by one.
func holdsSecret(words []string) bool {
	name := func(option string) string { return strings.ReplaceAll(strings.TrimLeft(option, "-"), "-", "_") }
	for i, word := range words {
		option, value, joined := strings.Cut(word, "=")
		if !joined && strings.HasPrefix(word, "-") && i+1 < len(words) && !strings.HasPrefix(words[i+1], "-") {
			value = words[i+1]
		}
		if Secret(name(option), value) || Secret("", word) {
			return true
		}
	}
	return false
}
