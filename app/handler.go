package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"errors"
	"fmt"
	"log/slog"
	"mime"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"
	"time"
)

const (
	// maxBody is the most bytes that a request or a response may carry. A Lambda
	// payload may have 6 MB, 6,291,456 bytes, and carries the body as base64:
	// 6,000,000 bytes here, which leaves the rest for headers. The limit holds
	// everywhere, so that a client notices no difference.
	// https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
	maxBody = 4_500_000

	defaultWidth = 320
	maxWidth     = 1024

	// uploads is how many thumbnails one process makes at a time; others wait.
	uploads = 10
)

// refusal is an answer other than the wanted one, and tells the client why.
type refusal struct {
	status  int
	message string
}

// refuse builds a refusal whose message may end in lines that start with "hint:".
func refuse(status int, format string, arguments ...any) error {
	return &refusal{status, fmt.Sprintf(format, arguments...)}
}

func (r *refusal) Error() string { return r.message }

// thumbs answers the service's requests. It keeps nothing between two of them.
type thumbs struct {
	log     *slog.Logger
	key     string
	tokens  *tokens  // nil if callers need none
	store   *store   // nil if there is none
	reports *reports // the same
	uploads budget
	memory  budget
}

// newHandler returns the service. A key that is not empty is wanted in the header
// x-api-key of each POST /thumbnails; with tokens, each request for an image must bring a
// valid one; timeout is the time that one request may take.
// Events are taken only where there is a store for what they ask for, and runs where there is a
// table for reports.
func newHandler(log *slog.Logger, key string, tokens *tokens, store *store, reports *reports, timeout time.Duration) http.Handler {
	service := &thumbs{log: log, key: key, tokens: tokens, store: store, reports: reports, uploads: newBudget(uploads), memory: newBudget(decodeMemory)}
	routes := http.NewServeMux()
	routes.HandleFunc("POST /thumbnails", service.answer(service.withToken(service.makeThumbnail)))
	routes.HandleFunc("GET /placeholders/{width}/{height}", service.answer(service.withToken(service.drawPlaceholder)))
	routes.HandleFunc("GET /healthz", service.answer(service.health))
	if store != nil {
		routes.HandleFunc("POST "+eventsPath, service.answer(service.handleEvent))
	}
	if reports != nil {
		routes.HandleFunc("POST "+reportsPath, service.answer(service.handleRun))
	}
	return wrap(log, timeout, routes)
}

// answer turns what goes wrong in a handler into a response: a refusal into its
// status and message, everything else into 500 and a line in the log.
func (s *thumbs) answer(handle func(http.ResponseWriter, *http.Request) error) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		err := handle(w, r)
		if refusal, ok := errors.AsType[*refusal](err); ok {
			http.Error(w, refusal.message, refusal.status)
			return
		}
		switch {
		case err == nil:
		case errors.Is(err, context.DeadlineExceeded):
			w.Header().Set("Retry-After", "1")
			http.Error(w, "the image took too long\nhint: try again later, or send a smaller image", http.StatusServiceUnavailable)
		case errors.Is(err, context.Canceled):
			s.log.Info("the client left", "path", r.URL.Path)
		default:
			s.log.Error("request failed", "path", r.URL.Path, "error", err)
			http.Error(w, http.StatusText(http.StatusInternalServerError), http.StatusInternalServerError)
		}
	}
}

// health says that the process serves; there is nothing else that it needs.
func (s *thumbs) health(w http.ResponseWriter, _ *http.Request) error {
	w.Header().Set("Cache-Control", "no-store")
	send(w, "text/plain; charset=utf-8", []byte("ok\n"))
	return nil
}

// makeThumbnail answers the image in the body, at most "width" pixels wide.
func (s *thumbs) makeThumbnail(w http.ResponseWriter, r *http.Request) error {
	if s.key != "" && !sameKey(r.Header.Get("X-Api-Key"), s.key) {
		return refuse(http.StatusUnauthorized, "the API key is missing or wrong\nhint: send it in the header x-api-key")
	}
	width, err := wantedWidth(r.URL.RawQuery)
	if err != nil {
		return err
	}
	if err := checkContentType(r.Header.Get("Content-Type")); err != nil {
		return err
	}
	ctx := r.Context()
	done, err := s.uploads.take(ctx, 1)
	if err != nil {
		return err
	}
	defer done()
	body, err := readBody(w, r, "image", maxBody)
	if err != nil {
		return err
	}
	small, err := thumbnail(ctx, s.memory, body, width)
	if err != nil {
		return err
	}
	if len(small.data) > maxBody {
		return refuse(http.StatusUnprocessableEntity, "the thumbnail has %d bytes, more than the %d that an answer may have\nhint: ask for a smaller width", len(small.data), maxBody)
	}
	send(w, small.contentType, small.data)
	return nil
}

