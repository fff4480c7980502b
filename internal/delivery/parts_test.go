//go:build delivery

package delivery_test

import (
	"bytes"
	"context"
	"crypto/md5"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"ambi/internal/sqs"
)

// patience is how long the tests wait for what must happen.
const patience = 2 * time.Minute

// tool is a program that "make delivery" builds.
func tool(t *testing.T, name string) string {
	t.Helper()
	dir := os.Getenv("AMBI_TOOLS")
	if dir == "" {
		dir = "../../.bin"
	}
	path, err := filepath.Abs(filepath.Join(dir, name))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(path); err != nil {
		t.Fatalf("%v\nhint: make test-delivery builds it", err)
	}
	return path
}

// buildApp builds the example app, once for all tests.
var buildApp = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "ambi-delivery-")
	if err != nil {
		return "", err
	}
	app := filepath.Join(dir, "thumbs")
	if output, err := exec.Command("go", "build", "-o", app, "../../app").CombinedOutput(); err != nil {
		return "", fmt.Errorf("%w: %s", err, output)
	}
	return app, nil
})

func TestMain(m *testing.M) {
	code := m.Run()
	if app, err := buildApp(); err == nil {
		os.RemoveAll(filepath.Dir(app))
	}
	os.Exit(code)
}

func app(t *testing.T) string {
	t.Helper()
	path, err := buildApp()
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// program is a process that can be killed and started again.
type program struct {
	t       *testing.T
	name    string
	args    []string
	env     []string
	mutex   sync.Mutex
	command *exec.Cmd
	output  safeBuffer
}

func newProgram(t *testing.T, name string, env []string, args ...string) *program {
	t.Helper()
	p := &program{t: t, name: name, args: args, env: append(env, "PATH="+os.Getenv("PATH"))}
	p.start()
	t.Cleanup(func() {
		p.kill()
		if text := p.output.String(); t.Failed() {
			t.Logf("%s ended its log with:\n%s", filepath.Base(name), text[max(0, len(text)-4000):])
		}
	})
	return p
}

func (p *program) start() {
	p.t.Helper()
	p.mutex.Lock()
	defer p.mutex.Unlock()
	p.command = exec.Command(p.name, p.args...)
	p.command.Env, p.command.Stdout, p.command.Stderr = p.env, &p.output, &p.output
	if err := p.command.Start(); err != nil {
		p.t.Fatal(err)
	}
}

// kill ends the process at once, as a node that fails does.
func (p *program) kill() {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	_ = p.command.Process.Kill()
	_ = p.command.Wait()
}

type safeBuffer struct {
	mutex  sync.Mutex
	buffer bytes.Buffer
}

func (b *safeBuffer) Write(data []byte) (int, error) {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	return b.buffer.Write(data)
}

func (b *safeBuffer) String() string {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	return b.buffer.String()
}

// freePort is one that nobody listens on.
func freePort(t *testing.T) int {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	return listener.Addr().(*net.TCPAddr).Port
}

// eventually waits until something is so.
func eventually(t *testing.T, what string, so func() bool) {
	t.Helper()
	for start := time.Now(); !so(); time.Sleep(50 * time.Millisecond) {
		if time.Since(start) > patience {
			t.Fatalf("not within %v: %s", patience, what)
		}
	}
}

// answers reports whether a GET succeeds.
func answers(url string) bool {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return false
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return false
	}
	defer response.Body.Close()
	return response.StatusCode == http.StatusOK
}

// credentials are what AWS's SDKs want; no stand-in checks them.
func credentials(endpoint string) []string {
	return []string{
		"AWS_ENDPOINT_URL=" + endpoint, "AWS_REGION=us-east-1", "AWS_EC2_METADATA_DISABLED=true",
		"AWS_ACCESS_KEY_ID=AKIAIOSFODNN7EXAMPLE", "AWS_SECRET_ACCESS_KEY=wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
	}
}

// bucket stands in for S3: objects by bucket/key, and when each was first put.
type bucket struct {
	mutex   sync.Mutex
	objects map[string][]byte
	put     map[string]time.Time
	delay   time.Duration // of each answer
}

