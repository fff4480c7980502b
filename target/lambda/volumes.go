package lambda

import (
	"ambi/spec"
	"ambi/target/finding"
)

// volumes refuses disks, which functions have none of.
func (r *resolver) volumes(at string, s *spec.Service) {
	if len(s.Volumes) == 0 {
		return
	}
	r.notes.Refused(at+".volumes", finding.Refusal{Limit: "volumes", Page: QuotasPage, Hint: "keep files in a bucket or items in a table, under data, or write the service for kubernetes alone: targets: [kubernetes]"},
		"cannot be on target lambda: nothing that a function writes to its disk is kept")
}
