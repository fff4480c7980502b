// Package hpa runs Kubernetes' own HorizontalPodAutoscaler controller, v1.34.4,
// beside ambi's arithmetic (compare/simulate/hpa), and holds the second to the
// first. It is a module of its own because the controller brings all of
// Kubernetes along; what it tests is reached through a link, and imports nothing.
//
//	make test-hpa                               # 1,000 hours and 100,000 single decisions: a minute
//	go test . -series 100000 -seed 2 -timeout 2h # or as many as one likes
//
// The controller is run whole, since the half of it that bounds a decision is
// not exported: its loop, its queue and its memory are Kubernetes', and so is
// its clock, but for testing/synctest, which lets an hour pass in milliseconds.
// Only what it talks to is a stand-in: the API server and the metrics API.
//
// They disagree on nothing that is drawn here. What is not drawn: pods that
// have succeeded, which v1.34.4 takes for pods without a metric and later
// versions, like ambi, ignore.
package hpa
