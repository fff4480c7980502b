package spectest

import (
	"fmt"
	"strings"
)

// keeps reports whether the next service has volumes, which lambda refuses.
func (g *generator) keeps() bool { return g.anything && g.IntN(6) == 0 }

// volumes writes what each instance keeps, and its fixed number of instances.
func (g *generator) volumes() {
	var entries []string
	for i, name := range g.some("index", "a", "data-2") {
		volume := fmt.Sprintf("path: %s, size: %s", g.one("/var/lib/x", "/srv/a.b", "/data")+fmt.Sprint(i), g.one("1Mi", "20Gi", "1.5Gi", "64Ti"))
		if g.sometimes() {
			volume += ", class: " + g.one("gp3", "local.path", "x")
		}
		if g.sometimes() {
			volume += ", access: " + g.one("ReadWriteOnce", "ReadWriteOncePod", "ReadWriteMany")
		}
		entries = append(entries, g.key(name)+": {"+volume+"}")
	}
	g.line(2, "volumes: {%s}", strings.Join(entries, ", "))
	switch n := g.between(1, 1000); g.IntN(4) {
	case 0:
		g.line(2, "scale: {min: %d}", n)
	case 1:
		g.line(2, "scale: {max: %d}", n)
	case 2:
		g.line(2, "scale: {min: %d, max: %d}", n, n)
	}
}
