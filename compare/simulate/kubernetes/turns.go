package kubernetes

import "slices"

// turns finds the domain in which a request is done first: the lower one where
// two are equal, so that the order does not depend on history.
//
// Domains are looked at sixteen at a time, without branches: which one is first
// can not be predicted, and so few are read faster than a wrong guess is mended.
type turns struct {
	leaf  int // the first
	at    int64
	first uint64  // its key
	block keys    // of up to sixteen domains
	large []level // of more: the domains, their blocks, the blocks of those, …
}

// keys are times, each with its place in its block, so that they can be compared
// and tell which one it was.
type keys [blockSize]uint64

const (
	blockBits = 4
	blockSize = 1 << blockBits
	// late is the last time that a key has room for. Later ones are alike in keys.
	late = 1<<(64-blockBits) - 1
)

func keyOf(place int, at int64) uint64 { return min(uint64(at), late)<<blockBits | uint64(place) }

// least is the least of a block's keys. It stands alone because the compiler
// branches for what an address is computed from.
//
//go:noinline
func (k *keys) least() uint64 {
	a := min(min(k[0], k[1]), min(k[2], k[3]))
	b := min(min(k[4], k[5]), min(k[6], k[7]))
	a = min(a, min(min(k[8], k[9]), min(k[10], k[11])))
	b = min(b, min(min(k[12], k[13]), min(k[14], k[15])))
	return min(a, b)
}

func newTurns() turns {
	t := turns{at: never}
	for i := range t.block {
		t.block[i] = keyOf(i, never)
	}
	t.first = t.block[0]
	return t
}

// set says when a domain's turn is.
func (t *turns) set(leaf int, at int64) {
	if at >= late && at != never || t.large != nil {
		t.setLarge(leaf, at)
		return
	}
	key := keyOf(leaf, at)
	t.block[leaf%blockSize] = key
	first := min(t.first, key)
	if leaf == t.leaf && key > t.first {
		first = t.block.least()
	}
	t.first = first
	t.leaf, t.at = int(first%blockSize), int64(first>>blockBits)
	if t.at == late {
		t.at = never
	}
}

// level is the times of domains, or of the first ones of their blocks.
type level []int64

// first is the first of a block, and its time.
func (l level) first(of int) (int, int64) {
	all := l[of*blockSize : (of+1)*blockSize]
	var block keys
	for i, at := range all {
		block[i] = keyOf(i, at)
	}
	key := block.least()
	i := int(key % blockSize)
	if key>>blockBits == late {
		at := slices.Min(all)
		i = slices.Index(all, at)
	}
	return of*blockSize + i, all[i]
}

// grow makes room for some domains.
func (t *turns) grow(domains int) {
	if domains <= blockSize && t.large == nil || t.large != nil && domains <= len(t.large[0]) {
		return
	}
	var old []int64
	if t.large != nil {
		old = t.large[0]
	} else {
		for _, key := range t.block {
			at := int64(key >> blockBits)
			if at == late {
				at = never
			}
			old = append(old, at)
		}
	}
	t.large = nil
	for n := domains; len(t.large) == 0 || n > 1; {
		n = (n + blockSize - 1) / blockSize
		t.large = append(t.large, slices.Repeat(level{never}, n*blockSize))
	}
	for leaf, at := range old {
		t.setLarge(leaf, at)
	}
}

// setLarge is set for many domains.
func (t *turns) setLarge(leaf int, at int64) {
	if t.large == nil {
		t.grow(blockSize + 1) // for a time that is too late for keys
	}
	i := leaf
	for n, l := range t.large {
		l[i] = at
		if n+1 < len(t.large) {
			i /= blockSize
			_, at = l.first(i)
		}
	}
	i = 0
	for n := len(t.large) - 1; n >= 0; n-- {
		i, t.at = t.large[n].first(i)
	}
	t.leaf = i
}
