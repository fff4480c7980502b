package reference

import (
	"fmt"
	"strings"

	"ambi/spec"
)

const wordsHead = `# Words of other tools

A test generates this page from the table that error hints use; do not edit it here. Case, hyphens and
underscores are ignored: ` + "`dependsOn` is `depends_on`" + `. A word that has a special meaning within a section
is listed with that section.

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
