package replay

import "time"

// Opening reads a trace's first minute ahead, or its first requests where those are very
// many, and returns their rate a second and what gives the same requests.
func Opening(requests Requests) (rate float64, same Requests) {
	const most = 100_000
	var read []Request
	n, length := 0, int64(time.Minute)
	for n == len(read) && n < most {
		batch := requests.Batch()
		if len(batch) == 0 {
			break
		}
		read = append(read, batch...)
		for n < min(len(read), most) && read[n].At < length {
			n++
		}
	}
	if n == most {
		length = max(1, read[n-1].At)
	}
	return float64(n) / (float64(length) / 1e9), &ahead{requests, read}
}

// ahead gives what was read ahead, and then the rest.
type ahead struct {
	Requests
	read []Request
}

func (a *ahead) Batch() []Request {
	if len(a.read) == 0 {
		return a.Requests.Batch()
	}
	batch := a.read
	a.read = nil
	return batch
}
