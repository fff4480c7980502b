package tree

import (
	"errors"
	"os"
	"time"

	"ambi/internal/problem"
)

// lockWait is how long a run waits for another one to end. One lasts
// milliseconds, so this is only reached when something hangs.
const lockWait = 5 * time.Second

type lockMode int

const (
	shared lockMode = iota
	exclusive
)

// errLocked says that another process holds the lock.
var errLocked = errors.New("another ambi is at work in this project")

// lock keeps other runs of ambi out of the project until the returned function
// is called, so that two generates do not interleave and a comparison does not
// see half of one.
func lock(root *os.Root, mode lockMode, wait time.Duration) (unlock func(), err error) {
	for deadline := time.Now().Add(wait); ; time.Sleep(10 * time.Millisecond) {
		unlock, err = tryLock(root, mode)
		if !errors.Is(err, errLocked) {
			return unlock, err
		}
		if time.Now().After(deadline) {
			return nil, problem.Hinted(err, "wait until it ends, then run this again%s", lockHint)
		}
	}
}
