//go:build cluster

package cluster_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"ambi/internal/cluster"
	"ambi/internal/sqs"
)

// backlog lets the real KEDA scale a service that works a queue off: up with its messages,
// down to none without them, and not at all where another target's stack works it off. SQS
// is a stand-in.
func (p *proof) backlog(c *cluster.Cluster, projects []*project) func(*testing.T) {
	return func(t *testing.T) {
		uploads := projects[slices.IndexFunc(projects, func(p *project) bool { return p.name == "uploads" })]
		uploads.begin(t, p.ctx)
		const most = 8
		uploads.render(t, p.ctx, map[string]string{"resize.max": fmt.Sprint(most)})
		all := scaledByKEDA(t, uploads)
		if err := c.StartKEDA(p.ctx, all.serveAWS(t)); err != nil {
			t.Fatal(err)
		}
		all.apply(t, p)
		aim := all.messagesPerPod(t)

		// Whole multiples, since an autoscaler leaves alone what is within a tenth of its aim, and
		// may have counted while the queue was filled.
		steps := []struct {
			what     string
			messages int // in the queue from then on
			pods     int
		}{
			{"no pod without messages", 0, 0},
			{"one pod for one message", 1, 1},
			{"as many pods as the messages need", 3 * aim, 3},
			{"more pods for more messages", 6 * aim, 6},
			{"never more pods than may be", 100 * aim, most},
			{"fewer pods for fewer messages", 2 * aim, 2},
			{"no pod once all is done", 0, 0},
		}
		for _, step := range steps {
			t.Run(step.what, func(t *testing.T) {
				began := time.Now()
				all.fill(step.messages)
				p.settles(t, all.deployment, step.pods)
				t.Logf("%d messages, %d pods after %.1f s", step.messages, step.pods, time.Since(began).Seconds())
			})
		}
		t.Run("a pod stays while its message is worked on", func(t *testing.T) {
			all.fill(1)
			p.settles(t, all.deployment, 1)
			all.receive(t)
			time.Sleep(5 * time.Second) // several times as long as KEDA waits here before the last pod goes
			p.settles(t, all.deployment, 1)
		})
		t.Run("no pod where another target works the queue off", func(t *testing.T) {
			uploads.render(t, p.ctx, map[string]string{"active": "false"})
			paused := scaledByKEDA(t, uploads)
			paused.apply(t, p)
			p.settles(t, all.deployment, 0)
			all.fill(10 * aim)
			p.wait(t, "KEDA to pause", func(ctx context.Context) error {
				have, err := p.Get(ctx, all.scaler)
				if err == nil && !have.Condition("Paused") {
					err = errors.New("it is not paused")
				}
				return err
			})
			time.Sleep(5 * time.Second)
			p.settles(t, all.deployment, 0)
		})
		// KEDA counts those of the other projects' services, too, each as the role of its own.
		assumed, want := all.assumed(), kedaRoles(projects)
		if !slices.Contains(assumed, all.trigger.Text("spec", "podIdentity", "roleArn")) {
			t.Errorf("KEDA counted the messages as %q, want %s among them", assumed, all.trigger)
		}
		for _, role := range assumed {
			if !slices.Contains(want, role) {
				t.Errorf("KEDA counted messages as %s, want one of %q", role, want)
			}
		}
	}
}

// kedaRoles are the roles by which the projects have KEDA count messages.
func kedaRoles(projects []*project) (roles []string) {
	for _, project := range projects {
		for _, o := range project.objects {
			if o.Kind() == "TriggerAuthentication" {
				roles = append(roles, o.Text("spec", "podIdentity", "roleArn"))
			}
		}
	}
	return roles
}

// scaled is a service that KEDA scales by a queue, and the queue.
type scaled struct {
	deployment, scaler, trigger cluster.Object
	sqs                         *sqs.Server
	address                     string // of what stands in for SQS and STS

	mutex sync.Mutex
	roles []string // that were assumed, each once
}

