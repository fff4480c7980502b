package nodes

import (
	"cmp"
	"slices"
)

// Packer counts nodes. It keeps memory between counts, so one of them serves
// many counts quickly, but only one at a time.
type Packer struct {
	groups []Group
	open   []opened
}

// opened is a number of nodes with the same room left.
type opened struct {
	left  Room
	nodes int
}

// lookback bounds how many kinds of partly filled nodes a pod is tried on, so
// that a thousand services pack in a millisecond.
const lookback = 16

// Count is how many nodes of some room hold all pods of the groups. It is false
// when a pod fits no node. Pods are placed as the scheduler could at best: the
// largest first, each on the first node with room. For pods of one kind that
// is the smallest possible number; for many kinds it may be a node more.
func (p *Packer) Count(room Room, groups []Group, more ...Group) (int, bool) {
	p.groups = append(append(p.groups[:0], groups...), more...)
	if len(p.groups) > 1 {
		slices.SortStableFunc(p.groups, func(a, b Group) int {
			return cmp.Compare(room.Share(b.Pod), room.Share(a.Pod))
		})
	}
	p.open = p.open[:0]
	total := 0
	for _, group := range p.groups {
		left := group.Replicas
		if left <= 0 {
			continue
		}
		each := room.Fits(group.Pod)
		if each == 0 {
			return 0, false
		}
		for i := max(0, len(p.open)-lookback); i < len(p.open) && left > 0; i++ {
			left = p.fill(i, group.Pod, left)
		}
		if full := left / each; full > 0 {
			total += full
			left -= full * each
			p.push(room.without(group.Pod, each), full)
		}
		if left > 0 {
			total++
			p.push(room.without(group.Pod, left), 1)
		}
	}
	return total, true
}

// fill places as many of the pods as it can on the nodes of one kind and
// returns how many are left.
func (p *Packer) fill(i int, pod Pod, left int) int {
	kind := p.open[i]
	each := kind.left.Fits(pod)
	if each == 0 {
		return left
	}
	full := min(left/each, kind.nodes)
	left -= full * each
	rest := kind.nodes - full
	partly := 0
	if rest > 0 && left > 0 { // fewer than each are left: one node takes them
		partly = left
		left, rest = 0, rest-1
	}
	p.open[i] = opened{kind.left, rest}
	if full > 0 {
		p.push(kind.left.without(pod, each), full)
	}
	if partly > 0 {
		p.push(kind.left.without(pod, partly), 1)
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
