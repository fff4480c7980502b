//go:build !(darwin || dragonfly || freebsd || linux || netbsd || openbsd)

package scratch

const locks = false

func lock(string) (unlock func(), err error) { return func() {}, nil }
