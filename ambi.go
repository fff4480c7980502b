// Package ambi holds the example app, which "ambi init" copies into a new
// project: a small service that makes thumbnails, over HTTP and on Lambda.
//
// The command is in cmd/ambi. CONTRIBUTING.md maps the other folders.
package ambi

import "embed"

// Example is the folder app/ of a new project.
//
//go:embed app/app.yaml app/Dockerfile app/*.go
var Example embed.FS
