package draft

import (
	"strings"
	"unicode"

	"ambi/importer/source"
)

// Words are what the source has for one half of what a container starts.
type Words struct {
	At       *source.Node // nil where the source does not say it
	Words    []string
	Expanded bool   // values of variables stand in place of references to them
	Why      string // why the words cannot come along; empty where they can
}

// Command sets what a service starts in place of what its image does. Command and args come
// along both or neither: one without the other would start something else.
func (s *Service) Command(o Object, command, args Words) {
	command.Why, args.Why = command.whyNot(), args.whyNot()
	if command.Why == "" && len(command.Words) > 0 && command.Words[0] == "" {
		command.Why = "names nothing to run"
	}
	kept := command.Why == "" && args.Why == ""
	carry := func(key string, half, other Words) {
		switch to := s.Path(key); {
		case half.At == nil:
		case half.Why != "":
			o.Leave(half.At, half.Why+"; the image's own command runs", true)
		case len(half.Words) == 0:
			o.Skip(half.At)
		case !kept:
			o.Leave(half.At, "goes with "+o.key(other.At)+", which is left out: the image's own command runs", true)
		case half.Expanded:
			s.Set(key, half.Words)
			o.Approximate(half.At, to, "has the values that the variables had: a spec's command and args refer to no variables", true)
		default:
			s.Set(key, half.Words)
			o.Carry(half.At, to)
		}
	}
	carry("command", command, args)
	carry("args", args, command)
}

// whyNot is why words cannot come along; empty where they can.
func (w Words) whyNot() string {
	switch {
	case w.Why != "":
		return w.Why
	case holdsSecret(w.Words):
		return "a word looks like a secret, and a spec holds none: have the app read a variable, and name it under secrets"
	case strings.ContainsFunc(strings.Join(w.Words, ""), func(c rune) bool { return unicode.IsControl(c) && c != '\n' && c != '\t' }):
		return "a word holds control characters"
	}
	return ""
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
