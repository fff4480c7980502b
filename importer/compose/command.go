package compose

import (
	"strings"

	"github.com/mattn/go-shellwords"

	"ambi/importer/draft"
	"ambi/importer/source"
)

// longestCommand bounds a command that is one text, in bytes.
const longestCommand = 16 << 10

// command carries what starts the app in place of what its image does. A text is split into
// words as a shell would, and nothing else of a shell is in it, as Compose has it. An empty
// entrypoint takes away the image's, and leaves the command as all that runs.
func (im *importer) command(s *service) {
	command, args := im.words(s.node.Get("entrypoint")), im.words(s.node.Get("command"))
	if command.At != nil && command.Why == "" && strings.Join(command.Words, "") == "" {
		if len(args.Words) > 0 || args.Why != "" {
			s.Skip(command.At)
			command, args = args, draft.Words{}
		} else {
			command.Why = "an image's own entry point cannot be taken away: name what to run"
		}
	}
	s.draft.Command(s.Object, command, args)
}

// words are those of an entrypoint or a command.
func (im *importer) words(n *source.Node) draft.Words {
	words, why := im.split(n)
	return draft.Words{At: n, Words: words, Why: why}
}

// split lists the words of a command; why says what keeps them from being known.
func (im *importer) split(n *source.Node) (words []string, why string) {
	if n != nil && n.Kind == source.Scalar {
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
