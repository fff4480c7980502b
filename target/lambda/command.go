package lambda

import (
	"ambi/spec"
	"ambi/target/finding"
)

// command decides what the image starts. Lambda's words for it are a Dockerfile's: the
// spec's command is the entry point, its args are the command.
func (r *resolver) command(at string, s *spec.Service, out *Service) {
	for _, given := range []struct {
		path  string
		words []string
	}{{at + ".command", s.Command}, {at + ".args", s.Args}} {
		switch {
		case len(given.words) == 0:
		case out.Zip != "":
			r.notes.Refused(given.path, finding.Refusal{Limit: "command", Page: ImageConfigPage, Hint: "have the zip's bootstrap start it so, or name an image in lambda.image instead of the zip"},
				"must come with an image on target lambda: the runtime starts a zip's bootstrap, and passes it nothing")
		case len(given.words) > MaxImageConfigWords:
			r.notes.Refused(given.path, finding.Refusal{Limit: "command", Page: ImageConfigPage, Hint: "put them into a file of the image"},
				"must have %d words at most on target lambda, got %d", MaxImageConfigWords, len(given.words))
		}
	}
	if out.Zip != "" {
		return
	}
	out.EntryPoint, out.Command = s.Command, s.Args
	if len(s.Command) > 1 && len(s.Args) == 0 {
		out.EntryPoint, out.Command = s.Command[:1], s.Command[1:] // so that the image's own command does not follow
	}
	switch {
	case len(s.Command) == 0:
	case len(out.Command) == 0:
		r.notes.Approximate(at+".command", "the image configuration's entry point; the image's own command may follow it, which it does not on Kubernetes: where the image has one, give args")
	default:
		r.notes.Exact(at+".command", "the image configuration's entry point; extensions in the image, such as the Lambda Web Adapter, start all the same")
	}
	if len(s.Args) > 0 {
		r.notes.Exact(at+".args", "the image configuration's command")
	}
}
