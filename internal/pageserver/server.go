// Package pageserver serves the page of a comparison with its "what if" form, to
// browsers on this machine:
//
//	handler := pageserver.New([]string{"127.0.0.1:8080"}, html, ask)
//	pageserver.Serve(ctx, listener, handler)
//
// A server on loopback is reached by every page that the browser has open, so
// it is careful. It answers to its own names only, which a page elsewhere that
// points its name at 127.0.0.1 cannot say (DNS rebinding); it turns away what
// another origin sends; it takes a small form and nothing else, a few at a time;
// it touches no file and keeps nothing of what it was asked.
package pageserver

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net"
	"net/http"
	"slices"
	"strconv"
	"time"

	"ambi/compare/render/page"
	"ambi/internal/problem"
)

// The bounds of what a browser may send.
const (
	maxBody        = 64 << 10
	maxHeader      = 16 << 10
	maxValues      = 2000 // an app may have a thousand services
	maxValue       = 200  // bytes
	maxConnections = 32
	atOnce         = 2 // forms that are answered at a time; others wait
)

// New returns the handler. Hosts are the names and ports that requests may call
// it by, html is the page, and ask answers a form: values by the fields' names,
// the empty ones left out. Ask is called by two at a time.
func New(hosts []string, html []byte, ask func(values map[string]string) page.Answer) http.Handler {
	turns := make(chan struct{}, atOnce)
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Header().Set("Content-Length", strconv.Itoa(len(html)))
		_, _ = w.Write(html)
	})
	mux.HandleFunc("GET /favicon.ico", func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusNoContent) // browsers ask for it, and complain of a 404
	})
	mux.HandleFunc("POST /compare", func(w http.ResponseWriter, r *http.Request) {
		values, err := form(w, r)
		if err != nil {
			answer(w, err.status, page.Answer{Errors: []page.FieldError{{Message: err.message}}})
			return
		}
		defer answering(r.Context())()
		select {
		case turns <- struct{}{}:
			defer func() { <-turns }()
		case <-r.Context().Done(): // the client has gone
			return
		}
		var a page.Answer
		fault := problem.Guard(func() error {
			a = ask(values)
			return nil
		})
		status := http.StatusOK
		switch {
		case fault != nil: // and not a connection that is closed without a word
			status = http.StatusInternalServerError
			a = page.Answer{Errors: []page.FieldError{{Message: "internal error, a fault of ambi's own: please report it, with what you asked: " + fault.Error()}}}
		case a.Content == nil:
			status = http.StatusUnprocessableEntity
		}
		answer(w, status, a)
	})
	return guard(hosts, mux)
}

// guard turns away what does not come from the page itself.
func guard(hosts []string, next http.Handler) http.Handler {
	origins := make([]string, len(hosts))
	for i, host := range hosts {
		origins[i] = "http://" + host
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Content-Security-Policy", "frame-ancestors 'none'")
		h.Set("Cache-Control", "no-store")
		origin, site := r.Header.Get("Origin"), r.Header.Get("Sec-Fetch-Site")
		switch {
		case !slices.Contains(hosts, r.Host):
			http.Error(w, "ambi answers to "+hosts[0]+" only", http.StatusForbidden)
		case origin != "" && !slices.Contains(origins, origin),
			site != "" && site != "same-origin" && (site != "none" || r.Method != http.MethodGet):
			http.Error(w, "ambi answers to its own page only", http.StatusForbidden)
		default:
			next.ServeHTTP(w, r)
		}
	})
}

// refusal is a form that is not taken.
type refusal struct {
	status  int
	message string
}

// form reads the values that a page sends.
func form(w http.ResponseWriter, r *http.Request) (map[string]string, *refusal) {
	if kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || kind != "application/json" {
		return nil, &refusal{http.StatusUnsupportedMediaType, "must be application/json"}
	}
	body := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxBody))
	var values map[string]string
	err := body.Decode(&values)
	if err == nil {
		if _, more := body.Token(); more != io.EOF {
			err = more
			if err == nil {
				err = errors.New("more than one object")
			}
		}
	}
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &large):
		return nil, &refusal{http.StatusRequestEntityTooLarge, fmt.Sprintf("must be at most %d bytes", maxBody)}
	case err != nil || values == nil:
		return nil, &refusal{http.StatusBadRequest, "must be one JSON object of texts"}
	case len(values) > maxValues:
		return nil, &refusal{http.StatusBadRequest, fmt.Sprintf("must have at most %d values", maxValues)}
	}
	for name, value := range values {
		if len(value) > maxValue || len(name) > maxValue {
			return nil, &refusal{http.StatusBadRequest, fmt.Sprintf("a value must have at most %d bytes", maxValue)}
		}
		if value == "" {
			delete(values, name)
		}
	}
	return values, nil
}

func answer(w http.ResponseWriter, status int, a page.Answer) {
	text, err := json.Marshal(a)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write(text)
}

// Serve answers on a listener until the context ends, and then lets what is
// being answered finish.
func Serve(ctx context.Context, listener net.Listener, handler http.Handler) error {
	open := &connections{answering: map[net.Conn]bool{}}
	server := &http.Server{
		Handler:           handler,
		ConnState:         open.changed,
		ConnContext:       open.with,
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       10 * time.Second,
		WriteTimeout:      30 * time.Second,
		IdleTimeout:       time.Minute,
		MaxHeaderBytes:    maxHeader,
	}
	done := make(chan error, 1)
	go func() { done <- server.Serve(listener) }()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
	}
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), 3*time.Second)
	defer cancel()
	if err := server.Shutdown(last); err != nil {
		return server.Close()
	}
	return nil
}

// Listen opens the address of --serve, which is on loopback: a port, or
// 127.0.0.1 or localhost with one. Port 0 is any free one.
func Listen(ctx context.Context, address string) (net.Listener, error) {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		host, port = "127.0.0.1", address
	}
	if _, err := strconv.ParseUint(port, 10, 16); err != nil {
		return nil, problem.New("must be a port from 0 to 65535, got %q", port).Of(problem.Misuse)
	}
	if host != "127.0.0.1" && host != "localhost" {
		return nil, problem.New("must be on 127.0.0.1, got %q", host).Of(problem.Misuse).
			Hint("the page is for this machine alone; ambi compare --html writes one to share")
	}
	var config net.ListenConfig
	return config.Listen(ctx, "tcp4", net.JoinHostPort("127.0.0.1", port))
}

// Hosts are the names that a listener's requests may call it by.
func Hosts(listener net.Listener) []string {
	_, port, err := net.SplitHostPort(listener.Addr().String())
	if err != nil {
		return nil
	}
	return []string{net.JoinHostPort("127.0.0.1", port), net.JoinHostPort("localhost", port)}
}
