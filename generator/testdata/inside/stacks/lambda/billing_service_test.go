package lambda

// billingWanted is what the tests expect of the billing service.
var billingWanted = wanted{
	facts: billingFacts,
	code:  billingFacts.code,
	also: []check{
		takesSigned,
	},
}
