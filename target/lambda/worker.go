package lambda

import (
	"ambi/spec"
	"ambi/target/finding"
)

// worker refuses what runs all the time.
func (r *resolver) worker(at string, s *spec.Service, out *Service) {
	if out.Worker = s.Worker != nil; out.Worker {
		r.notes.Refused(at+".worker", finding.Refusal{Limit: "worker", Page: QuotasPage, Hint: "let a queue or a schedule start its work, or write the service for kubernetes alone: targets: [kubernetes]"},
			"cannot be on target lambda: a function runs only while it is invoked, %d minutes at most", MaxTimeoutSeconds/60)
	}
}
