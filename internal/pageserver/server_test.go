package pageserver_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"ambi/compare/render/page"
	"ambi/internal/pageserver"
	"ambi/internal/problem"
)

const host = "127.0.0.1:8080"

// echo answers with the values that it is asked about.
func echo(values map[string]string) page.Answer {
	return page.Answer{Content: &page.Content{}, Command: fmt.Sprint(values)}
}

// ask sends a request to a handler as a browser on the page would.
func ask(handler http.Handler, change func(*http.Request)) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodPost, "http://"+host+"/compare", strings.NewReader(`{"shape":"steady","zones":""}`))
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Origin", "http://"+host)
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	change(r)
	w := httptest.NewRecorder()
	handler.ServeHTTP(w, r)
	return w
}

func TestAnswers(t *testing.T) {
	handler := pageserver.New([]string{host, "localhost:8080"}, []byte("<!doctype html>"), echo)
	body := func(text string) func(*http.Request) {
		return func(r *http.Request) { r.Body = io.NopCloser(strings.NewReader(text)) }
	}
	header := func(name, value string) func(*http.Request) {
		return func(r *http.Request) { r.Header.Set(name, value) }
	}
	get := func(path string) func(*http.Request) {
		return func(r *http.Request) { r.Method, r.URL.Path, r.Body = http.MethodGet, path, http.NoBody }
	}
	both := func(a, b func(*http.Request)) func(*http.Request) {
		return func(r *http.Request) { a(r); b(r) }
	}
	for name, test := range map[string]struct {
		change func(*http.Request)
		status int
		want   string
	}{
		"as the page does":         {func(*http.Request) {}, 200, `map[shape:steady]`},
		"by the other name":        {func(r *http.Request) { r.Host = "localhost:8080" }, 200, "steady"},
		"the page":                 {both(get("/"), header("Sec-Fetch-Site", "none")), 200, "<!doctype html>"},
		"without browser headers":  {func(r *http.Request) { r.Header.Del("Origin"); r.Header.Del("Sec-Fetch-Site") }, 200, "steady"},
		"nothing to say":           {body(`{}`), 200, "map[]"},
		"another host":             {func(r *http.Request) { r.Host = "evil.example:8080" }, 403, "127.0.0.1:8080 only"},
		"another host's page":      {both(get("/"), func(r *http.Request) { r.Host = "evil.example" }), 403, "only"},
		"another port":             {func(r *http.Request) { r.Host = "127.0.0.1:9090" }, 403, "only"},
		"no host":                  {func(r *http.Request) { r.Host = "" }, 403, "only"},
		"another origin":           {header("Origin", "http://evil.example"), 403, "own page only"},
		"a page without origin":    {header("Origin", "null"), 403, "own page only"},
		"another port's page":      {header("Origin", "http://127.0.0.1:9090"), 403, "own page only"},
		"secure origin":            {header("Origin", "https://"+host), 403, "own page only"},
		"another site":             {header("Sec-Fetch-Site", "cross-site"), 403, "own page only"},
		"another port of the site": {header("Sec-Fetch-Site", "same-site"), 403, "own page only"},
		"typed by nobody":          {header("Sec-Fetch-Site", "none"), 403, "own page only"},
		"embedded elsewhere":       {both(get("/"), header("Sec-Fetch-Site", "cross-site")), 403, "own page only"},
		"a form":                   {header("Content-Type", "application/x-www-form-urlencoded"), 415, "application/json"},
		"text":                     {header("Content-Type", "text/plain"), 415, "application/json"},
		"too long":                 {body(`{"shape":"` + strings.Repeat("x", 80<<10) + `"}`), 413, "at most 65536 bytes"},
		"a value too long":         {body(`{"shape":"` + strings.Repeat("x", 300) + `"}`), 400, "at most 200 bytes"},
		"too many values":          {body(`{"` + strings.Join(numbers(2001), `":"","`) + `":""}`), 400, "at most 2000 values"},
		"no object":                {body(`["shape"]`), 400, "one JSON object"},
		"null":                     {body(`null`), 400, "one JSON object"},
		"no text":                  {body(`{"shape":1}`), 400, "one JSON object"},
		"cut off":                  {body(`{"shape":`), 400, "one JSON object"},
		"two objects":              {body(`{}{}`), 400, "one JSON object"},
		"nothing":                  {body(``), 400, "one JSON object"},
		"another path":             {get("/app/app.yaml"), 404, ""},
		"a file above":             {get("/../go.mod"), 307, "/go.mod"},
		"reading the answer":       {get("/compare"), 405, ""},
		"writing the page":         {func(r *http.Request) { r.URL.Path = "/" }, 405, ""},
		"another method":           {func(r *http.Request) { r.Method = http.MethodPut }, 405, ""},
	} {
		t.Run(name, func(t *testing.T) {
			w := ask(handler, test.change)
			if w.Code != test.status || !strings.Contains(w.Body.String(), test.want) {
				t.Errorf("status %d, want %d: %s", w.Code, test.status, w.Body)
			}
			for header, want := range map[string]string{
				"Content-Security-Policy": "frame-ancestors 'none'", "X-Content-Type-Options": "nosniff", "Cache-Control": "no-store",
			} {
				if got := w.Header().Get(header); got != want {
					t.Errorf("%s is %q, want %q", header, got, want)
				}
			}
			if w.Header().Get("Access-Control-Allow-Origin") != "" {
				t.Error("other origins may read the answer")
			}
		})
	}
}

func numbers(n int) []string {
	list := make([]string, n)
	for i := range list {
		list[i] = fmt.Sprint(i)
	}
	return list
}

