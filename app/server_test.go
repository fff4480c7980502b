package main

import (
	"bufio"
	"bytes"
	"fmt"
	"image"
	"io"
	"net"
	"net/http"
	"os"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// upload is a request whose body the test sends when it wants to.
type upload struct {
	connection net.Conn
	reader     *bufio.Reader
}

// startUpload sends the header, and returns once the handler waits for the body.
func startUpload(t *testing.T, base string, length int) upload {
	t.Helper()
	connection, err := net.Dial("tcp", strings.TrimPrefix(base, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { connection.Close() })
	connection.SetDeadline(time.Now().Add(patience))
	fmt.Fprintf(connection, "POST /thumbnails?width=3 HTTP/1.1\r\nHost: thumbs\r\nContent-Length: %d\r\nExpect: 100-continue\r\n\r\n", length)
	u := upload{connection, bufio.NewReader(connection)}
	for _, want := range []string{"HTTP/1.1 100 Continue\r\n", "\r\n"} { // comes when the handler reads
		if line, err := u.reader.ReadString('\n'); err != nil || line != want {
			t.Fatalf("got %q, %v, want %q", line, err, want)
		}
	}
	return u
}

// Asked to stop, the server refuses new connections, finishes what it has, and
// ends well.
func TestDraining(t *testing.T) {
	t.Parallel()
	p, base := startOnPort(t, "thumbs")
	body := pngOf(t, gradient(6, 4))
	u := startUpload(t, base, len(body))
	idle := newClient()
	response, err := idle.Get(base + "/healthz") // and keeps the connection
	if err != nil {
		t.Fatal(err)
	}
	io.Copy(io.Discard, response.Body)
	response.Body.Close()

	if err := p.command.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	p.waitForRecord(t, "draining")
	for deadline := time.Now().Add(patience); ; time.Sleep(5 * time.Millisecond) { // it is logged first, then done
		connection, err := net.Dial("tcp", strings.TrimPrefix(base, "http://"))
		if err != nil {
			break
		}
		connection.Close()
		if time.Now().After(deadline) {
			t.Fatal("still takes connections")
		}
	}
	select {
	case <-p.exited:
		t.Fatal("ended before the request did")
	default:
	}
	if _, err := u.connection.Write(body); err != nil {
		t.Fatal(err)
	}
	response, err = http.ReadResponse(u.reader, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		t.Errorf("status %d, want 200", response.StatusCode)
	}
	if code := p.waitForExit(t); code != 0 {
		t.Errorf("exit code %d, want 0", code)
	}
	p.waitForRecord(t, "drained")
}

// A request that does not end does not keep the process for ever.
func TestDrainingEnds(t *testing.T) {
	t.Parallel()
	p, base := startOnPort(t, "thumbs", "REQUEST_TIMEOUT=200ms")
	u := startUpload(t, base, 1000)
	if err := p.command.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	response, err := http.ReadResponse(u.reader, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusRequestTimeout {
		t.Errorf("status %d, want 408", response.StatusCode)
	}
	if code := p.waitForExit(t); code != 0 {
		t.Errorf("exit code %d, want 0", code)
	}
}

// A client that leaves takes its work along.
func TestClientLeaves(t *testing.T) {
	t.Parallel()
	p, base := startOnPort(t, "thumbs")
	file := progressive(4000, 4000, maxScans)
	u := startUpload(t, base, len(file))
	if _, err := io.Copy(u.connection, bytes.NewReader(file)); err != nil {
		t.Fatal(err)
	}
	time.Sleep(50 * time.Millisecond) // the decoder is at work
	u.connection.Close()
	p.waitForRecord(t, "the client left")
	if status := p.waitForRecord(t, "request")["status"]; status != 0.0 {
		t.Errorf("status %v in the log, want 0", status)
	}
}

// A body that says it is longer than it comes is the client's mistake.
func TestBodyEndsEarly(t *testing.T) {
	t.Parallel()
	_, base := startOnPort(t, "thumbs")
	u := startUpload(t, base, 1000)
	if _, err := u.connection.Write([]byte("half")); err != nil {
		t.Fatal(err)
	}
	if err := u.connection.(*net.TCPConn).CloseWrite(); err != nil {
		t.Fatal(err)
	}
	response, err := http.ReadResponse(u.reader, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, _ := io.ReadAll(response.Body)
	if response.StatusCode != http.StatusBadRequest || !bytes.Contains(body, []byte("the body cannot be read")) {
		t.Errorf("got %d %q, want 400", response.StatusCode, body)
	}
}

// An answer that breaks off must not look whole.
func TestPanicInTheMiddle(t *testing.T) {
	t.Parallel()
	p, base := startOnPort(t, "probe")
	response, err := newClient().Get(base + "/panic-late")
	if err == nil {
		defer response.Body.Close()
		var body []byte
		if body, err = io.ReadAll(response.Body); err == nil {
			t.Errorf("got %q without an error", body)
		}
	}
	if problem := p.waitForRecord(t, "panic")["problem"]; problem != "on purpose" {
		t.Errorf("logged %v", problem)
	}
}

// Several thumbnails at a time get the same answers as one.
func TestManyAtOnce(t *testing.T) {
	t.Parallel()
	_, base := startOnPort(t, "thumbs")
	e := post("", "/thumbnails?width=100", "image/png", pngOf(t, gradient(300, 200)), "png", 100, 67)
	client := newClient()
	first := e.send(t, client, base)
	e.check(t, first)
	failures := make(chan error, 3*uploads)
	for range cap(failures) {
		go func() {
			response, err := client.Post(base+e.target, "image/png", bytes.NewReader(e.body))
			if err != nil {
				failures <- err
				return
			}
			defer response.Body.Close()
			body, err := io.ReadAll(response.Body)
			if err == nil && !bytes.Equal(body, first.body) {
				err = fmt.Errorf("status %d and %d other bytes", response.StatusCode, len(body))
			}
			failures <- err
		}()
	}
	for range cap(failures) {
		if err := <-failures; err != nil {
			t.Error(err)
		}
	}
}

// The most expensive pictures that are let in fit a container of 512 MiB, one after
// the other and at the same time.
func TestMemory(t *testing.T) {
	t.Parallel()
	if build, ok := debug.ReadBuildInfo(); ok && slices.Contains(build.Settings, debug.BuildSetting{Key: "-race", Value: "true"}) {
		t.Skip("the race detector takes several times the memory")
	}
	p, base := startOnPort(t, "thumbs")
	status := fmt.Sprintf("/proc/%d/status", p.command.Process.Pid)
	if _, err := os.Stat(status); err != nil {
		t.Skipf("the peak of another process's memory is not known here: %v", err)
	}
	tall := pngOf(t, image.NewNRGBA(image.Rect(0, 0, maxPixels/maxSide, maxSide)))
	var all sync.WaitGroup
	for range 2 {
		all.Go(func() {
			response, err := newClient().Post(base+"/thumbnails?width=1024", "image/png", bytes.NewReader(tall))
			if err != nil {
				t.Error(err)
				return
			}
			response.Body.Close()
			if response.StatusCode != http.StatusOK {
				t.Errorf("status %d, want 200", response.StatusCode)
			}
		})
	}
	all.Wait()
	text, err := os.ReadFile(status)
	if err != nil {
		t.Fatal(err)
	}
	_, peak, _ := strings.Cut(string(text), "VmHWM:")
	var kilobytes int
	if _, err := fmt.Sscan(peak, &kilobytes); err != nil {
		t.Fatal(err)
	}
	if kilobytes > 512<<10 {
		t.Errorf("up to %d MiB, want at most 512", kilobytes>>10)
	}
	t.Logf("up to %d MiB", kilobytes>>10)
}
