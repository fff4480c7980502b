package compose

import (
	"strings"

	"github.com/mattn/go-shellwords"

	"ambi/importer/source"
)

// longestCommand bounds a command that is one text, in bytes.
const longestCommand = 16 << 10

// command carries what starts the app in place of what its image does. A text is split into
// words as a shell would, and nothing else of a shell is in it, as Compose has it.
func (im *importer) command(s *service) {
	for _, key := range []struct{ theirs, ours string }{{"entrypoint", "command"}, {"command", "args"}} {
		n := s.node.Get(key.theirs)
		if n == nil || n.Kind == source.Null {
			continue
		}
		words, why := im.words(n)
		switch {
		case why != "":
			s.Leave(n, why, true)
		case key.ours == "command" && strings.Join(words, "") == "":
			s.Leave(n, "an image's own entry point cannot be taken away: name what to run", true)
		default:
			s.draft.Command(s.Object, n, key.ours, words, true)
		}
	}
}

// words are a command's; why says what keeps them from being known.
func (im *importer) words(n *source.Node) (words []string, why string) {
	if n.Kind == source.Scalar {
		text, why := im.text(n)
		if why != "" {
			return nil, why
		}
		if len(text) > longestCommand {
			return nil, "is too long"
		}
		words, err := shellwords.Parse(text)
		if err != nil {
			return nil, "is no list of words: a quote is left open"
		}
		return words, ""
	}
	for _, item := range n.List() {
		word, why := im.text(item)
		if why != "" {
			return nil, why
		}
		words = append(words, word)
	}
	return words, ""
}