func TestWrongFields(t *testing.T) {
	handler := pageserver.New([]string{host}, nil, func(map[string]string) page.Answer {
		return page.Answer{Errors: []page.FieldError{{Name: "zones", Message: "must be 1 to 6"}}}
	})
	w := ask(handler, func(*http.Request) {})
	var a page.Answer
	if err := json.Unmarshal(w.Body.Bytes(), &a); err != nil || w.Code != 422 || len(a.Errors) != 1 || a.Errors[0].Name != "zones" {
		t.Errorf("status %d, %v: %s", w.Code, err, w.Body)
	}
}

// A panic is an answer that says what to report.
func TestFaultIsAnswered(t *testing.T) {
	handler := pageserver.New([]string{host}, nil, func(map[string]string) page.Answer { panic("out of range") })
	w := ask(handler, func(*http.Request) {})
	var a page.Answer
	if err := json.Unmarshal(w.Body.Bytes(), &a); err != nil || w.Code != 500 || len(a.Errors) != 1 || !strings.Contains(a.Errors[0].Message, "out of range") {
		t.Errorf("status %d, %v: %s", w.Code, err, w.Body)
	}
}

// However many ask, two are answered at a time.
func TestTwoAtATime(t *testing.T) {
	var now, most atomic.Int32
	handler := pageserver.New([]string{host}, nil, func(map[string]string) page.Answer {
		n := now.Add(1)
		for seen := most.Load(); n > seen && !most.CompareAndSwap(seen, n); seen = most.Load() {
		}
		time.Sleep(5 * time.Millisecond)
		now.Add(-1)
		return page.Answer{Content: &page.Content{}}
	})
	done := make(chan int)
	for range 10 {
		go func() { done <- ask(handler, func(*http.Request) {}).Code }()
	}
	for range 10 {
		if code := <-done; code != 200 {
			t.Errorf("status %d", code)
		}
	}
	if most.Load() != 2 {
		t.Errorf("%d at a time, want 2", most.Load())
	}
}

// One that has gone away is not waited for.
func TestWhoHasGone(t *testing.T) {
	block := make(chan struct{})
	t.Cleanup(func() { close(block) })
	waiting := make(chan struct{}, 3)
	handler := pageserver.New([]string{host}, nil, func(map[string]string) page.Answer {
		waiting <- struct{}{}
		<-block
		return page.Answer{}
	})
	for range 2 {
		go ask(handler, func(*http.Request) {})
		<-waiting
	}
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	done := make(chan struct{})
	go func() {
		ask(handler, func(r *http.Request) { *r = *r.WithContext(gone) })
		close(done)
	}()
	select {
	case <-done:
	case <-waiting:
		t.Error("a third was answered at the same time")
	case <-time.After(5 * time.Second):
		t.Error("it still waits for its turn")
	}
}

func TestListen(t *testing.T) {
	for _, address := range []string{"0", "127.0.0.1:0", "localhost:0"} {
		l, err := pageserver.Listen(t.Context(), address)
		if err != nil {
			t.Fatalf("%s: %v", address, err)
		}
		if ip := l.Addr().(*net.TCPAddr).IP; !ip.IsLoopback() {
			t.Errorf("%s: listens on %s", address, ip)
		}
		if hosts := pageserver.Hosts(l); len(hosts) != 2 || hosts[0] != l.Addr().String() {
			t.Errorf("%s: answers to %v", address, hosts)
		}
		l.Close()
	}
	for _, address := range []string{
		"", ":8080", "0.0.0.0:8080", "[::]:8080", "192.168.1.2:80", "example.com:80", "127.0.0.1", "127.0.0.1:x", "65536", "-1", "127.0.0.2:0", "http://localhost:80",
	} {
		l, err := pageserver.Listen(t.Context(), address)
		if problem.All(err).Kind() != problem.Misuse {
			t.Errorf("%q: %v", address, err)
		}
		if l != nil {
			l.Close()
		}
	}
}

func TestServeStops(t *testing.T) {
	l, err := pageserver.Listen(t.Context(), "0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	started, done := make(chan struct{}), make(chan error)
	handler := pageserver.New(pageserver.Hosts(l), []byte("page"), func(map[string]string) page.Answer {
		close(started)
		time.Sleep(50 * time.Millisecond)
		return page.Answer{Content: &page.Content{}}
	})
	go func() { done <- pageserver.Serve(ctx, l, handler) }()
	answered := make(chan int)
	go func() {
		response, err := http.Post("http://"+l.Addr().String()+"/compare", "application/json", strings.NewReader("{}"))
		if err != nil {
			answered <- 0
			return
		}
		response.Body.Close()
		answered <- response.StatusCode
	}()
	<-started
	stop()
	if code := <-answered; code != 200 {
		t.Errorf("what was being answered got %d", code)
	}
	if err := <-done; err != nil {
		t.Errorf("stopped with %v", err)
	}
	if _, err := net.Dial("tcp", l.Addr().String()); err == nil {
		t.Error("still listens")
	}
}

// A header that goes on and on is cut off.
func TestLongHeaders(t *testing.T) {
	l, err := pageserver.Listen(t.Context(), "0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error)
	go func() { done <- pageserver.Serve(ctx, l, pageserver.New(pageserver.Hosts(l), []byte("page"), echo)) }()
	connection, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	fmt.Fprintf(connection, "GET / HTTP/1.1\r\nHost: %s\r\nX-Long: %s\r\n\r\n", l.Addr(), strings.Repeat("x", 64<<10))
	response, err := http.ReadResponse(bufio.NewReader(connection), nil)
	if err != nil || response.StatusCode != 431 {
		t.Errorf("%v, %v", response, err)
	}
	connection.Close()
	stop()
	if err := <-done; err != nil {
		t.Error(err)
	}
}
