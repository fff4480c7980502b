package pack

import (
	"archive/zip"
	"bytes"
	"debug/elf"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"ambi/spec"
	"ambi/target/lambda"
)

// program is the head of a program for Linux on a machine.
func program(machine elf.Machine) []byte {
	var b bytes.Buffer
	header := elf.Header64{Type: uint16(elf.ET_EXEC), Machine: uint16(machine), Version: 1, Ehsize: 64}
	copy(header.Ident[:], []byte{0x7f, 'E', 'L', 'F', byte(elf.ELFCLASS64), byte(elf.ELFDATA2LSB), 1})
	_ = binary.Write(&b, binary.LittleEndian, header)
	return b.Bytes()
}

// The same files make the same zip, whatever their times, modes and order.
func TestSameBytes(t *testing.T) {
	files := func(mode fs.FileMode, when time.Time) fstest.MapFS {
		return fstest.MapFS{
			"bootstrap":       {Data: program(elf.EM_X86_64), Mode: mode, ModTime: when},
			"public/page.css": {Data: []byte("a {}"), Mode: 0o600, ModTime: when},
			"LICENSE":         {Data: []byte("free"), Mode: 0o640, ModTime: when},
			"bin/tool":        {Data: []byte("#!/bin/sh\n"), Mode: 0o700, ModTime: when},
		}
	}
	first, err := Zip(files(0o755, time.Unix(1e9, 0)), spec.X8664)
	if err != nil {
		t.Fatal(err)
	}
	second, err := Zip(files(0o644, time.Unix(1.5e9, 0)), spec.X8664)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(first, second) {
		t.Error("other times make another zip")
	}
	r, err := zip.NewReader(bytes.NewReader(first), int64(len(first)))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, f := range r.File {
		got = append(got, fmt.Sprintf("%s %s %s", f.Name, f.Mode(), f.Modified.UTC().Format(time.DateOnly)))
	}
	want := "LICENSE -rw-r--r-- 1980-01-01\nbin/tool -rwxr-xr-x 1980-01-01\nbootstrap -rwxr-xr-x 1980-01-01\npublic/page.css -rw-r--r-- 1980-01-01"
	if strings.Join(got, "\n") != want {
		t.Errorf("entries\n%s\nwant\n%s", strings.Join(got, "\n"), want)
	}
}

func TestWhatLambdaCouldNotRun(t *testing.T) {
	for name, c := range map[string]struct {
		files fstest.MapFS
		want  string // "" for none
	}{
		"a script":                     {fstest.MapFS{"bootstrap": {Data: []byte("#!/bin/sh\nexec node server.js\n")}}, ""},
		"nothing":                      {fstest.MapFS{}, "there is no bootstrap"},
		"a bootstrap below":            {fstest.MapFS{"dist/bootstrap": {Data: program(elf.EM_AARCH64)}}, "there is no bootstrap"},
		"another architecture":         {fstest.MapFS{"bootstrap": {Data: program(elf.EM_X86_64)}}, "is built for x86_64, and lambda.architecture is arm64"},
		"a program for another system": {fstest.MapFS{"bootstrap": {Data: []byte("MZ\x90\x00")}}, "neither a program for Linux nor a script"},
		"a script from Windows":        {fstest.MapFS{"bootstrap": {Data: []byte("#!/bin/sh\r\nexec node\r\n")}}, "CR LF"},
		"a device":                     {fstest.MapFS{"bootstrap": {Data: program(elf.EM_AARCH64)}, "tty": {Mode: fs.ModeDevice}}, "tty: is neither"},
		"too much":                     {fstest.MapFS{"bootstrap": {Data: program(elf.EM_AARCH64)}, "model": {Data: make([]byte, lambda.MaxUnzippedBytes)}}, "250 MB in all"},
	} {
		_, err := Zip(c.files, spec.ARM64)
		var fault *Fault
		if c.want == "" && err != nil || c.want != "" && (!errors.As(err, &fault) || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}