func newBucket(t *testing.T, delay time.Duration) (*bucket, string) {
	t.Helper()
	b := &bucket{objects: map[string][]byte{}, put: map[string]time.Time{}, delay: delay}
	server := httptest.NewServer(b)
	t.Cleanup(server.Close)
	return b, server.URL
}

func (b *bucket) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	time.Sleep(b.delay)
	if err != nil || r.Context().Err() != nil {
		return // whoever asked was killed
	}
	b.mutex.Lock()
	defer b.mutex.Unlock()
	name := strings.TrimPrefix(r.URL.Path, "/")
	object, exists := b.objects[name]
	switch {
	case r.Method == http.MethodPut:
		b.objects[name] = body
		if b.put[name].IsZero() {
			b.put[name] = time.Now()
		}
	case !exists:
		w.WriteHeader(http.StatusNotFound)
		fmt.Fprint(w, "<Error><Code>NoSuchKey</Code></Error>")
	default:
		w.Header().Set("ETag", fmt.Sprintf(`"%x"`, md5.Sum(object)))
		w.Header().Set("Content-Length", strconv.Itoa(len(object)))
		_, _ = w.Write(object)
	}
}

func (b *bucket) set(name string, object []byte) {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	b.objects[name] = object
}

// thumbnails are the objects that the app put.
func (b *bucket) thumbnails() map[string][]byte {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	found := map[string][]byte{}
	for name, object := range b.objects {
		if strings.HasPrefix(name, "thumbnails/") {
			found[name] = object
		}
	}
	return found
}

func (b *bucket) firstPut(name string) time.Time {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	return b.put[name]
}

// picture is a PNG image that is another one for each shade.
func picture(t *testing.T, shade int) []byte {
	t.Helper()
	canvas := image.NewGray(image.Rect(0, 0, 400+shade, 300))
	for x := range 400 {
		canvas.SetGray(x, shade, color.Gray{uint8(x)})
	}
	var file bytes.Buffer
	if err := png.Encode(&file, canvas); err != nil {
		t.Fatal(err)
	}
	return file.Bytes()
}

// uploaded is what S3 sends about a new object; the key is encoded, as S3 does.
func uploaded(encodedKey string) string {
	return fmt.Sprintf(`{"Records":[{"eventVersion":"2.1","eventSource":"aws:s3","awsRegion":"us-east-1","eventTime":"2035-10-21T07:28:00.000Z",`+
		`"eventName":"ObjectCreated:Put","s3":{"s3SchemaVersion":"1.0","bucket":{"name":"originals"},"object":{"key":%q,"sequencer":"0055AED6DCD90281E5"}}}]}`, encodedKey)
}

const testEvent = `{"Service":"Amazon S3","Event":"s3:TestEvent","Time":"2035-10-21T07:28:00.000Z","Bucket":"originals"}`

// startApp starts the example app as in a pod.
func startApp(t *testing.T, s3 string) (p *program, port int) {
	t.Helper()
	port = freePort(t)
	p = newProgram(t, app(t), append(credentials(s3), "PORT="+strconv.Itoa(port), "REQUEST_TIMEOUT=20s", "THUMBNAILS_BUCKET=thumbnails"))
	eventually(t, "the app answers", func() bool { return answers(fmt.Sprintf("http://127.0.0.1:%d/healthz", port)) })
	return p, port
}

// startDelivery starts Bento with the emitted configuration, for an app that listens
// on a port, and returns when it is ready.
func startDelivery(t *testing.T, queue *sqs.Queue, endpoint string, f facts) *program {
	t.Helper()
	admin := freePort(t)
	config := filepath.Join(t.TempDir(), "bento.yaml")
	text := emittedConfig(t, f)
	inPod := fmt.Sprintf("0.0.0.0:%d", deliveryPort) // a pod has the port to itself
	if strings.Count(text, inPod) != 1 {
		t.Fatalf("the configuration does not listen on %s:\n%s", inPod, text)
	}
	text = strings.Replace(text, inPod, fmt.Sprintf("127.0.0.1:%d", admin), 1)
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	p := newProgram(t, tool(t, "bento"), append(credentials(endpoint), "QUEUE_URL="+endpoint+queue.Path()), "-c", config)
	eventually(t, "Bento is ready", func() bool { return answers(fmt.Sprintf("http://127.0.0.1:%d/ready", admin)) })
	return p
}
