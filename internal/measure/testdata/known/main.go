// Known is a server whose figures are known: a measurement of it can be checked.
//
//	GET /task?cpu=5ms&wait=20ms&out=1000&log=100
//
// works for 5 ms of CPU time, waits 20 ms, and answers with a body of 1,000 bytes after it has
// logged 100; so does any path below /work. POST /events is given back when its body says fail. It listens on PORT.
//
//	START    how long it takes until it listens
//	SLOTS    how many requests it works on at once; all when not set
//	MEMORY   bytes that it holds
//	COUNTS   a file that gets the number of requests at the end, without those for its health
//	CHILD    when set, a child process serves
package main

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"os/signal"
	"runtime"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"time"
)

func main() {
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, syscall.SIGTERM)
	if os.Getenv("CHILD") != "" {
		child := exec.Command(os.Args[0])
		child.Env = append(os.Environ(), "CHILD=")
		child.Stdout = os.Stdout
		if err := child.Start(); err != nil {
			panic(err)
		}
		<-stop
		_ = child.Wait() // the signal reaches the group
		return
	}
	start, _ := time.ParseDuration(os.Getenv("START"))
	time.Sleep(start)
	size, _ := strconv.Atoi(os.Getenv("MEMORY"))
	held := make([]byte, size)
	for i := range held {
		held[i] = 1
	}
	slots := make(chan struct{}, 10_000)
	if n, _ := strconv.Atoi(os.Getenv("SLOTS")); n > 0 {
		slots = make(chan struct{}, n)
	}
	var counted atomic.Int64
	http.HandleFunc("/healthz", func(http.ResponseWriter, *http.Request) {})
	http.HandleFunc("/events", func(w http.ResponseWriter, r *http.Request) {
		counted.Add(1)
		body, _ := io.ReadAll(r.Body)
		if bytes.Contains(body, []byte("fail")) {
			fmt.Fprint(w, `{"batchItemFailures": [{"itemIdentifier": "1"}]}`)
		}
	})
	work := func(w http.ResponseWriter, r *http.Request) {
		counted.Add(1)
		slots <- struct{}{}
		defer func() { <-slots }()
		_, _ = io.Copy(io.Discard, r.Body)
		q := r.URL.Query()
		cpu, _ := time.ParseDuration(q.Get("cpu"))
		wait, _ := time.ParseDuration(q.Get("wait"))
		out, _ := strconv.Atoi(q.Get("out"))
		log, _ := strconv.Atoi(q.Get("log"))
		burn(cpu)
		time.Sleep(wait)
		if log > 0 {
			fmt.Println(strings.Repeat("l", log-1))
		}
		if status, err := strconv.Atoi(q.Get("status")); err == nil {
			w.WriteHeader(status)
		}
		_, _ = w.Write(bytes.Repeat([]byte("b"), out))
	}
	http.HandleFunc("/task", work)
	http.HandleFunc("/task/", work)
	go func() {
		<-stop
		if file := os.Getenv("COUNTS"); file != "" {
			_ = os.WriteFile(file, []byte(strconv.FormatInt(counted.Load(), 10)), 0o600)
		}
		os.Exit(0)
	}()
	err := http.ListenAndServe("localhost:"+os.Getenv("PORT"), nil)
	fmt.Println(err, len(held))
	os.Exit(1)
}

// burn takes CPU time by the thread's own clock.
func burn(d time.Duration) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	for begun := threadTime(); threadTime()-begun < d; {
	}
}
