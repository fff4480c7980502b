package data

import (
	"time"

	"ambi/spec"
)

// Bucket is one bucket in S3.
type Bucket struct {
	Name       string
	Existing   bool // it is not made here: a stack's setting says which it is
	Versioning bool
	ExpireDays int // 0 for never
	CORS       *CORS
	Uploads    []Upload // by the service that they start
}

// CORS is the bucket's answer to preflight requests.
type CORS struct {
	Origins, Methods, Headers []string
	MaxAgeSeconds             int // 0 leaves it to the browser
}

func (r *resolver) bucket(at, name string, b *spec.Bucket) Bucket {
	if b.Existing {
		r.notes.Approximate(at, "a bucket that exists already: the data stack registers nothing for it, and its setting %s.arn says which it is. Roles get rights on it by its ARN; whether it is encrypted (with a key of its own, the roles need rights on the key, too), closed, versioned or kept is its owner's", name)
		r.notes.Exact(at+".existing", "the data stack exports its name and its ARN from the setting %s.arn", name)
		return Bucket{Name: name, Existing: true}
	}
	if path := at + ".existing"; r.app.Given(path) {
		r.notes.Exact(path, "the data stack makes the bucket")
	}
	out := Bucket{Name: name, Versioning: b.Versioning, ExpireDays: int(b.Expire.Std() / (24 * time.Hour)), Uploads: r.uploadsTo(name)}
	r.notes.Exact(at, "a bucket of the data stack, which both targets share: encrypted, without public access, only accessible with TLS, and protected unless a stack turns that off")
	if path := at + ".versioning"; r.app.Given(path) {
		r.notes.Exact(path, "the bucket's versioning")
	}
	if b.Expire > 0 {
		r.notes.Exact(at+".expire", "a lifecycle rule of the bucket; S3 applies it within a day or two")
	}
	if c := b.CORS; c != nil {
		out.CORS = &CORS{Origins: c.Origins, Methods: c.Methods, Headers: c.Headers, MaxAgeSeconds: int(c.MaxAge.Std().Seconds())}
		r.notes.Exact(at+".cors", "the bucket's CORS configuration")
	}
	return out
}
