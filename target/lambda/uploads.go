package lambda

// uploads notes what is the bucket's own.
func (r *resolver) uploads(at string) {
	for _, key := range []string{"prefix", "suffix"} {
		if path := at + "." + key; r.app.Given(path) {
			r.notes.Exact(path, "a filter of the bucket's notifications, in the data stack; the mapping filters out the test events that S3 sends when notifications change")
		}
	}
}
