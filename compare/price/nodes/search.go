package nodes

// The bounds of the search for the fewest nodes: of kinds of pods, of nodes, and
// of the steps after which first fit stands. A search of so many steps takes less than a millisecond.
const (
	MaxKinds = 8
	MaxNodes = 32
	maxSteps = 10_000
)

// least is a number of nodes that no packing goes below: what all pods request
// together, what each kind takes alone, and one node for each pod of more than
// half a node.
func (p *Packer) least(replicas []int) int {
	var sum Room
	bound, halfCPU, halfMemory := 0, 0, 0
	for _, k := range p.kinds {
		n := max(0, replicas[k.index])
		sum = sum.without(k.pod, -n)
		bound = max(bound, (n+k.each-1)/k.each)
		if 2*k.pod.MilliCPU > p.room.MilliCPU {
			halfCPU += n
		}
		if 2*k.pod.MemoryMiB > p.room.MemoryMiB {
			halfMemory += n
		}
	}
	up := func(a, b int) int { return (a + b - 1) / b }
	return max(bound, halfCPU, halfMemory, up(sum.MilliCPU, p.room.MilliCPU), up(sum.MemoryMiB, p.room.MemoryMiB), up(sum.Pods, p.room.Pods))
}

// fewest is the smallest number of nodes, of which n are known to do. A result
// is kept: a comparison asks for the same replicas many times.
func (p *Packer) fewest(n int, replicas []int) int {
	var key [MaxKinds]uint16
	for i, r := range replicas {
		key[i] = uint16(max(0, r)) // nodes are few, and have places for less
	}
	if found, ok := p.searched[key]; ok {
		return found
	}
	s := search{steps: maxSteps, rooms: make([]Room, n)}
	for _, k := range p.kinds {
		if left := replicas[k.index]; left > 0 {
			s.kinds, s.left = append(s.kinds, k.pod), append(s.left, left)
		}
	}
	for n > 1 {
		s.rooms = s.rooms[:n-1]
		for i := range s.rooms {
			s.rooms[i] = p.room
		}
		if !s.place(0) {
			break
		}
		n--
	}
	if p.searched == nil {
		p.searched = map[[MaxKinds]uint16]int{}
	}
	p.searched[key] = n
	return n
}

// search tries every packing into some nodes, but for those that differ in the
// order of equal nodes alone: kind by kind, and of each kind node by node.
type search struct {
	kinds []Pod // the largest first
	left  []int // of each
	rooms []Room
	steps int
}

// place places what is left from one kind on.
func (s *search) place(kind int) bool {
	if kind == len(s.kinds) {
		return true
	}
	for k := kind; k < len(s.kinds); k++ {
		if !s.fit(0, s.kinds[k], s.left[k]) {
			return false
		}
	}
	// The last kind does not restrict any other.
	return kind == len(s.kinds)-1 || s.on(0, kind, s.left[kind], 0)
}

// fit reports whether the nodes from one on hold some pods of a kind.
func (s *search) fit(node int, pod Pod, left int) bool {
	for i := node; i < len(s.rooms) && left > 0; i++ {
		left -= s.rooms[i].Fits(pod)
	}
	return left <= 0
}

// on places what is left of a kind from one node on; the node before has got
// some of them.
func (s *search) on(node, kind, left, before int) bool {
	pod := s.kinds[kind]
	switch s.steps--; {
	case s.steps < 0:
		return false
	case left == 0:
		return s.place(kind + 1)
	case !s.fit(node, pod, left):
		return false
	}
	room := s.rooms[node]
	most := min(left, room.Fits(pod))
	if node > 0 && s.rooms[node-1] == room.without(pod, before) { // it was equal: no more than that one got
		most = min(most, before)
	}
	for n := most; n >= 0; n-- {
		s.rooms[node] = room.without(pod, n)
		if s.on(node+1, kind, left-n, n) {
			return true
		}
	}
	s.rooms[node] = room
	return false
}
