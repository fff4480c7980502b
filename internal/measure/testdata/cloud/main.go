// Cloud stands in for S3 and DynamoDB while the example app is measured: every object is one
// picture, the list of a bucket is as long as told, and what is written is counted and forgotten.
// It answers at once, so that what an app waits for AWS is not in the figures.
//
//	cloud ADDRESS PICTURE OBJECTS
package main

import (
	"fmt"
	"hash/crc32"
	"io"
	"net/http"
	"os"
	"strconv"
	"strings"
)

// perPage is how many objects S3 lists at most in one answer.
const perPage = 1000

func main() {
	if err := serve(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func serve(args []string) error {
	if len(args) != 3 {
		return fmt.Errorf("usage: cloud ADDRESS PICTURE OBJECTS")
	}
	picture, err := os.ReadFile(args[1])
	if err != nil {
		return err
	}
	objects, err := strconv.Atoi(args[2])
	if err != nil {
		return err
	}
	page := entries()
	http.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		w.Header().Set("Etag", `"5d41402abc4b2a76b9719d911017c592"`)
		switch {
		case r.Header.Get("X-Amz-Target") != "": // PutItem of DynamoDB
			w.Header().Set("Content-Type", "application/x-amz-json-1.0")
			w.Header().Set("X-Amz-Crc32", strconv.FormatUint(uint64(crc32.ChecksumIEEE([]byte("{}"))), 10))
			fmt.Fprint(w, "{}")
		case r.Method == http.MethodPut:
		case r.URL.Query().Get("list-type") == "2":
			list(w, r, page, objects)
		default:
			w.Header().Set("Content-Type", "image/jpeg")
			w.Header().Set("Content-Length", strconv.Itoa(len(picture)))
			_, _ = w.Write(picture)
		}
	})
	return http.ListenAndServe(args[0], nil)
}

// list answers a page of a bucket's list. Its token is the number of the first object.
func list(w http.ResponseWriter, r *http.Request, page []string, objects int) {
	first, _ := strconv.Atoi(r.URL.Query().Get("continuation-token"))
	count := min(perPage, objects-first)
	w.Header().Set("Content-Type", "application/xml")
	fmt.Fprintf(w, `<?xml version="1.0" encoding="UTF-8"?><ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>thumbnails</Name><Prefix></Prefix><MaxKeys>%d</MaxKeys><KeyCount>%d</KeyCount><IsTruncated>%t</IsTruncated>`, perPage, count, first+count < objects)
	if first+count < objects {
		fmt.Fprintf(w, `<NextContinuationToken>%d</NextContinuationToken>`, first+count)
	}
	_, _ = io.WriteString(w, strings.Join(page[:count], ""))
	fmt.Fprint(w, `</ListBucketResult>`)
}

// entries are the objects of a page, which has those of one day in thirty.
func entries() []string {
	all := make([]string, perPage)
	for i := range all {
		all[i] = fmt.Sprintf(`<Contents><Key>incoming/%032d.jpg</Key><LastModified>2025-12-%02dT09:00:00.000Z</LastModified><ETag>&quot;5d41402abc4b2a76b9719d911017c592&quot;</ETag><Size>6144</Size><StorageClass>STANDARD</StorageClass></Contents>`, i, 2+i%30)
	}
	return all
}
