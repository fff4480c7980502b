package spec

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
)

// MaxSize is the size in bytes of the largest spec that Parse reads: 1 MiB, some thousand
// services. Callers should refuse a larger file before they read all of it.
const MaxSize = 1 << 20

// Parse reads the text of an app.yaml. Its name is only used in errors. An
// error is a problem.List and holds every problem of the file.
func Parse(name string, src []byte) (*App, error) {
	r := newReporter(name)
	root := r.read(src)
	if root == nil {
		return nil, r.err()
	}
	return r.parse(root)
}

// parse decodes and checks a document.
func (r *reporter) parse(root *yaml.Node) (*App, error) {
	d := newDecoder(r)
	app := d.app(root)
	if d.exhausted != nil {
		return nil, d.exhausted.err()
	}
	app.complete()
	v := validator{reporter: r, app: app, keys: d.keys}
	v.check()
	if err := r.err(); err != nil {
		return nil, err
	}
	app.narrow()
	return app, nil
}

const emptyHint = "a spec starts with: apiVersion: " + APIVersion

// read turns the text into its one YAML document, or reports why not.
func (r *reporter) read(src []byte) *yaml.Node {
	start := Position{1, 1}
	if len(src) > MaxSize {
		r.report(start, "", fmt.Sprintf("has %d bytes, more than the %d that a spec may have", len(src), MaxSize))
		return nil
	}
	src = bytes.TrimPrefix(src, []byte("\uFEFF"))
	if !r.isText(src) {
		return nil
	}
	in := yaml.NewDecoder(bytes.NewReader(src))
	var document, second yaml.Node
	switch err := in.Decode(&document); {
	case errors.Is(err, io.EOF):
		r.report(start, "", "is empty", emptyHint)
		return nil
	case err != nil:
		r.syntax(src, err)
		return nil
	}
	switch err := in.Decode(&second); {
	case err == nil:
		r.report(Position{second.Line, second.Column}, "", "a second document starts here; a spec is one document",
			"put all services under one services key")
		return nil
	case !errors.Is(err, io.EOF):
		r.syntax(src, err)
		return nil
	}
	root := document.Content[0]
	if root.Kind == yaml.ScalarNode && root.ShortTag() == "!!null" {
		r.report(start, "", "is empty", emptyHint)
		return nil
	}
	return root
}

// isText reports the first place where src is not the text that YAML allows.
// It is stricter on one point: the line breaks that only YAML 1.1 knows are
// refused, since editors do not count them as lines.
func (r *reporter) isText(src []byte) bool {
	if bytes.HasPrefix(src, []byte{0xFF, 0xFE}) || bytes.HasPrefix(src, []byte{0xFE, 0xFF}) {
		r.report(Position{1, 1}, "", "is UTF-16 text", "save it as UTF-8")
		return false
	}
	at := Position{1, 1}
	for i := 0; i < len(src); {
		c, size := utf8.DecodeRune(src[i:])
		var message, hint string
		switch {
		case c == utf8.RuneError && size == 1:
			message, hint = fmt.Sprintf("the byte 0x%02X is not UTF-8 text", src[i]), "save it as UTF-8"
		case c == 0:
			message, hint = "a NUL byte: this is not a text file", "a spec is YAML text"
		case c == '\r' && i+1 < len(src) && src[i+1] == '\n', c == '\n', c == '\t':
		case c == '\r', c == 0x85, c == 0x2028, c == 0x2029:
			message = fmt.Sprintf("the line break %U, which editors do not count as one", c)
			hint = "end lines with LF or CR LF; within a value write an escape in double quotes"
		case c < 0x20, c >= 0x7F && c < 0xA0, c == 0xFEFF, c == 0xFFFE, c == 0xFFFF:
			message = fmt.Sprintf("the control character %U", c)
			hint = "within a value write an escape in double quotes"
		}
		if message != "" {
			r.report(at, "", message, hint)
			return false
		}
		if c == '\n' {
			at = Position{at.Line + 1, 1}
		} else {
			at.Column++
		}
		i += size
	}
	return true
}