// drawPlaceholder answers an image of the size in the path. It depends on nothing
// else, so that caches may keep it.
func (s *thumbs) drawPlaceholder(w http.ResponseWriter, r *http.Request) error {
	width, err := parseSize("width", r.PathValue("width"), maxPlaceholder)
	if err != nil {
		return err
	}
	height, err := parseSize("height", r.PathValue("height"), maxPlaceholder)
	if err != nil {
		return err
	}
	data, err := placeholder(width, height)
	if err != nil {
		return err
	}
	header := w.Header()
	header.Set("Content-Type", "image/png")
	header.Set("X-Content-Type-Options", "nosniff")
	header.Set("Cache-Control", "public, max-age=86400")
	header.Set("Etag", fmt.Sprintf(`"%x"`, sha256.Sum256(data)))
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(data)) // knows If-None-Match and Range
	return nil
}

func send(w http.ResponseWriter, contentType string, body []byte) {
	header := w.Header()
	header.Set("Content-Type", contentType)
	header.Set("X-Content-Type-Options", "nosniff")
	header.Set("Content-Length", strconv.Itoa(len(body)))
	_, _ = w.Write(body) // fails only when the client is gone
}

// sameKey takes the same time however much of the key is right, and however long
// either of them is.
func sameKey(got, want string) bool {
	gotSum, wantSum := sha256.Sum256([]byte(got)), sha256.Sum256([]byte(want))
	return subtle.ConstantTimeCompare(gotSum[:], wantSum[:]) == 1
}

// wantedWidth reads the parameter "width" out of a query string.
func wantedWidth(query string) (int, error) {
	values, err := url.ParseQuery(query)
	if err != nil {
		return 0, refuse(http.StatusBadRequest, "the query string is malformed: %v", err)
	}
	switch widths := values["width"]; len(widths) {
	case 0:
		return defaultWidth, nil
	case 1:
		return parseSize("width", widths[0], maxWidth)
	default:
		return 0, refuse(http.StatusBadRequest, "width: must be given once, got %s", strings.Join(widths, " and "))
	}
}

// parseSize reads a number of pixels from 1 to most.
func parseSize(name, text string, most int) (int, error) {
	size, err := strconv.ParseUint(text, 10, 31)
	if err != nil || size < 1 || int(size) > most {
		return 0, refuse(http.StatusBadRequest, "%s: must be a whole number of pixels from 1 to %d, got %q", name, most, text)
	}
	return int(size), nil
}

// checkContentType refuses the types that API Gateway treats as text, since that
// destroys an image on its way to Lambda. It lets through what tools send when
// nobody tells them the type, form data in curl's case: the image's own first
// bytes decide what it is.
func checkContentType(value string) error {
	if value == "" {
		return nil
	}
	mediaType, _, err := mime.ParseMediaType(value)
	if err == nil && (strings.HasPrefix(mediaType, "image/") ||
		mediaType == "application/octet-stream" || mediaType == "application/x-www-form-urlencoded") {
		return nil
	}
	return refuse(http.StatusUnsupportedMediaType, "content-type: must be that of an image, got %q\nhint: send image/png, image/jpeg or image/gif, and the image itself as the body", value)
}

// readBody returns the whole body, of at most so many bytes; kind is what it should be.
func readBody(w http.ResponseWriter, r *http.Request, kind string, most int64) ([]byte, error) {
	size := max(0, min(r.ContentLength, most))
	body := bytes.NewBuffer(make([]byte, 0, size+bytes.MinRead))
	_, err := body.ReadFrom(http.MaxBytesReader(w, r.Body, most))
	if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return nil, refuse(http.StatusRequestEntityTooLarge, "the body must have at most %d bytes\nhint: send a smaller %s", most, kind)
	}
	if errors.Is(err, os.ErrDeadlineExceeded) {
		return nil, refuse(http.StatusRequestTimeout, "the body came too slowly")
	}
	if err != nil {
		return nil, refuse(http.StatusBadRequest, "the body cannot be read: %v", err)
	}
	if body.Len() == 0 {
		return nil, refuse(http.StatusBadRequest, "the body is empty\nhint: send the %s as the body, curl --data-binary @FILE", kind)
	}
	return body.Bytes(), nil
}
