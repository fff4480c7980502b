package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"example.com/golden/stacks/stacktest"
)

// configuration is what a stack must set.
var configuration = map[string]string{
	"aws:region":              "us-east-1",
	"consumer":                "lambda",
	"subnetIds":               "subnet-1,subnet-2",
	"cache.securityGroupId":   "sg-0b51d31dd2d704735",
	"pages.securityGroupId":   "sg-06a6a1e6a94681f13",
	"ledger.securityGroupId":  "sg-06ab5fdfba82b038e",
	"reports.securityGroupId": "sg-0f463fa0d53f38fa2",
}

// run deploys the program with some of the stack's expectations changed.
func run(t *testing.T, changed map[string]string) *stacktest.Graph {
	t.Helper()
	all := maps.Clone(configuration)
	maps.Copy(all, changed)
	return stacktest.Run(t, deploy, all)
}

func TestStack(t *testing.T) {
	checkAll(t, run(t, nil), expectations{keep: true})
}

// expectations are what a stack's configuration changes of what the checks expect.
type expectations struct {
	keep   bool
	topics []string // that alarms are sent to
}

// checkAll holds a stack to everything that must be true of it, whatever else a team adds.
// It takes a stacktest.T rather than a *testing.T, so that it can be tried on a stack that is
// known to be broken.
func checkAll(t stacktest.T, g *stacktest.Graph, s expectations) {
	g.Exports.Want(t, "region", configuration["aws:region"], "the other stacks read it")
	for _, f := range []bucketFacts{photosBucket, thumbnailsBucket} {
		checkBucket(t, g, s, f)
		checkExpiry(t, g, f)
		checkPages(t, g, f)
		checkNotifications(t, g, f)
	}
	for _, f := range []queueFacts{invoicesQueue, mailsQueue, resizeUploadsQueue} {
		checkQueue(t, g, s, f)
		checkQueueAlarms(t, g, s, f)
		checkOrder(t, g, f)
	}
	g.Exports.Want(t, "consumer", configuration["consumer"], "the other stacks ask this one which of them takes messages")
	for _, f := range []tableFacts{cartsTable} {
		checkTable(t, g, s, f)
	}
	checkInstance(t, g, s, ledgerPostgres, configuration["ledger.securityGroupId"])
	checkCluster(t, g, s, reportsPostgres, configuration["reports.securityGroupId"])
	checkCache(t, g, s, cacheValkey, configuration["cache.securityGroupId"])
	checkCache(t, g, s, pagesValkey, configuration["pages.securityGroupId"])
}

// checkKept holds a resource to what must not be lost.
func checkKept(t stacktest.T, r *stacktest.Resource, s expectations, data string) {
	checkProtected(t, r, s)
	r.Want(t, "tags", map[string]string{"app": app, "data": data}, "bills and tools go by them")
}

func checkProtected(t stacktest.T, r *stacktest.Resource, s expectations) {
	if got := r.Request.GetProtect(); got != s.keep {
		t.Errorf("%s: its protection is %t, want %t: Pulumi deletes and replaces what is not protected", r, got, s.keep)
	}
}

// Protection can be lifted, which also lets a bucket go with its objects; it is there unless
// a stack says otherwise.
func TestProtect(t *testing.T) {
	checkAll(t, run(t, map[string]string{"protect": "true"}), expectations{keep: true})
	checkAll(t, run(t, map[string]string{"protect": "false"}), expectations{})
}

func TestAlarmTopic(t *testing.T) {
	const topic = "arn:aws:sns:us-east-1:123456789012:alarms"
	checkAll(t, run(t, map[string]string{"alarmTopicArn": topic}), expectations{keep: true, topics: []string{topic}})
}

// The other stacks ask this one which of them takes messages.
func TestConsumer(t *testing.T) {
	for _, consumer := range []string{"lambda", "kubernetes"} {
		run(t, map[string]string{"consumer": consumer}).Exports.Want(t, "consumer", consumer, "the stack says so")
	}
	delete(configuration, "consumer")
	if _, err := stacktest.Deploy(t, deploy, configuration); err == nil || !strings.Contains(err.Error(), "consumer") {
		t.Errorf("a stack without a consumer is not refused: %v", err)
	}
	configuration["consumer"] = "lambda"
}

// Databases that are reached on the same port are each in a group of their own, and so are caches: the
// app's stacks register a rule for each, and AWS would refuse the second in a group.
func TestOneGroupEach(t *testing.T) {
	for _, alike := range [][]string{
		{"cache", "pages"},
		{"ledger", "reports"},
	} {
		for _, one := range alike[1:] {
			changed := maps.Clone(configuration)
			changed[one+".securityGroupId"] = configuration[alike[0]+".securityGroupId"]
			_, err := stacktest.Deploy(t, deploy, changed)
			if err == nil || !strings.Contains(err.Error(), one+".securityGroupId: must not be the group of "+alike[0]+".securityGroupId") {
				t.Errorf("%s and %s in one group are not refused: %v", alike[0], one, err)
			}
		}
	}
}

// Bad settings are refused, all of them at once, before anything is declared.
func TestBadSettings(t *testing.T) {
	bad := map[string]string{
		"protect":                 "maybe",
		"alarmTopicArn":           "alarms",
		"consumer":                "ecs",
		"subnetIds":               "subnet-1",
		"cache.securityGroupId":   "default",
		"pages.securityGroupId":   "default",
		"ledger.securityGroupId":  "default",
		"reports.securityGroupId": "default",
	}
	graph, err := stacktest.Deploy(t, deploy, bad)
	for key := range bad {
		if err == nil || !strings.Contains(err.Error(), stacktest.Project+":"+key) {
			t.Errorf("%s: %s is not refused: %v", key, bad[key], err)
		}
	}
	if err == nil || !strings.Contains(err.Error(), "aws:region") {
		t.Errorf("a stack without a region is not refused: %v", err)
	}
	if len(graph.Resources) > 0 {
		t.Errorf("declared in spite of it: %v", graph.Names())
	}
}

func TestNoErrorIsLost(t *testing.T) {
	stacktest.LostErrors(t, ".")
}

// document reads an input that is JSON in a text, such as a policy.
func document(t stacktest.T, r *stacktest.Resource, input string) *stacktest.Resource {
	t.Helper()
	text, _ := r.Input(input).(string)
	read := &stacktest.Resource{Type: r.Type, Name: r.Name, Inputs: map[string]any{}, Needs: map[string][]string{}}
	if err := json.Unmarshal([]byte(text), &read.Inputs); err != nil {
		t.Errorf("%s: %s is no JSON: %v", r, input, err)
	}
	return read
}

// wantBefore requires that a resource waits for another.
func wantBefore(t stacktest.T, r, first *stacktest.Resource, why string) {
	t.Helper()
	if !slices.Contains(r.Needs[""], first.URN) {
		t.Errorf("%s: does not wait for %s: %s", r, first, why)
	}
}

// wantExport requires an output, which the other stacks read.
func wantExport(t stacktest.T, g *stacktest.Graph, name string, want any) {
	t.Helper()
	g.Exports.Want(t, fmt.Sprintf("[%q]", name), want, "the other stacks find the data by it")
}