// scaledByKEDA returns the service of a project's one ScaledObject.
func scaledByKEDA(t *testing.T, project *project) *scaled {
	t.Helper()
	s := &scaled{sqs: sqs.New()}
	for _, o := range project.objects {
		switch o.Kind() {
		case "ScaledObject":
			s.scaler = o
		case "TriggerAuthentication":
			s.trigger = o
		}
	}
	if s.scaler == nil || s.trigger == nil {
		t.Fatalf("%s has no ScaledObject with an identity", project.name)
	}
	for _, o := range deployments(t, project.objects) {
		if o.Namespace() == s.scaler.Namespace() && o.Name() == s.scaler.Text("spec", "scaleTargetRef", "name") {
			s.deployment = o
		}
	}
	return s
}

// serveAWS serves SQS, and of STS what an operator asks before it counts messages.
func (s *scaled) serveAWS(t *testing.T) (address string) {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("X-Amz-Target") != "" {
			s.sqs.ServeHTTP(w, r)
			return
		}
		role := r.FormValue("RoleArn")
		if r.FormValue("Action") != "AssumeRole" || role == "" {
			http.Error(w, "this stand-in knows SQS and the action AssumeRole", http.StatusBadRequest)
			return
		}
		s.mutex.Lock()
		if !slices.Contains(s.roles, role) {
			s.roles = append(s.roles, role)
		}
		s.mutex.Unlock()
		until := time.Now().Add(time.Hour).UTC().Format(time.RFC3339)
		fmt.Fprintf(w, `<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult>`+
			`<AssumedRoleUser><Arn>%s/keda</Arn><AssumedRoleId>AROA:keda</AssumedRoleId></AssumedRoleUser>`+
			`<Credentials><AccessKeyId>none</AccessKeyId><SecretAccessKey>none</SecretAccessKey><SessionToken>none</SessionToken>`+
			`<Expiration>%s</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>`, role, until)
	}))
	t.Cleanup(server.Close)
	s.address = server.URL
	return server.URL
}

func (s *scaled) assumed() []string {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	return slices.Clone(s.roles)
}

// metadata is what KEDA is told of the queue.
func (s *scaled) metadata(key string) string {
	return s.scaler.List("spec", "triggers")[0].Text("metadata", key)
}

func (s *scaled) messagesPerPod(t *testing.T) int {
	t.Helper()
	var count int
	if _, err := fmt.Sscan(s.metadata("queueLength"), &count); err != nil {
		t.Fatal(err)
	}
	return count
}

// apply applies what KEDA reads. Only how long things take is another: the test does not
// wait for minutes.
func (s *scaled) apply(t *testing.T, p *proof) {
	t.Helper()
	quick := clone(t, s.scaler)
	quick.Field("spec").(map[string]any)["pollingInterval"] = 1
	quick.Field("spec").(map[string]any)["cooldownPeriod"] = 1
	quick.Field("spec", "advanced", "horizontalPodAutoscalerConfig", "behavior", "scaleDown").(map[string]any)["stabilizationWindowSeconds"] = 1
	p.apply(t, s.trigger)
	p.apply(t, quick)
}

// fill has the queue hold so many messages, none of them received.
func (s *scaled) fill(messages int) {
	name := s.metadata("queueURL")
	queue := s.sqs.Create(name[strings.LastIndex(name, "/")+1:], sqs.Attributes{Visibility: 10 * time.Minute})
	for range messages {
		queue.Send("{}")
	}
}

// receive takes one message, as a pod does that works on it.
func (s *scaled) receive(t *testing.T) {
	t.Helper()
	body := strings.NewReader(fmt.Sprintf(`{"QueueUrl": %q}`, s.metadata("queueURL")))
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.address, body)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("X-Amz-Target", "AmazonSQS.ReceiveMessage")
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		t.Fatalf("cannot receive a message: %s", answer.Status)
	}
}
