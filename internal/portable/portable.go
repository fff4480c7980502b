// Package portable has functions that give the same bits on any machine: they use
// nothing but +, -, *, / and the square root, each rounded on its own. They are right
// to about 1 in 10^13, which the tests compare with package math.
package portable

import "math"

// Ln is the natural logarithm of a positive number.
func Ln(x float64) float64 {
	fraction, exponent := math.Frexp(x) // exact
	if fraction < math.Sqrt2/2 {
		fraction *= 2
		exponent--
	}
	// ln((1+z)/(1-z)) = 2 (z + z^3/3 + z^5/5 + ...), with |z| < .172
	z := (fraction - 1) / (fraction + 1)
	square := float64(z * z)
	sum := 0.0
	for n := 21.0; n >= 1; n -= 2 {
		sum = float64(sum*square) + 1/n
	}
	return float64(2*float64(z*sum)) + float64(float64(exponent)*math.Ln2)
}

// Exp is e to the power x.
func Exp(x float64) float64 {
	n := math.Floor(x/math.Ln2 + .5)
	rest := x - float64(n*math.Ln2) // |rest| < .35
	sum := 1.0
	for k := 17.0; k >= 1; k-- {
		sum = 1 + float64(float64(rest/k)*sum)
	}
	return math.Ldexp(sum, int(n))
}

// Probit is the quantile of the standard normal distribution, by Wichura's
// algorithm AS 241 (Applied Statistics 37, 1988). The probability is given by
// the nearer tail: p of the lower one, or of the upper.
func Probit(tail float64, upper bool) float64 {
	q := .5 - tail
	var x float64
	if q <= .425 {
		r := .180625 - float64(q*q)
		x = q * ratio(r,
			2.5090809287301226727e3, 3.3430575583588128105e4, 6.7265770927008700853e4, 4.5921953931549871457e4,
			1.3731693765509461125e4, 1.9715909503065514427e3, 1.3314166789178437745e2, 3.3871328727963666080e0,
			5.2264952788528545610e3, 2.8729085735721942674e4, 3.9307895800092710610e4, 2.1213794301586595867e4,
			5.3941960214247511077e3, 6.8718700749205790830e2, 4.2313330701600911252e1, 1)
	} else if r := math.Sqrt(-Ln(tail)); r <= 5 {
		x = ratio(r-1.6,
			7.74545014278341407640e-4, 2.27238449892691845833e-2, 2.41780725177450611770e-1, 1.27045825245236838258e0,
			3.64784832476320460504e0, 5.76949722146069140550e0, 4.63033784615654529590e0, 1.42343711074968357734e0,
			1.05075007164441684324e-9, 5.47593808499534494600e-4, 1.51986665636164571966e-2, 1.48103976427480074590e-1,
			6.89767334985100004550e-1, 1.67638483018380384940e0, 2.05319162663775882187e0, 1)
	} else {
		x = ratio(r-5,
			2.01033439929228813265e-7, 2.71155556874348757815e-5, 1.24266094738807843860e-3, 2.65321895265761230930e-2,
			2.96560571828504891230e-1, 1.78482653991729133580e0, 5.46378491116411436990e0, 6.65790464350110377720e0,
			2.04426310338993978564e-15, 1.42151175831644588870e-7, 1.84631831751005468180e-5, 7.86869131145613259100e-4,
			1.48753612908506148525e-2, 1.36929880922735805310e-1, 5.99832206555887937690e-1, 1)
	}
	if upper {
		return x
	}
	return -x
}

// ratio divides two polynomials of degree 7, each given from the highest
// coefficient down.
func ratio(x float64, c ...float64) float64 {
	over, under := 0.0, 0.0
	for i := range 8 {
		over = float64(over*x) + c[i]
		under = float64(under*x) + c[i+8]
	}
	return over / under
}
