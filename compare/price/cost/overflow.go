package cost

// overflow is Erlang's B formula: the part of Poisson arrivals that find n
// places busy, where the offered load is load, arrivals a second times the
// seconds that each stays. It holds whatever the distribution of these is
// (A. K. Erlang, 1917; the insensitivity: B. A. Sevastyanov, 1957). With
// provisioned concurrency the places are what is kept ready, and who finds them
// busy runs on demand and never takes one, so that the formula is exact while
// the rate lasts. It leaves out what comes with a change of the rate.
//
// It is computed without exponentials, so that every machine has the same
// digits.
func overflow(n int, load float64) float64 {
	const nothing = 1e-18
	switch {
	case load <= 0:
		return 0
	case load > float64(n):
		// 1/B = 1 + n/a + n (n-1)/a^2 + ..., whose terms fall.
		sum, term := 1.0, 1.0
		for k := float64(n); k > 0 && term > nothing*sum; k-- {
			term *= k / load
			sum += term
		}
		return 1 / sum
	}
	// B(k) = a B(k-1) / (k + a B(k-1)), which falls.
	blocking := 1.0
	for k := 1; k <= n && blocking > nothing; k++ {
		spilled := float64(load * blocking)
		blocking = spilled / (float64(k) + spilled)
	}
	return blocking
}
