//go:build race

package kubernetes

const raceDetector = true
