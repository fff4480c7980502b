package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"
)

// The tests run the program itself, in processes of their own: the test binary
// starts again as what this variable names.
const roleVariable = "THUMBS_TEST_ROLE"

// patience is how long the tests wait for what must happen. Only a failing test,
// or a very busy machine, waits that long.
const patience = time.Minute

func TestMain(m *testing.M) {
	switch role := os.Getenv(roleVariable); role {
	case "":
		os.Exit(m.Run())
	case "thumbs":
		main()
	case "probe": // the same servers around a handler that shows what reaches it
		settings, err := readSettings(os.LookupEnv)
		if err == nil {
			log := slog.New(slog.NewJSONHandler(os.Stdout, nil))
			err = serve(context.Background(), settings, log, wrap(log, settings.requestTimeout, probe()))
		}
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	default:
		fmt.Fprintf(os.Stderr, "%s: no such role: %s\n", roleVariable, role)
		os.Exit(2)
	}
}

// process is a running program and what it has logged.
type process struct {
	command *exec.Cmd
	exited  chan struct{}
	mutex   sync.Mutex
	output  strings.Builder // stdout and stderr
	grown   chan struct{}   // has an element after output grew
}

// startProcess starts the test binary in a role, on a free port. Nothing of the
// developer's environment reaches it.
func startProcess(t *testing.T, role string, environment ...string) *process {
	t.Helper()
	p := &process{exited: make(chan struct{}), grown: make(chan struct{}, 1)}
	p.command = exec.Command(os.Args[0])
	p.command.Env = append([]string{roleVariable + "=" + role, "PORT=0", "REQUEST_TIMEOUT=" + patience.String()}, environment...)
	reader, writer := io.Pipe()
	p.command.Stdout, p.command.Stderr = writer, writer
	if err := p.command.Start(); err != nil {
		t.Fatal(err)
	}
	read := make(chan struct{})
	go func() {
		defer close(read)
		for lines := bufio.NewReader(reader); ; {
			line, err := lines.ReadString('\n')
			p.mutex.Lock()
			p.output.WriteString(line)
			p.mutex.Unlock()
			select {
			case p.grown <- struct{}{}:
			default:
			}
			if err != nil {
				return
			}
		}
	}()
	go func() {
		p.command.Wait()
		writer.Close()
		<-read
		close(p.exited)
	}()
	t.Cleanup(func() {
		p.command.Process.Kill()
		<-p.exited
		if strings.Contains(p.log(), "DATA RACE") { // with go test -race
			t.Error("a data race in the process")
		}
		if t.Failed() {
			log := p.log()
			t.Logf("%s %v ended its log with:\n%s", role, environment, log[max(0, len(log)-2000):])
		}
	})
	return p
}

func (p *process) log() string {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	return p.output.String()
}

// waitForRecord returns the first log record with a message.
func (p *process) waitForRecord(t *testing.T, message string) map[string]any {
	t.Helper()
	deadline := time.After(patience)
	for {
		for line := range strings.Lines(p.log()) {
			var record map[string]any
			if json.Unmarshal([]byte(line), &record) == nil && record["msg"] == message {
				return record
			}
		}
		select {
		case <-p.grown:
		case <-p.exited:
			t.Fatalf("the process ended and had not logged %q:\n%s", message, p.log())
		case <-deadline:
			t.Fatalf("not logged: %q:\n%s", message, p.log())
		}
	}
}

// waitForExit returns the exit code.
func (p *process) waitForExit(t *testing.T) int {
	t.Helper()
	select {
	case <-p.exited:
		return p.command.ProcessState.ExitCode()
	case <-time.After(patience):
		t.Fatalf("still running:\n%s", p.log())
		return -1
	}
}

// startOnPort starts a role that serves HTTP, and returns where.
func startOnPort(t *testing.T, role string, environment ...string) (*process, string) {
	t.Helper()
	p := startProcess(t, role, environment...)
	address, _ := p.waitForRecord(t, "serving")["address"].(string)
	_, port, err := net.SplitHostPort(address)
	if err != nil {
		t.Fatalf("address in the log: %v", err)
	}
	return p, "http://" + net.JoinHostPort("127.0.0.1", port)
}

