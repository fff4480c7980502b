package replay

// Heap is a binary heap. Its order is that of the function that Push and Pop are given,
// which must be the same one each time. It takes entries by value: pointers to them would
// have each entry allocated.
type Heap[T any] []T

// Push adds an entry.
func (h *Heap[T]) Push(entry T, before func(a, b T) bool) {
	list := append(*h, entry)
	i := len(list) - 1
	for i > 0 && before(entry, list[(i-1)/2]) {
		list[i] = list[(i-1)/2]
		i = (i - 1) / 2
	}
	list[i] = entry
	*h = list
}

// Pop takes the first entry of a heap that is not empty.
func (h *Heap[T]) Pop(before func(a, b T) bool) T {
	list := *h
	first, n := list[0], len(list)-1
	last := list[n]
	list = list[:n]
	*h = list
	i := 0
	for child := 1; child < n; child = 2*i + 1 {
		if child+1 < n && before(list[child+1], list[child]) {
			child++
		}
		if !before(list[child], last) {
			break
		}
		list[i] = list[child]
		i = child
	}
	if n > 0 {
		list[i] = last
	}
	return first
}
