package portable

import "math"

// Lognormal is the distribution of e to the power X, where X is normal with mean Mu and
// standard deviation Sigma.
type Lognormal struct{ Mu, Sigma float64 }

// LognormalThrough is the one with this median and this 99th percentile. Its quantile at p
// is exp(mu + sigma z(p)), where z(p) is that of the standard normal distribution: so mu is
// the median's logarithm, and sigma = ln(p99/p50) / z(.99), where z(.99) = 2.3263. Both are
// positive, and p99 is not less than p50.
//
// Sources: rdrr.io/rforge/twDEMC/man/twCoefLnorm.html for mu and sigma from the median and
// the 99th percentile, rdrr.io/r/stats/Lognormal.html for the mean and the median.
func LognormalThrough(p50, p99 float64) Lognormal {
	return Lognormal{Mu: Ln(p50), Sigma: Ln(p99/p50) / Probit(.01, true)}
}

// Mean is exp(mu + sigma^2/2).
func (l Lognormal) Mean() float64 {
	return Exp(l.Mu + float64(float64(l.Sigma*l.Sigma)/2))
}

// Quantile is the value at a probability, given as Probit has it.
func (l Lognormal) Quantile(tail float64, upper bool) float64 {
	return Exp(l.Mu + float64(l.Sigma*Probit(tail, upper)))
}

// Above is the part that is more than x, which is positive, of a Lognormal whose Sigma is.
func (l Lognormal) Above(x float64) float64 {
	return math.Erfc((Ln(x)-l.Mu)/l.Sigma/math.Sqrt2) / 2
}
