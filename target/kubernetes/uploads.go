package kubernetes

// uploads notes what is the bucket's own.
func (r *resolver) uploads(at string, pull bool) {
	drops := "the delivery container deletes the test events that S3 sends when notifications change"
	if pull {
		drops = "the app also receives the test events that S3 sends when notifications change"
	}
	for _, key := range []string{"prefix", "suffix"} {
		if path := at + "." + key; r.app.Given(path) {
			r.notes.Exact(path, "a filter of the bucket's notifications, in the data stack; %s", drops)
		}
	}
}
