package spec

import (
	"reflect"
	"strings"

	"github.com/invopop/jsonschema"

	"ambi/internal/lazyregexp"
)

// Bucket is a bucket of the data.
type Bucket struct {
	Versioning bool         `json:"versioning,omitempty" jsonschema_description:"Keep the earlier versions of objects that are replaced or deleted."`
	Expire     Age          `json:"expire,omitempty" range:"1d to 3650d in whole days" jsonschema_description:"Delete objects that are this old; with versioning, earlier versions once they are."`
	Existing   bool         `json:"existing,omitempty" jsonschema_description:"It exists already, and ambi leaves it as it is: a data stack's setting NAME.arn says which it is."`
	CORS       *BucketCORS  `json:"cors,omitempty" jsonschema_description:"Which origins' pages may use the bucket from a browser, by addresses that the app signs."`
	Usage      *BucketUsage `json:"usage,omitempty" jsonschema_description:"What compare assumes of the bucket; it never changes a stack."`
}

// BucketUsage is what compare assumes of a bucket. Like that of a service it has no
// defaults: what is not given is unknown.
type BucketUsage struct {
	Stored *Quantity `json:"stored,omitempty" range:"0 to 10000Ti in whole bytes" unit:"bytes" jsonschema_description:"Bytes that the bucket holds, on average over a month, earlier versions included."`
	Writes Rate      `json:"writes,omitempty" jsonschema_description:"The mean rate of requests that write or list: PUT, COPY, POST and LIST."`
	Reads  Rate      `json:"reads,omitempty" jsonschema_description:"The mean rate of requests that read: GET and all others but DELETE, which costs nothing."`
}

// BucketCORS is a bucket's answer to preflight requests.
type BucketCORS struct {
	Origins []string `json:"origins" jsonschema:"required,minItems=1,uniqueItems=true" jsonschema_description:"Origins such as https://app.example.com, or a lone *."`
	Methods []string `json:"methods" jsonschema:"required,minItems=1,uniqueItems=true,enum=GET,enum=HEAD,enum=PUT,enum=POST,enum=DELETE" jsonschema_description:"Methods that pages may use."`
	Headers []string `json:"headers,omitempty" jsonschema:"uniqueItems=true" jsonschema_description:"Request headers that pages may set."`
	MaxAge  Duration `json:"maxAge,omitempty" range:"1s to 24h in whole seconds" jsonschema_description:"How long browsers may remember the answer."`
}

const (
	// keyPattern is the part of an object's key that a prefix or a suffix may be: what
	// S3's notifications and IAM's policies read alike, with no wildcard.
	// Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html (safe characters)
	keyPattern = `^[A-Za-z0-9_.!'()-][A-Za-z0-9/_.!'()-]*$`
	// suffixPattern is the same at the end of a key.
	suffixPattern = `^[A-Za-z0-9/_.!'()-]+$`
	maxKey1024    = 1024
)

var (
	keyPrefix = lazyregexp.New(keyPattern)
	keySuffix = lazyregexp.New(suffixPattern)
)

func (v *validator) bucket(path string, b *Bucket) {
	if b.Existing {
		v.existing(path, "versioning", "expire", "cors")
	}
	if b.CORS != nil {
		v.bucketCORS(path+".cors", b.CORS)
	}
}

func (v *validator) bucketCORS(path string, c *BucketCORS) {
	for i, o := range c.Origins {
		switch {
		case o != "*":
			v.origin(item(path+".origins", i), o)
		case len(c.Origins) > 1:
			v.fail(item(path+".origins", i), "must stand alone, since it includes every other origin")
		}
	}
	v.headers(path+".headers", c.Headers)
}

// keyPart checks the beginning or the end of objects' keys.
func (v *validator) keyPart(path, text string, pattern *lazyregexp.Regexp) {
	if pattern.MatchString(text) && len(text) <= maxKey1024 {
		return
	}
	var hints []string
	switch {
	case text == "":
		hints = []string{"remove it for all objects"}
	case strings.HasPrefix(text, "/") && pattern == keyPrefix:
		hints = []string{"an object's key does not begin with a slash"}
	case strings.ContainsAny(text, "*?"):
		hints = []string{"there are no wildcards: it is compared as it stands"}
	}
	v.fail(path, "must be letters, digits and / _ . ! ' ( ) -, got "+quote(text), hints...)
}

// overlap reports whether an object's key can begin with both.
func overlap(a, b string) bool { return strings.HasPrefix(a, b) || strings.HasPrefix(b, a) }

func (s schema) refineBucket() {
	cors := s.of(reflect.TypeFor[BucketCORS]())
	cors.Title = "bucket's CORS"
	property(cors, "origins").Items.Pattern = `^\*$|` + originPattern
	headers := property(cors, "headers").Items
	headers.Pattern, headers.Not = headerPattern, &jsonschema.Schema{Const: "*"}
}
