package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"testing"
)

// probe answers what it received, and in ways that the service itself never does.
// It shows that both ways to serve treat any handler alike.
func probe() http.Handler {
	routes := http.NewServeMux()
	routes.HandleFunc("/echo/{first}/{rest...}", echo)
	routes.HandleFunc("/answer/{status}", func(w http.ResponseWriter, r *http.Request) {
		status, _ := strconv.Atoi(r.PathValue("status"))
		w.Header().Set("Location", "/elsewhere?a=b&c=d")
		w.Header().Set("Content-Type", "text/html")
		w.WriteHeader(status)
		w.Header().Set("Late", "ignored")
		w.WriteHeader(http.StatusTeapot) // ignored, and logged
		io.WriteString(w, "body")        // fails where there can be none
	})
	routes.HandleFunc("/headers", func(w http.ResponseWriter, r *http.Request) {
		header := w.Header()
		header["Vary"] = []string{"Origin", "Accept"}
		header.Set("X-Injected", "one\r\nX-Two: two")
		header.Add("Set-Cookie", "a=1; Expires=Wed, 21 Oct 2035 07:28:00 GMT; Path=/")
		header.Add("Set-Cookie", "b=2; HttpOnly")
		fmt.Fprint(w, "text")
	})
	routes.HandleFunc("/sniffed", func(w http.ResponseWriter, r *http.Request) {
		w.Write([]byte("\x89PNG\r\n\x1a\n\x00\xff"))
	})
	routes.HandleFunc("/pieces", func(w http.ResponseWriter, r *http.Request) {
		for piece := range strings.SplitSeq("<html>,<p>,\xff\xfe", ",") {
			io.WriteString(w, piece)
		}
	})
	routes.HandleFunc("/long/{bytes}", func(w http.ResponseWriter, r *http.Request) {
		length, _ := strconv.Atoi(r.PathValue("bytes"))
		w.Header().Set("Content-Length", r.PathValue("bytes"))
		w.Write(bytes.Repeat([]byte("x"), length))
	})
	routes.HandleFunc("/until-the-end", func(w http.ResponseWriter, r *http.Request) {
		<-r.Context().Done()
		http.Error(w, r.Context().Err().Error(), http.StatusServiceUnavailable)
	})
	routes.HandleFunc("/panic", func(w http.ResponseWriter, r *http.Request) { panic("on purpose") })
	routes.HandleFunc("/panic-late", func(w http.ResponseWriter, r *http.Request) {
		io.WriteString(w, "half an answ")
		panic("on purpose")
	})
	return routes
}

func echo(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	client, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	header := make(http.Header)
	for name, values := range r.Header {
		switch name {
		case "X-Forwarded-For", "X-Forwarded-Port", "X-Forwarded-Proto", "X-Amzn-Trace-Id": // API Gateway adds them
		case "Content-Length": // and this one, to requests without a body too
		default:
			header[name] = values
		}
	}
	var cookies []string
	for _, cookie := range r.Cookies() {
		cookies = append(cookies, cookie.Name+"="+cookie.Value)
	}
	seen, err := json.Marshal(map[string]any{
		"method": r.Method, "protocol": []any{r.Proto, r.ProtoMajor, r.ProtoMinor},
		"path": r.URL.Path, "rawPath": r.URL.RawPath, "first": r.PathValue("first"), "rest": r.PathValue("rest"),
		"rawQuery": r.URL.RawQuery, "query": r.URL.Query(),
		"host": r.Host, "client": client, "header": header, "cookies": cookies,
		"body": body, "length": r.ContentLength,
	})
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	send(w, "application/json", seen)
}

