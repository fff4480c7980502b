package pricerefresh_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"ambi/internal/pricerefresh"
	"ambi/internal/problem"
)

// A server that stops sending, or sends on and on, does not keep a refresh for ever.
func TestRefreshEnds(t *testing.T) {
	for name, test := range map[string]struct {
		every          time.Duration // that a byte comes; 0: none after the first
		stalled, whole time.Duration
		want           string
	}{
		"stalled": {0, 100 * time.Millisecond, time.Minute, "no data for 100ms"},
		"endless": {10 * time.Millisecond, 10 * time.Second, 300 * time.Millisecond, "were not read within 300ms"},
	} {
		t.Run(name, func(t *testing.T) {
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				fmt.Fprint(w, "{")
				for {
					w.(http.Flusher).Flush()
					if test.every == 0 {
						<-r.Context().Done()
						return
					}
					select {
					case <-r.Context().Done():
						return
					case <-time.After(test.every):
						fmt.Fprint(w, " ")
					}
				}
			}))
			defer server.Close()
			begun := time.Now()
			_, err := pricerefresh.Run(t.Context(), pricerefresh.Options{
				Region: "eu-west-1", From: server.URL, Instances: pricerefresh.UsualInstances(), Out: filepath.Join(t.TempDir(), "prices.json"),
				Now: begun, Stalled: test.stalled, Limit: test.whole,
			})
			if err == nil || !strings.Contains(err.Error(), test.want) || problem.All(err).Kind() != problem.Machine {
				t.Errorf("%v, want %s", err, test.want)
			}
			if took := time.Since(begun); took > 20*time.Second {
				t.Errorf("it took %s", took)
			}
		})
	}
}
