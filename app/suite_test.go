package main

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"image"
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
)

// exchange is a request and what must come back, whichever way the service runs.
type exchange struct {
	name   string
	method string
	target string // as on the request line
	header http.Header
	body   []byte

	status      int
	contentType string            // not checked if empty
	contains    string            // of the body
	headers     map[string]string // among others
	size        image.Point       // of the image in the body, not checked if zero
	format      string
}

// answer is what a client sees of a response and may depend on.
type answer struct {
	status int
	header http.Header
	body   []byte
}

// send makes the exchange's request.
func (e exchange) send(t *testing.T, client *http.Client, base string) answer {
	t.Helper()
	target, err := url.Parse(base + e.target)
	if err != nil {
		t.Fatal(err)
	}
	request := &http.Request{Method: e.method, URL: target, Header: e.header.Clone(), Host: "thumbs.example.com"}
	if request.Header == nil {
		request.Header = make(http.Header)
	}
	if e.body != nil {
		request.Body = io.NopCloser(bytes.NewReader(e.body))
		request.ContentLength = int64(len(e.body))
	}
	response, err := client.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer{response.StatusCode, normalized(response.Header), body}
}

// normalized leaves out the headers that belong to a connection or a moment, and
// writes a list of values as one, as RFC 9110 (5.3) allows, except for cookies.
func normalized(header http.Header) http.Header {
	header = header.Clone()
	for _, name := range []string{"Date", "Connection", "Apigw-Requestid"} {
		header.Del(name)
	}
	for name, values := range header {
		if name != "Set-Cookie" {
			header[name] = []string{strings.Join(values, ",")}
		}
	}
	return header
}

func (a answer) String() string {
	var text strings.Builder
	fmt.Fprintln(&text, a.status)
	for _, name := range slices.Sorted(maps.Keys(a.header)) {
		fmt.Fprintf(&text, "%s: %q\n", name, a.header[name])
	}
	fmt.Fprintf(&text, "%d bytes, SHA-256 %x", len(a.body), sha256.Sum256(a.body))
	if len(a.body) < 1000 {
		fmt.Fprintf(&text, ": %q", a.body)
	}
	return text.String()
}

// check compares an answer with what must come back.
func (e exchange) check(t *testing.T, got answer) {
	t.Helper()
	if got.status != e.status {
		t.Errorf("status %d, want %d", got.status, e.status)
	}
	if contentType := got.header.Get("Content-Type"); e.contentType != "" && contentType != e.contentType {
		t.Errorf("content type %q, want %q", contentType, e.contentType)
	}
	if !strings.Contains(string(got.body), e.contains) {
		t.Errorf("body %.300q, want %q in it", got.body, e.contains)
	}
	for name, want := range e.headers {
		if value := got.header.Get(name); value != want {
			t.Errorf("header %s: %q, want %q", name, value, want)
		}
	}
	if e.size != (image.Point{}) {
		config, format, err := image.DecodeConfig(bytes.NewReader(got.body))
		if err != nil {
			t.Errorf("body %.300q: %v", got.body, err)
		} else if size := image.Pt(config.Width, config.Height); size != e.size || format != e.format {
			t.Errorf("image is %v %s, want %v %s", size, format, e.size, e.format)
		}
	}
	if t.Failed() {
		t.Logf("got %v", got)
	}
}

// TestBehaviour sends every exchange to the service twice, over HTTP and as an
// event of API Gateway to a Lambda function. Both answers must be the wanted one,
// and the same.
func TestBehaviour(t *testing.T) {
	const key = "correct horse battery staple"
	suites := []struct {
		name        string
		environment []string
		exchanges   []exchange
	}{
		{"open", nil, slices.Concat(routing(), placeholders(t), thumbnails(t), wrongThumbnails(t), limits(t))},
		{"with a key", []string{"API_KEY=" + key}, keyed(t, key)},
		{"short of time", []string{"REQUEST_TIMEOUT=100ms"}, slow(t)},
	}
	for _, suite := range suites {
		t.Run(suite.name, func(t *testing.T) {
			t.Parallel()
			pod, server := startOnPort(t, "thumbs", suite.environment...)
			function, gateway := startOnLambda(t, patience, "thumbs", suite.environment...)
			client := newClient()
			for _, exchange := range suite.exchanges {
				t.Run(exchange.name, func(t *testing.T) {
					overHTTP := exchange.send(t, client, server)
					exchange.check(t, overHTTP)
					onLambda := exchange.send(t, client, gateway.url)
					exchange.check(t, onLambda)
					if overHTTP.String() != onLambda.String() {
						t.Errorf("over HTTP:\n%v\non Lambda:\n%v", overHTTP, onLambda)
					}
				})
			}
			select {
			case failure := <-gateway.failures:
				t.Errorf("the function reported an error: %s", failure)
			default:
			}
			for _, p := range []*process{pod, function} {
				if strings.Contains(p.log(), key) {
					t.Errorf("the key is in the log")
				}
			}
		})
	}
}

