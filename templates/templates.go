// Package templates holds the text of what ambi emits, one folder a target. A
// template prints a view that the generator prepared: it ranges, leaves out
// whole parts and quotes, and decides nothing. A file whose name ends in .txt is
// the same in every program and is copied as it stands.
package templates

import "embed"

// FS holds every template: shared, lambda, kubernetes, and project, which only
// ambi init prints.
//
//go:embed shared lambda kubernetes project
var FS embed.FS
