// Package templates holds the text of what ambi emits, one folder a target. A
// template prints a view that the generator prepared: it ranges, leaves out
// whole parts and quotes, and decides nothing. A file whose name ends in .txt is
// the same in every program that has it and is copied as it stands.
//
// A target's folder has
//
//	all/                     the files that every program has, such as stack.go
//	service.go.tmpl          a service's file; service_test.go.tmpl what tests expect of it
//	features/NAME.tmpl       what services with a feature add to those, by the place
//	                         where it stands: {{define "lambda/NAME facts"}} is printed
//	                         by {{slot "facts" .}}
//	features/NAME/           the files that a program has in which a service has it
//
// Imports that a file does not use are left out, so that a template lists all that its
// parts may use.
package templates

import "embed"

// FS holds every template: shared, lambda, kubernetes, data, traffic, and project, which
// only ambi init prints.
//
//go:embed shared lambda kubernetes data traffic project
var FS embed.FS
