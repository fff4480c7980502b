package kubernetes

import "github.com/pulumi/pulumi/sdk/v3/go/pulumi"

// before has the pods of callers wait for what they call: they change over to it once it is
// ready.
func (s *stack) before(callers []facts, first ...pulumi.Resource) {
	for _, c := range callers {
		s.needed[c.service] = append(s.needed[c.service], first...)
	}
}