func TestBothFormsTreatHandlersAlike(t *testing.T) {
	t.Parallel()
	_, server := startOnPort(t, "probe")
	_, gateway := startOnLambda(t, patience, "probe")
	client := newClient()

	everyByte := make([]byte, 256)
	for i := range everyByte {
		everyByte[i] = byte(i)
	}
	binary := http.Header{"Content-Type": {"application/octet-stream"}}
	exchanges := []exchange{
		{name: "path", method: "GET", target: "/echo/a/b/c", status: 200, contains: `"first":"a"`},
		{name: "host", method: "GET", target: "/echo/a/b/c", status: 200, contains: `"host":"thumbs.example.com"`},
		{name: "client", method: "GET", target: "/echo/a/b/c", status: 200, contains: `"client":"127.0.0.1"`},
		{name: "encoded path", method: "GET", target: "/echo/a%20b/%C3%A9%2Bd+e/%25/%3D", status: 200, contains: `"rest":"é+d+e/%/="`},
		{name: "query", method: "GET", target: "/echo/a/b?x=1&x=2&x=1,2&y=%26%3D%2B+%20&z&=&%C3%A9=%2525", status: 200, contains: `"x":["1","2","1,2"]`},
		{name: "broken query", method: "GET", target: "/echo/a/b?x=%zz;y", status: 200, contains: `"rawQuery":"x=%zz;y"`},
		{name: "methods", method: "PATCH", target: "/echo/a/b", status: 200, contains: `"method":"PATCH"`},
		{name: "own method", method: "PURGE", target: "/echo/a/b", status: 200, contains: `"method":"PURGE"`},
		{name: "headers", method: "GET", target: "/echo/a/b", header: http.Header{"X-A": {"1", "2", "3, 4"}, "X-Empty": {""}, "Authorization": {"Bearer x"}}, status: 200, contains: `"X-A":["1,2,3, 4"]`},
		{name: "cookies", method: "GET", target: "/echo/a/b", header: http.Header{"Cookie": {"a=1; b=2", `c="3,4"`}}, status: 200, contains: `"cookies":["a=1","b=2","c=3,4"]`},
		{name: "binary body", method: "POST", target: "/echo/a/b", header: binary, body: everyByte, status: 200, contains: `"length":256`},
		{name: "text body", method: "POST", target: "/echo/a/b", header: http.Header{"Content-Type": {"application/json; charset=utf-8"}}, body: []byte(`{"ä": "\u0000<&"}`), status: 200, contains: `"length":18`},
		{name: "body without a type", method: "PUT", target: "/echo/a/b", body: []byte("text"), status: 200, contains: `"length":4`},
		{name: "long body", method: "POST", target: "/echo/a/b", header: binary, body: bytes.Repeat(everyByte, 4096), status: 200, contains: `"length":1048576`},
		{name: "answer to head", method: "HEAD", target: "/headers", status: 200, contentType: plain},
		{name: "long answer to head", method: "HEAD", target: "/long/100000", status: 200, headers: map[string]string{"Content-Length": "100000"}},
		{name: "headers of the answer", method: "GET", target: "/headers", status: 200, headers: map[string]string{"Vary": "Origin,Accept", "X-Two": ""}},
		{name: "sniffed content type", method: "GET", target: "/sniffed", status: 200, contentType: "image/png"},
		{name: "content type of the first piece", method: "GET", target: "/pieces", status: 200, contentType: "text/html; charset=utf-8", contains: "<html><p>\xff\xfe"},
		{name: "created", method: "GET", target: "/answer/201", status: 201, contains: "body", headers: map[string]string{"Late": ""}},
		{name: "no content", method: "GET", target: "/answer/204", status: 204, headers: map[string]string{"Content-Type": "text/html", "Location": "/elsewhere?a=b&c=d"}},
		{name: "not modified", method: "GET", target: "/answer/304", status: 304, headers: map[string]string{"Content-Type": ""}},
		{name: "redirect", method: "GET", target: "/answer/302", status: 302, headers: map[string]string{"Location": "/elsewhere?a=b&c=d"}},
		{name: "odd status", method: "GET", target: "/answer/599", status: 599},
		{name: "invalid status", method: "GET", target: "/answer/99", status: 500},
		{name: "longest answer", method: "GET", target: fmt.Sprint("/long/", maxBody), status: 200},
		{name: "panic", method: "GET", target: "/panic", status: 500, contentType: plain, contains: "Internal Server Error"},
		{name: "after the panic", method: "GET", target: "/echo/a/b", status: 200},
	}
	for _, exchange := range exchanges {
		t.Run(exchange.name, func(t *testing.T) {
			if exchange.header == nil {
				exchange.header = make(http.Header)
			}
			exchange.header.Set("User-Agent", "probe")
			overHTTP := exchange.send(t, client, server)
			exchange.check(t, overHTTP)
			onLambda := exchange.send(t, client, gateway.url)
			exchange.check(t, onLambda)
			if overHTTP.String() != onLambda.String() {
				t.Errorf("over HTTP:\n%v\non Lambda:\n%v", overHTTP, onLambda)
			}
		})
	}
}
