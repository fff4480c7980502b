package settings

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// Choice reads one of some words. There is no fallback: it is empty when not set.
func (s *Settings) Choice(key string, words ...string) string {
	word := s.text(key, "")
	if word != "" && !slices.Contains(words, word) {
		s.refuse(key, "must be "+strings.Join(words, " or "), word)
		return ""
	}
	return word
}

// StackName reads the name of a stack of another program, without its organization and its
// project. There is no fallback: it is empty when not set.
func (s *Settings) StackName(key string) string {
	name := s.text(key, "")
	if name != "" && !stackPattern.MatchString(name) {
		s.refuse(key, fmt.Sprintf("must be the name of a stack: letters, digits and _.-, %d characters at most", maxStackName), name)
	}
	return name
}

const maxStackName = 100

var stackPattern = regexp.MustCompile(`^[A-Za-z0-9_.-]{1,100}$`)
