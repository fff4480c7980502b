//go:build delivery

package delivery_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// answer is what callers see of a response.
type answer struct {
	status int
	kind   string
	body   string
}

func get(ctx context.Context, client *http.Client, url string) (answer, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return answer{}, err
	}
	response, err := client.Do(request)
	if err != nil {
		return answer{}, err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	return answer{response.StatusCode, response.Header.Get("Content-Type"), string(body)}, err
}

// steady are callers who together ask 200 times a second, or as often as the machine can.
type steady struct {
	done     atomic.Int64
	mutex    sync.Mutex
	problems []string
}

const (
	callers   = 20
	perSecond = 200
	atOnce    = 50 // requests, at the most: a machine that is too slow gets fewer and not all
)

// start begins, and returns how to end it.
func (s *steady) start(n *network, expected map[string]answer) (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	var paths []string
	for path := range expected {
		paths = append(paths, path)
	}
	var clients []*http.Client
	for range callers {
		clients = append(clients, n.client(true))
	}
	var all sync.WaitGroup
	all.Go(func() {
		ticker := time.NewTicker(time.Second / perSecond)
		defer ticker.Stop()
		room := make(chan struct{}, atOnce)
		for i := 0; ctx.Err() == nil; i++ {
			<-ticker.C
			room <- struct{}{}
			path := paths[i%len(paths)]
			all.Go(func() {
				defer func() { <-room }()
				got, err := get(context.Background(), clients[i%callers], "https://"+domain+path)
				if err != nil || got != expected[path] {
					s.mutex.Lock()
					s.problems = append(s.problems, fmt.Sprintf("%s: %d %s %.80q: %v", path, got.status, got.kind, got.body, err))
					s.mutex.Unlock()
				}
				s.done.Add(1)
			})
		}
	})
	return func() { cancel(); all.Wait() }
}

// goOn waits until so many more requests have been answered.
func (s *steady) goOn(t *testing.T, requests int64) {
	t.Helper()
	until := s.done.Load() + requests
	eventually(t, "requests are answered", func() bool { return s.done.Load() >= until })
}
