package main

import (
	"bytes"
	"crypto/md5"
	"crypto/sha256"
	"encoding/xml"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// buckets stands in for S3: it keeps objects, lists them two at a time, answers GET, HEAD and
// PUT of one, and nothing else. It refuses a request that is not signed, or whose body is not what
// was signed.
type buckets struct {
	mutex    sync.Mutex
	objects  map[string]object // by bucket/key
	fails    map[string]string // AWS's error codes, by bucket/key
	afterPut func(b *buckets)  // called once, if not nil

	modified map[string]time.Time // by bucket/key, as lists say
}

type object struct {
	contentType string
	data        []byte
}

// start returns the environment in which the AWS SDK asks the stand-in.
func (b *buckets) start(t *testing.T) []string {
	t.Helper()
	server := httptest.NewServer(b)
	t.Cleanup(server.Close)
	return []string{
		"THUMBNAILS_BUCKET=thumbnails",
		"AWS_ENDPOINT_URL=" + server.URL,
		"AWS_REGION=eu-central-1",
		"AWS_ACCESS_KEY_ID=AKIAIOSFODNN7EXAMPLE",
		"AWS_SECRET_ACCESS_KEY=wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
		"AWS_EC2_METADATA_DISABLED=true",
	}
}

// all returns every object.
func (b *buckets) all() map[string]object {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	return maps.Clone(b.objects)
}

func (b *buckets) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return // the client is gone
	}
	b.mutex.Lock()
	defer b.mutex.Unlock()
	name := strings.TrimPrefix(r.URL.Path, "/")
	stored, exists := b.objects[name]
	switch code := b.fails[name]; {
	case !strings.Contains(r.Header.Get("Authorization"), "/eu-central-1/s3/aws4_request,"),
		r.Header.Get("X-Amz-Content-Sha256") != fmt.Sprintf("%x", sha256.Sum256(body)):
		refuseS3(w, http.StatusForbidden, "SignatureDoesNotMatch")
	case code == "SlowDown":
		refuseS3(w, http.StatusServiceUnavailable, code)
	case code == "NoSuchBucket":
		refuseS3(w, http.StatusNotFound, code)
	case code != "":
		refuseS3(w, http.StatusForbidden, code)
	case r.Method == http.MethodPut:
		b.objects[name] = object{r.Header.Get("Content-Type"), body}
		if b.afterPut != nil {
			b.afterPut(b)
			b.afterPut = nil
		}
	case r.URL.Query().Get("list-type") == "2":
		b.list(w, name, r.URL.Query().Get("continuation-token"))
	case !exists:
		refuseS3(w, http.StatusNotFound, "NoSuchKey")
	default:
		w.Header().Set("Content-Type", stored.contentType)
		w.Header().Set("ETag", fmt.Sprintf(`"%x"`, md5.Sum(stored.data)))
		w.Header().Set("Content-Length", fmt.Sprint(len(stored.data)))
		io.Copy(w, bytes.NewReader(stored.data))
	}
}

// list answers the two objects of a bucket that follow a key.
func (b *buckets) list(w http.ResponseWriter, bucket, after string) {
	type content struct {
		Key          string
		LastModified time.Time
		Size         int
	}
	var listed struct {
		XMLName               xml.Name `xml:"ListBucketResult"`
		IsTruncated           bool
		NextContinuationToken string `xml:",omitempty"`
		Contents              []content
	}
	for _, name := range slices.Sorted(maps.Keys(b.objects)) {
		key, found := strings.CutPrefix(name, bucket+"/")
		if !found || key <= after {
			continue
		}
		if len(listed.Contents) == 2 {
			listed.IsTruncated, listed.NextContinuationToken = true, listed.Contents[1].Key
			break
		}
		listed.Contents = append(listed.Contents, content{key, b.modified[name], len(b.objects[name].data)})
	}
	w.Header().Set("Content-Type", "application/xml")
	xml.NewEncoder(w).Encode(listed)
}

func refuseS3(w http.ResponseWriter, status int, code string) {
	w.Header().Set("Content-Type", "application/xml")
	w.WriteHeader(status)
	fmt.Fprintf(w, "<Error><Code>%s</Code><Message>on purpose</Message></Error>", code)
}
