package spec

import (
	"reflect"
	"strconv"
	"strings"

	"github.com/invopop/jsonschema"
)

// unitWords marks a list as the words of a command, which other tools take as one text.
const unitWords = "words"

// wordsHint says how to write a command as a list.
func wordsHint(text string) string {
	if strings.ContainsAny(text, "\"'`\\$|&;<>*?") {
		return "a shell would read it: write [sh, -c, " + strconv.Quote(text) + "] if the image has one"
	}
	var words []string
	for _, word := range strings.Fields(text) {
		words = append(words, asElement(word))
	}
	return "one element per word: write [" + strings.Join(words, ", ") + "]"
}

// command checks what starts the app.
func (v *validator) command(path string, s *Service) {
	for key, words := range map[string][]string{"command": s.Command, "args": s.Args} {
		for i, word := range words {
			v.value(item(path+"."+key, i), word)
		}
	}
	if len(s.Command) > 0 && s.Command[0] == "" {
		v.fail(item(path+".command", 0), "must name what runs, and is empty", "such as [/app, serve]")
	}
}

func (s schema) refineCommand() {
	service := s.of(reflect.TypeFor[Service]())
	word := jsonschema.Schema{Type: "string", Pattern: textPattern, Not: &jsonschema.Schema{Pattern: credential.String()}}
	property(service, "args").Items = &word
	command, first := property(service, "command"), word
	first.MinLength = number(1)
	command.PrefixItems, command.Items = []*jsonschema.Schema{&first}, &word
}
