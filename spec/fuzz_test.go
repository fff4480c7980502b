package spec_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"ambi/internal/spectest"
	"ambi/spec"
)

// FuzzParse requires of any input that Parse does not panic, says the same
// twice, and places its errors within the file.
func FuzzParse(f *testing.F) {
	for _, src := range corpus(f) {
		if len(src) < 8<<10 { // the bombs are slow, and TestCorpus has them
			f.Add(src)
		}
	}
	for seed := range uint64(20) {
		f.Add(spectest.Generate(rand.New(rand.NewPCG(seed, seed))))
	}
	f.Fuzz(checkParse)
}

// TestBroken breaks valid specs at random lines and words. It reaches further
// than bytes changed at random, which are mostly not YAML.
func TestBroken(t *testing.T) {
	words := []string{
		"*x", "&x", "<<: *x", "<<: {}", "null", "~", "true", "-1", "99999999999999999999", "0.5", "1e9", "[]", "{}", "[[]]", "{a: b}", "''", "!!str 1", "!x y",
		"\t", "- a", "? a", "|", ">", "#", "\"", "\u202E", "image: x", "services:", "http: {}", "routes: [GET /]",
		"needs: [a]", "cors: {origins: [\"*\"]}", "scaleToZero: {floor: true}", "permissions: [{}]", "keda: {}", "gateway: {name: x}",
	}
	failed := 0
	for seed := range uint64(1000) {
		r := rand.New(rand.NewPCG(seed, 7))
		lines := strings.Split(string(spectest.Generate(r)), "\n")
		for range 1 + r.IntN(3) {
			i, j, word := r.IntN(len(lines)), r.IntN(len(lines)), words[r.IntN(len(words))]
			key, value, _ := strings.Cut(lines[i], ": ")
			switch r.IntN(6) {
			case 0:
				lines = append(lines[:i:i], lines[i+1:]...)
			case 1:
				lines[i], lines[j] = lines[j], lines[i]
			case 2:
				lines = append(lines[:i:i], append([]string{lines[j]}, lines[i:]...)...)
			case 3:
				lines[i] = key + ": " + word
			case 4:
				lines[i] = key + ": &x " + value
				lines[j] = strings.Repeat(" ", r.IntN(8)) + word
			case 5:
				k, _, _ := strings.Cut(lines[j], ": ")
				lines[i], lines[j] = key+": &x "+value, k+": *x"
			}
			if len(lines) == 0 {
				break
			}
		}
		src := []byte(strings.Join(lines, "\n"))
		if checkParse(t, src); t.Failed() {
			t.Fatalf("seed %d:\n%s", seed, src)
		}
		if _, err := spec.Parse("a", src); err != nil {
			failed++
		}
	}
	if failed < 500 {
		t.Errorf("only %d of 1000 broken specs were refused", failed)
	}
}

// BenchmarkParse shows that the time for one service does not grow with their
// number.
func BenchmarkParse(b *testing.B) {
	for _, n := range []int{1, 10, 100, 1000} {
		src := []byte(manyServices(n))
		b.Run(fmt.Sprintf("services=%d", n), func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(len(src)))
			for b.Loop() {
				if _, err := spec.Parse("app.yaml", src); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N*n), "µs/service")
		})
	}
}

func manyServices(n int) string {
	var text strings.Builder
	text.WriteString("apiVersion: ambi/v1\nname: thumbs\nservices:\n")
	for i := range n {
		fmt.Fprintf(&text, `  service-%d:
    image: ghcr.io/example/thumbs:1.4.2
    cpu: 500m
    memory: 512Mi
    timeout: 10s
    env: {LOG_LEVEL: info, REGION_HINT: "eu"}
    secrets: {DATABASE_URL: {name: thumbs-database, key: url}}
    health: {path: /healthz}
    http:
      routes: ["POST /s%[1]d/thumbnails", "GET /s%[1]d/placeholders/{width}/{height}"]
    scale: {min: 1, max: 50, cpu: 70}
    lambda: {architecture: arm64}
`, i)
	}
	return text.String()
}
