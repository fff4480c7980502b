package spec

// Worker marks a service that runs all the time by itself: it has no key yet.
type Worker struct{}

// usualWorkers is how many instances of a worker run at most where the spec does not say:
// two that do the same work at once may do harm.
const usualWorkers = 1

// worker checks what a service has that nothing calls.
func (v *validator) worker(path string) {
	if at := path + ".scale.backlog"; v.app.Given(at) {
		v.fail(at, "is only for a service with queue or uploads", "scale.cpu or scale.memory, such as 70")
	}
}
