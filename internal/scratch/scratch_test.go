package scratch_test

import (
	"bufio"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"sync"
	"testing"

	"ambi/internal/scratch"
)

// TestMain lets the test binary be a process that holds a folder until it is killed.
func TestMain(m *testing.M) {
	if os.Getenv("HOLD_A_FOLDER") == "" {
		os.Exit(m.Run())
	}
	dir, _, err := scratch.Dir(scratch.Preview)
	if err != nil {
		panic(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "file"), []byte("text"), 0o600); err != nil {
		panic(err)
	}
	os.Stdout.WriteString(dir + "\n")
	select {}
}

func TestFoldersOfKilledProcessesAreRemoved(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("no lock that ends with its process")
	}
	tmp := t.TempDir()
	t.Setenv("TMPDIR", tmp)
	var others []string
	for _, name := range []string{"ambi-preview-notes", "ambi-other-1", "ambi-merge-", "preview-1"} {
		other := filepath.Join(tmp, name)
		if err := os.Mkdir(other, 0o700); err != nil {
			t.Fatal(err)
		}
		others = append(others, other)
	}
	target := t.TempDir()
	link := filepath.Join(tmp, "ambi-preview-1")
	if err := os.Symlink(target, link); err != nil {
		t.Fatal(err)
	}

	holder := exec.Command(os.Args[0])
	holder.Env = append(os.Environ(), "HOLD_A_FOLDER=1")
	out, err := holder.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := holder.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	held := line[:len(line)-1]

	check := func(name string, want bool) {
		t.Helper()
		if _, err := os.Lstat(name); (err == nil) != want {
			t.Errorf("%s: exists is %t, want %t", name, err == nil, want)
		}
	}
	dir, remove, err := scratch.Dir(scratch.Merge)
	if err != nil {
		t.Fatal(err)
	}
	check(held, true) // its process lives
	if err := holder.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = holder.Wait()
	check(held, true) // nobody removed it yet

	second, removeSecond, err := scratch.Dir(scratch.Package)
	if err != nil {
		t.Fatal(err)
	}
	check(held, false)
	check(dir, true) // held by this process
	for _, other := range append(others, link, target) {
		check(other, true)
	}
	for _, remove := range []func() error{remove, removeSecond} {
		if err := remove(); err != nil {
			t.Error(err)
		}
	}
	check(dir, false)
	check(second, false)
}

// A folder that was made and not locked yet is not lost to another run.
func TestFoldersAtOnce(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 50 {
				dir, remove, err := scratch.Dir(scratch.Merge)
				if err != nil {
					t.Error(err)
					return
				}
				if err := os.WriteFile(filepath.Join(dir, "file"), nil, 0o600); err != nil {
					t.Error(err)
				}
				if err := remove(); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
}