const plain = "text/plain; charset=utf-8"

func routing() []exchange {
	return []exchange{
		{name: "health", method: "GET", target: "/healthz", status: 200, contentType: plain, contains: "ok\n", headers: map[string]string{"Content-Length": "3", "Cache-Control": "no-store"}},
		{name: "head", method: "HEAD", target: "/healthz", status: 200, contentType: plain, headers: map[string]string{"Content-Length": "3"}},
		{name: "unknown route", method: "GET", target: "/thumbnail", status: 404, contentType: plain, contains: "not found"},
		{name: "root", method: "GET", target: "/", status: 404},
		{name: "slash at the end", method: "GET", target: "/healthz/", status: 404},
		{name: "slash too many", method: "GET", target: "//healthz", status: 307, headers: map[string]string{"Location": "/healthz"}},
		{name: "wrong method", method: "GET", target: "/thumbnails", status: 405, contentType: plain, headers: map[string]string{"Allow": "POST"}},
		{name: "wrong method with a body", method: "POST", target: "/placeholders/1/1", body: []byte("{}"), status: 405, headers: map[string]string{"Allow": "GET, HEAD"}},
		{name: "options", method: "OPTIONS", target: "/thumbnails", status: 405, headers: map[string]string{"Allow": "POST"}},
		{name: "4 KB header", method: "GET", target: "/healthz", header: http.Header{"X-Long": {strings.Repeat("x", 4096)}}, status: 200},
		{name: "cookies", method: "GET", target: "/healthz", header: http.Header{"Cookie": {"a=1; b=2", "c=3"}}, status: 200},
	}
}

func placeholders(t *testing.T) []exchange {
	drawn, err := placeholder(64, 48)
	if err != nil {
		t.Fatal(err)
	}
	etag := fmt.Sprintf(`"%x"`, sha256.Sum256(drawn))
	length := fmt.Sprint(len(drawn))
	get := func(name, target string) exchange {
		return exchange{name: name, method: "GET", target: target, status: 200, contentType: "image/png", size: image.Pt(64, 48), format: "png"}
	}
	refused := func(name, target, message string) exchange {
		return exchange{name: name, method: "GET", target: target, status: 400, contentType: plain, contains: message}
	}
	whole := get("placeholder", "/placeholders/64/48")
	whole.headers = map[string]string{"Etag": etag, "Content-Length": length, "Cache-Control": "public, max-age=86400", "X-Content-Type-Options": "nosniff"}
	head := exchange{name: "placeholder's head", method: "HEAD", target: "/placeholders/64/48", status: 200, headers: whole.headers}
	largest := get("largest placeholder", "/placeholders/2048/2048")
	largest.size = image.Pt(2048, 2048)
	smallest := get("smallest placeholder", "/placeholders/1/1")
	smallest.size = image.Pt(1, 1)
	return []exchange{
		whole, head, largest, smallest,
		get("encoded path", "/placeholders/%36%34/48"),
		get("encoded slash", "/placeholders/64%2F48"),
		get("placeholder with a query", "/placeholders/64/48?v=1&v=2&w=%C3%A9+%20"),
		refused("width 0", "/placeholders/0/48", `width: must be a whole number of pixels from 1 to 2048, got "0"`),
		refused("width too large", "/placeholders/2049/48", `width: must be`),
		refused("height too large", "/placeholders/64/99999999999999999999", `height: must be`),
		refused("negative", "/placeholders/-64/48", `got "-64"`),
		refused("encoded space", "/placeholders/%2064/48", `got " 64"`),
		refused("encoded percent sign", "/placeholders/%2536/48", `got "%36"`),
		refused("not a number", "/placeholders/gr%C3%B6%C3%9Fe/48", `got "größe"`),
		{name: "cached", method: "GET", target: "/placeholders/64/48", header: http.Header{"If-None-Match": {etag}}, status: 304, headers: map[string]string{"Etag": etag}},
		{name: "cached, on a second line", method: "GET", target: "/placeholders/64/48", header: http.Header{"If-None-Match": {`"older"`, etag}}, status: 304},
		{name: "cached, but not this", method: "GET", target: "/placeholders/64/48", header: http.Header{"If-None-Match": {`"older"`}}, status: 200},
		{name: "range", method: "GET", target: "/placeholders/64/48", header: http.Header{"Range": {"bytes=0-7"}}, status: 206, contains: "\x89PNG\r\n\x1a\n", headers: map[string]string{"Content-Range": "bytes 0-7/" + length, "Content-Length": "8"}},
		{name: "range behind the end", method: "GET", target: "/placeholders/64/48", header: http.Header{"Range": {"bytes=9999999-"}}, status: 416},
	}
}

