package pageserver_test

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"ambi/compare/render/page"
	"ambi/internal/pageserver"
)

// However many connections send slowly, somebody who asks is answered at once,
// and what is being answered is not cut off.
func TestSlowClients(t *testing.T) {
	for name, begin := range map[string]string{
		"nothing":       "",
		"half a header": "GET / HTTP/1.1\r\nHost: ",
		"half a body":   "POST /compare HTTP/1.1\r\nHost: %s\r\nContent-Type: application/json\r\nContent-Length: 20\r\n\r\n{",
		"one request":   "GET / HTTP/1.1\r\nHost: %s\r\n\r\n",
	} {
		t.Run(name, func(t *testing.T) {
			l, err := pageserver.Listen(t.Context(), "0")
			if err != nil {
				t.Fatal(err)
			}
			address := l.Addr().String()
			started, release := make(chan struct{}), make(chan struct{})
			handler := pageserver.New(pageserver.Hosts(l), []byte("page"), func(map[string]string) page.Answer {
				close(started)
				<-release
				return page.Answer{Content: &page.Content{}}
			})
			ctx, stop := context.WithCancel(t.Context())
			done := make(chan error)
			go func() { done <- pageserver.Serve(ctx, l, handler) }()
			answered := make(chan string)
			go func() {
				response, err := http.Post("http://"+address+"/compare", "application/json", strings.NewReader("{}"))
				if err != nil {
					answered <- err.Error()
					return
				}
				response.Body.Close()
				answered <- response.Status
			}()
			<-started
			for range 100 {
				conn, err := net.Dial("tcp", address)
				if err != nil {
					t.Fatal(err)
				}
				defer conn.Close()
				fmt.Fprint(conn, strings.ReplaceAll(begin, "%s", address))
			}
			client := &http.Client{Timeout: 3 * time.Second, Transport: &http.Transport{DisableKeepAlives: true}}
			response, err := client.Get("http://" + address + "/")
			if err != nil {
				t.Fatalf("nobody else is answered: %v", err)
			}
			response.Body.Close()
			close(release)
			if got := <-answered; got != "200 OK" {
				t.Errorf("what was being answered got %s", got)
			}
			stop()
			if err := <-done; err != nil {
				t.Error(err)
			}
		})
	}
}
