package queue

// ring is a first-in, first-out list.
type ring[T any] struct {
	entries       []T // its length is a power of two
	bottom, count int
}

func (r *ring[T]) push(entry T) {
	if r.count == len(r.entries) {
		larger := make([]T, max(64, 2*len(r.entries)))
		for i := range r.count {
			larger[i] = r.entries[(r.bottom+i)&(len(r.entries)-1)]
		}
		r.entries, r.bottom = larger, 0
	}
	r.entries[(r.bottom+r.count)&(len(r.entries)-1)] = entry
	r.count++
}

func (r *ring[T]) first() T { return r.entries[r.bottom] }

func (r *ring[T]) pop() T {
	entry := r.entries[r.bottom]
	r.bottom = (r.bottom + 1) & (len(r.entries) - 1)
	r.count--
	return entry
}