// post is an exchange that succeeds.
func post(name, target, contentType string, body []byte, format string, width, height int) exchange {
	e := exchange{
		name: name, method: "POST", target: target, body: body,
		status: 200, contentType: "image/" + format, size: image.Pt(width, height), format: format,
	}
	if contentType != "" {
		e.header = http.Header{"Content-Type": {contentType}}
	}
	return e
}

func thumbnails(t *testing.T) []exchange {
	wide := gradient(600, 400)
	return []exchange{
		post("png", "/thumbnails?width=300", "image/png", pngOf(t, wide), "png", 300, 200),
		post("jpeg", "/thumbnails?width=300", "image/jpeg", jpegOf(t, wide), "jpeg", 300, 200),
		post("gif", "/thumbnails?width=300", "image/gif", gifOf(t, wide), "png", 300, 200),
		post("no width", "/thumbnails", "image/png", pngOf(t, wide), "png", defaultWidth, 213),
		post("never enlarged", "/thumbnails?width=1024", "image/png", pngOf(t, wide), "png", 600, 400),
		post("very flat", "/thumbnails?width=1", "image/png", pngOf(t, gradient(1000, 2)), "png", 1, 1),
		post("upright", "/thumbnails?width=100", "image/jpeg", withOrientation(jpegOf(t, wide), 6), "jpeg", 100, 150),
		post("no content type", "/thumbnails?width=300", "", pngOf(t, wide), "png", 300, 200),
		post("curl's content type", "/thumbnails?width=300", "application/x-www-form-urlencoded", pngOf(t, wide), "png", 300, 200),
		post("another content type", "/thumbnails?width=300", "image/webp", pngOf(t, wide), "png", 300, 200),
		post("other parameters", "/thumbnails?v=1&v=2&width=300&x=a%26width%3D1", "image/png", pngOf(t, wide), "png", 300, 200),
		post("encoded parameter", "/thumbnails?%77idth=%33%30%30", "image/png", pngOf(t, wide), "png", 300, 200),
		post("one pixel", "/thumbnails", "image/png", pngOf(t, gradient(1, 1)), "png", 1, 1),
	}
}

func wrongThumbnails(t *testing.T) []exchange {
	good := pngOf(t, gradient(60, 40))
	wrong := func(name, target, contentType string, body []byte, status int, message string) exchange {
		return exchange{
			name: name, method: "POST", target: target, header: http.Header{"Content-Type": {contentType}}, body: body,
			status: status, contentType: plain, contains: message,
		}
	}
	return []exchange{
		wrong("width 0", "/thumbnails?width=0", "image/png", good, 400, `width: must be a whole number of pixels from 1 to 1024, got "0"`),
		wrong("width too large", "/thumbnails?width=1025", "image/png", good, 400, `got "1025"`),
		wrong("width is no number", "/thumbnails?width=1e2", "image/png", good, 400, `got "1e2"`),
		wrong("width has a space", "/thumbnails?width=+10", "image/png", good, 400, `got " 10"`),
		wrong("width is empty", "/thumbnails?width=", "image/png", good, 400, `got ""`),
		wrong("two widths", "/thumbnails?width=10&width=20", "image/png", good, 400, `width: must be given once, got 10 and 20`),
		wrong("list of widths", "/thumbnails?width=10,20", "image/png", good, 400, `got "10,20"`),
		wrong("malformed query", "/thumbnails?width=%zz", "image/png", good, 400, `the query string is malformed`),
		wrong("semicolon in query", "/thumbnails?width=10;a=b", "image/png", good, 400, `the query string is malformed`),
		wrong("empty body", "/thumbnails", "image/png", []byte{}, 400, "the body is empty\nhint: "),
		wrong("no body", "/thumbnails", "image/png", nil, 400, "the body is empty\nhint: "),
		wrong("text", "/thumbnails", "text/plain; charset=utf-8", good, 415, "content-type: must be that of an image"),
		wrong("json", "/thumbnails", "application/json", []byte(`{"image": "..."}`), 415, `got "application/json"`),
		wrong("form", "/thumbnails", "multipart/form-data; boundary=x", good, 415, "the image itself as the body"),
		wrong("nonsense content type", "/thumbnails", "image png", good, 415, "content-type: must be"),
		wrong("not an image", "/thumbnails", "application/octet-stream", []byte("\x00\xff\xfe hello"), 415, "the body must be a PNG, JPEG or GIF image"),
		wrong("another image format", "/thumbnails", "image/webp", []byte("RIFF\x00\x00\x00\x00WEBPVP8 "), 415, "the body must be a PNG, JPEG or GIF image"),
		wrong("header cut off", "/thumbnails", "image/png", good[:20], 422, "the image is damaged"),
		wrong("cut off", "/thumbnails", "image/png", good[:len(good)-20], 422, "the image is damaged"),
		wrong("damaged", "/thumbnails", "image/png", damaged(good), 422, "the image is damaged"),
	}
}

