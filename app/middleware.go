package main

import (
	"context"
	"log/slog"
	"net/http"
	"runtime/debug"
	"strings"
	"time"

	"github.com/aws/aws-lambda-go/lambdacontext"
)

// wrap puts around a handler what every request needs: one form, whichever way it
// came; a line in the log; an answer even to a panic; and an end.
func wrap(log *slog.Logger, timeout time.Duration, handler http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		start := time.Now()
		ctx, cancel := context.WithTimeout(r.Context(), timeout)
		defer cancel()
		recorder := &recorder{ResponseWriter: w}
		defer func() { logRequest(log, r, recorder, time.Since(start)) }()
		defer recoverPanic(log, recorder)
		handler.ServeHTTP(recorder, asThroughAPIGateway(r.Clone(ctx)))
	})
}

// asThroughAPIGateway gives a request the form that API Gateway would give it, so
// that the service cannot answer differently behind it: a decoded path (%2F has
// become a slash) and one value a header.
func asThroughAPIGateway(r *http.Request) *http.Request {
	r.URL.RawPath = ""
	for name, values := range r.Header {
		if len(values) > 1 {
			separator := ","
			if name == "Cookie" {
				separator = "; "
			}
			r.Header[name] = []string{strings.Join(values, separator)}
		}
	}
	return r
}

// recoverPanic answers 500 to a request whose handler panicked. An answer that is
// already on its way can only be cut off.
func recoverPanic(log *slog.Logger, w *recorder) {
	problem := recover()
	if problem == nil {
		return
	}
	if problem != http.ErrAbortHandler { // which asks for just this, silently
		log.Error("panic", "problem", problem, "stack", string(debug.Stack()))
	}
	if w.status != 0 {
		panic(http.ErrAbortHandler)
	}
	http.Error(w, http.StatusText(http.StatusInternalServerError), http.StatusInternalServerError)
}

// logRequest writes one line a request, without headers or query: keys travel there.
func logRequest(log *slog.Logger, r *http.Request, w *recorder, took time.Duration) {
	level := slog.LevelInfo
	if r.URL.Path == "/healthz" {
		level = slog.LevelDebug // probes ask every few seconds
	}
	attributes := []slog.Attr{
		slog.String("method", r.Method),
		slog.String("path", r.URL.Path),
		slog.Int("status", w.status),
		slog.Int64("bytes", w.bytes),
		slog.Float64("milliseconds", float64(took.Microseconds())/1000),
		slog.String("client", r.RemoteAddr),
	}
	if invocation, ok := lambdacontext.FromContext(r.Context()); ok {
		attributes = append(attributes, slog.String("request", invocation.AwsRequestID))
	}
	log.LogAttrs(r.Context(), level, "request", attributes...)
}

// recorder remembers what was answered.
type recorder struct {
	http.ResponseWriter
	status int // 0 until the header is written
	bytes  int64
}

func (r *recorder) WriteHeader(status int) {
	if r.status == 0 && status >= 200 {
		r.status = status
	}
	r.ResponseWriter.WriteHeader(status)
}

func (r *recorder) Write(data []byte) (int, error) {
	if r.status == 0 {
		r.status = http.StatusOK
	}
	n, err := r.ResponseWriter.Write(data)
	r.bytes += int64(n)
	return n, err
}

// Unwrap lets an http.ResponseController reach the writer behind.
func (r *recorder) Unwrap() http.ResponseWriter { return r.ResponseWriter }
