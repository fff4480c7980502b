package load

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// Requests are sent when it is time, whether or not the ones before are answered, and none more
// than planned; a closed load never has more at once than clients.
func TestOpenAndClosed(t *testing.T) {
	var now, most atomic.Int64
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, _ *http.Request) {
		n := now.Add(1)
		for m := most.Load(); n > m && !most.CompareAndSwap(m, n); m = most.Load() {
		}
		time.Sleep(100 * time.Millisecond)
		now.Add(-1)
	}))
	defer server.Close()
	c, err := NewClient(server.URL, false, 10*time.Second)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	requests := []Request{{Method: "GET", Path: "/"}}
	first := func(uint64) int { return 0 }
	sent := 0
	c.Open(t.Context(), requests, first, At(50, 500*time.Millisecond), func(o Outcome) {
		if sent++; o.Verdict != OK {
			t.Errorf("%+v", o)
		}
	})
	if sent != 25 || most.Load() < 3 {
		t.Errorf("%d sent, %d at once", sent, most.Load())
	}
	most.Store(0)
	c.Closed(t.Context(), requests, first, 2, 400*time.Millisecond, func(Outcome) {})
	if most.Load() != 2 {
		t.Errorf("%d at once, want 2", most.Load())
	}
	if received, sent := c.Bytes(); received == 0 || sent == 0 {
		t.Errorf("%d bytes received, %d sent", received, sent)
	}
}

// A fresh ID takes the place of the sample's, each time another one.
func TestFresh(t *testing.T) {
	seen := map[string]bool{}
	bodies := make(chan string, 100)
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body := new(strings.Builder)
		_ = r.Write(body)
		bodies <- body.String()
	}))
	defer server.Close()
	c, err := NewClient(server.URL, false, time.Second)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	c.Open(t.Context(), []Request{{Method: "POST", Path: "/events", Body: []byte("id SAMPLE end"), Fresh: "SAMPLE"}},
		func(uint64) int { return 0 }, At(100, 50*time.Millisecond), func(Outcome) {})
	close(bodies)
	for body := range bodies {
		_, id, _ := strings.Cut(body, "id ")
		if strings.Contains(body, "SAMPLE") || seen[id] {
			t.Errorf("not fresh: %q", id)
		}
		seen[id] = true
	}
	if len(seen) != 5 {
		t.Errorf("%d bodies", len(seen))
	}
}