func limits(t *testing.T) []exchange {
	good := pngOf(t, gradient(60, 40))
	bomb := func(name, contentType string, file []byte, message string) exchange {
		return exchange{
			name: name, method: "POST", target: "/thumbnails", header: http.Header{"Content-Type": {contentType}}, body: file,
			status: 422, contentType: plain, contains: message,
		}
	}
	tooLong := post("one byte too long", "/thumbnails", "image/png", padded(good, maxBody+1), "", 0, 0)
	tooLong.status, tooLong.contentType, tooLong.contains = 413, plain, "the body must have at most 4500000 bytes"
	answerTooLong := post("answer too long", "/thumbnails?width=1024", "image/png", pngOf(t, confetti(1024, 2500)), "", 0, 0)
	answerTooLong.status, answerTooLong.contentType, answerTooLong.contains = 422, plain, "more than the 4500000 that an answer may have"
	return []exchange{
		post("longest body", "/thumbnails?width=30", "image/png", padded(good, maxBody), "png", 30, 20),
		tooLong, answerTooLong,
		post("largest image", "/thumbnails?width=100", "image/png", pngOf(t, blank(4000, 4000)), "png", 100, 100),
		bomb("png bomb", "image/png", claiming(t, 50000, 50000), "the image has 50000 x 50000 pixels, more than 16000000 in all or 8192 on a side"),
		bomb("png bomb, longest sides", "image/png", claiming(t, 1<<31-1, 1<<31-1), "the image"),
		bomb("too many pixels", "image/png", claiming(t, 4000, 4001), "the image has 4000 x 4001 pixels"),
		bomb("too wide", "image/png", claiming(t, 8193, 1), "the image has 8193 x 1 pixels"),
		bomb("too high", "image/png", claiming(t, 1, 8193), "the image has 1 x 8193 pixels"),
		bomb("gif bomb", "image/gif", []byte("GIF89a\xff\xff\xff\xff\x00\x00\x00\x2c"), "the image has 65535 x 65535 pixels"),
		bomb("jpeg bomb", "image/jpeg", progressive(65000, 65000, 1), "the image has 65000 x 65000 pixels"),
		bomb("many scans", "image/jpeg", progressive(4000, 4000, 10000), "the image has 10000 scans, more than 100"),
	}
}

func keyed(t *testing.T, key string) []exchange {
	good := pngOf(t, gradient(60, 40))
	send := func(name string, keys ...string) exchange {
		e := post(name, "/thumbnails?width=30", "image/png", good, "png", 30, 20)
		e.header["X-Api-Key"] = keys
		return e
	}
	refused := func(e exchange) exchange {
		e.status, e.contentType, e.size, e.contains = 401, plain, image.Point{}, "the API key is missing or wrong\nhint: "
		return e
	}
	large := send("no key and too long a body")
	large.body = padded(good, maxBody+1)
	inQuery := send("key in the query")
	inQuery.target += "&x-api-key=" + url.QueryEscape(key)
	return []exchange{
		send("right key", key),
		refused(send("no key")),
		refused(send("empty key", "")),
		refused(send("wrong key", key+"r")),
		refused(send("part of the key", key[:len(key)-1])),
		refused(send("key in other case", strings.ToUpper(key))),
		refused(send("right and wrong key", key, "wrong")),
		refused(send("right key twice", key, key)),
		refused(inQuery),
		refused(large),
		{name: "placeholders need none", method: "GET", target: "/placeholders/6/4", status: 200, size: image.Pt(6, 4), format: "png"},
		{name: "health needs none", method: "GET", target: "/healthz", status: 200},
	}
}

func slow(t *testing.T) []exchange {
	e := post("out of time", "/thumbnails", "image/jpeg", progressive(4000, 4000, maxScans), "", 0, 0)
	e.status, e.contentType, e.contains = 503, plain, "the image took too long\nhint: "
	e.headers = map[string]string{"Retry-After": "1"}
	return []exchange{
		e,
		post("next one", "/thumbnails?width=30", "image/png", pngOf(t, gradient(60, 40)), "png", 30, 20),
	}
}
