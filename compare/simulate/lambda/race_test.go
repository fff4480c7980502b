//go:build race

package lambda

const raceDetector = true
