// Package ambi holds the example app, which "ambi init" copies into a new
// project: a small app that makes thumbnails, of requests and of what is uploaded to a
// bucket, in pods and on Lambda.
//
// The command is in cmd/ambi. CONTRIBUTING.md maps the other folders.
package ambi

import "embed"

// Example is the folder app/ of a new project. Its app.yaml has all that the app does;
// minimal.yaml, which takes its place for those who ask for it, answers requests alone.
// requests.txt and photo.jpg are what "ambi measure" sends it.
//
//go:embed app/app.yaml app/minimal.yaml app/Dockerfile app/requests.txt app/photo.jpg app/*.go
var Example embed.FS
