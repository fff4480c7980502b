package reference

import (
	"fmt"
	"strings"

	"ambi/spec"
)

const wordsHead = `# Words of other tools

Written by a test from the table that errors answer from; do not edit it here. Case, hyphens and
underscores do not count: ` + "`dependsOn` is `depends_on`" + `. Where a word means something else within a
section, the section stands before it.

| elsewhere | in a spec | |
|---|---|---|
`

// Words writes the page of other tools' words.
func Words() []byte {
	var b strings.Builder
	b.WriteString(wordsHead)
	code := func(words []string, before string) string {
		quoted := make([]string, len(words))
		for i, word := range words {
			quoted[i] = "`" + before + word + "`"
		}
		return strings.Join(quoted, ", ")
	}
	for _, w := range spec.Words() {
		before, ours := "", "nothing"
		if section := w.Section(); section != "" {
			before = section + "."
		}
		if len(w.Ours) > 0 {
			ours = code(w.Ours, "")
		}
		fmt.Fprintf(&b, "| %s | %s | %s |\n", code(w.Names, before), ours, w.Note)
	}
	return []byte(b.String())
}
