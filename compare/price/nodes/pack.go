package nodes

import (
	"cmp"
	"fmt"
	"slices"
)

// Packer counts the nodes that some kinds of pods need. It works in memory of
// its own, so that many counts are quick; it serves one count at a time.
type Packer struct {
	room     Room
	kinds    []kind // the largest first
	open     []opened
	searched map[[MaxKinds]uint16]int // what search found, by replicas
}

// kind is one kind of pod and its place in the list that NewPacker got.
type kind struct {
	pod   Pod
	each  int // how many an empty node holds
	index int
}

// opened is a number of nodes with the same room left.
type opened struct {
	left  Room
	nodes int
}

// lookback bounds how many kinds of partly filled nodes a pod is tried on, so
// that a thousand services pack in a tenth of a millisecond.
const lookback = 16

// NewPacker prepares to count nodes of some room for kinds of pods. A pod that
// fits no node is an error.
func NewPacker(room Room, pods ...Pod) (*Packer, error) {
	p := &Packer{room: room}
	for i, pod := range pods {
		each := room.Fits(pod)
		if each == 0 {
			return nil, fmt.Errorf("a pod of %dm CPU and %d MiB does not fit a node, which has %dm and %d MiB to give", pod.MilliCPU, pod.MemoryMiB, room.MilliCPU, room.MemoryMiB)
		}
		p.kinds = append(p.kinds, kind{pod, each, i})
	}
	slices.SortStableFunc(p.kinds, func(a, b kind) int {
		return cmp.Compare(room.Share(b.pod), room.Share(a.pod))
	})
	return p, nil
}

// Count is how many nodes hold a number of replicas of each kind, in
// NewPacker's order: the smallest possible number for pods of one kind, and
// for up to MaxKinds kinds on up to MaxNodes nodes unless finding it takes too
// many steps (see search). What is larger is packed the largest pods first,
// each on the first node with room, which may take more nodes than the best
// packing does.
func (p *Packer) Count(replicas ...int) int {
	n := p.firstFit(replicas)
	if n > 1 && n <= MaxNodes && len(p.kinds) <= MaxKinds && n > p.least(replicas) {
		return p.fewest(n, replicas)
	}
	return n
}

// firstFit counts by first fit decreasing.
func (p *Packer) firstFit(replicas []int) int {
	p.open = p.open[:0]
	total := 0
	for _, k := range p.kinds {
		left := replicas[k.index]
		if left <= 0 {
			continue
		}
		for i, last := max(0, len(p.open)-lookback), len(p.open); i < last && left > 0; i++ {
			left = p.fill(i, k.pod, left)
		}
		if full := left / k.each; full > 0 {
			total += full
			left -= full * k.each
			p.push(p.room.without(k.pod, k.each), full)
		}
		if left > 0 {
			total++
			p.push(p.room.without(k.pod, left), 1)
		}
	}
	return total
}

// fill places as many of the pods as it can on the nodes of one kind and
// returns how many are left.
func (p *Packer) fill(i int, pod Pod, left int) int {
	room, count := p.open[i].left, p.open[i].nodes
	if count == 0 || room.MilliCPU < pod.MilliCPU || room.MemoryMiB < pod.MemoryMiB {
		return left
	}
	each := room.Fits(pod)
	if each == 0 {
		return left
	}
	full := min(left/each, count)
	left -= full * each
	partly := 0
	if full < count && left > 0 { // fewer than each are left: one node takes them
		partly, left = left, 0
	}
	p.open[i].nodes = count - full
	if full > 0 {
		p.push(room.without(pod, each), full)
	}
	if partly > 0 {
		p.open[i].nodes--
		p.push(room.without(pod, partly), 1)
	}
	return left
}

// push notes nodes with room left, where there is any.
func (p *Packer) push(left Room, nodes int) {
	if left.Pods > 0 && left.MilliCPU > 0 && left.MemoryMiB > 0 {
		p.open = append(p.open, opened{left, nodes})
	}
}

func (r Room) without(pod Pod, times int) Room {
	return Room{r.MilliCPU - times*pod.MilliCPU, r.MemoryMiB - times*pod.MemoryMiB, r.Pods - times}
}