// newClient returns a client that shows responses as they come.
func newClient() *http.Client {
	return &http.Client{
		Timeout:       patience,
		Transport:     &http.Transport{DisableCompression: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

func TestSettings(t *testing.T) {
	tests := []struct {
		environment map[string]string
		want        settings
		wantError   string
	}{
		{nil, settings{false, 8080, slog.LevelInfo, 9 * time.Second}, ""},
		{
			map[string]string{"PORT": "0", "LOG_LEVEL": "debug", "REQUEST_TIMEOUT": "90s", "AWS_LAMBDA_RUNTIME_API": "127.0.0.1:9001"},
			settings{true, 0, slog.LevelDebug, 90 * time.Second},
			"",
		},
		{map[string]string{"PORT": "65536"}, settings{}, `PORT: must be a number from 0 to 65535, got "65536"`},
		{map[string]string{"PORT": "-1"}, settings{}, `PORT: must be a number from 0 to 65535, got "-1"`},
		{map[string]string{"PORT": ""}, settings{}, `PORT: must be a number from 0 to 65535, got ""`},
		{map[string]string{"LOG_LEVEL": "loud"}, settings{}, `LOG_LEVEL: must be debug, info, warn or error, got "loud"`},
		{map[string]string{"REQUEST_TIMEOUT": "9"}, settings{}, `REQUEST_TIMEOUT: must be a duration such as 9s, got "9"`},
		{map[string]string{"REQUEST_TIMEOUT": "-1s"}, settings{}, `REQUEST_TIMEOUT: must be a duration such as 9s, got "-1s"`},
	}
	for _, test := range tests {
		t.Run(fmt.Sprint(test.environment), func(t *testing.T) {
			got, err := readSettings(lookupIn(test.environment))
			if test.wantError != "" {
				if err == nil || err.Error() != test.wantError {
					t.Fatalf("got error %v, want %s", err, test.wantError)
				}
				return
			}
			if err != nil || got != test.want {
				t.Errorf("got %+v, %v, want %+v", got, err, test.want)
			}
		})
	}
}

func lookupIn(variables map[string]string) environment {
	return func(name string) (string, bool) {
		value, set := variables[name]
		return value, set
	}
}

// A process that cannot start says why on the last lines and fails.
func TestStartFails(t *testing.T) {
	taken, err := net.Listen("tcp", ":0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	_, port, _ := net.SplitHostPort(taken.Addr().String())

	for variable, want := range map[string]string{
		"PORT=eighty":      "thumbs: PORT: must be a number",
		"PORT=" + port:     "address already in use",
		"API_KEY=":         "thumbs: API_KEY: is set, but empty\nhint: ",
		"API_KEY_SECRET=x": `thumbs: API_KEY_SECRET: must be the ARN of a secret, got "x"` + "\nhint: ",
	} {
		t.Run(variable, func(t *testing.T) {
			p := startProcess(t, "thumbs", variable)
			if code := p.waitForExit(t); code != 1 {
				t.Errorf("exit code %d, want 1", code)
			}
			if !strings.Contains(p.log(), want) {
				t.Errorf("got %q, want %q in it", p.log(), want)
			}
		})
	}
}

// The image says what the program does: which port, and no root by number.
func TestDockerfile(t *testing.T) {
	file, err := os.ReadFile("Dockerfile")
	if err != nil {
		t.Fatal(err)
	}
	settings, err := readSettings(lookupIn(nil))
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range []string{
		fmt.Sprintf("EXPOSE %d", settings.port),
		"USER 65532:65532",
		`ENTRYPOINT ["/thumbs"]`,
		"COPY --from=build /thumbs /thumbs",
	} {
		if !strings.Contains(string(file), "\n"+line+"\n") {
			t.Errorf("no line %q", line)
		}
	}
}
