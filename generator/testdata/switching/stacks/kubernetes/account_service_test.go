package kubernetes

// accountWanted is what the tests in stack_test.go expect of the account service.
var accountWanted = wanted{
	facts: accountFacts,
	also: []check{
		reached(nil, "what serves the routes from outside may run anywhere"),
		servedByGateway(gatewayExpected{
			gateway:   "public",
			namespace: "gateways",
			host:      "account.example.com",
			ownHost:   "kubernetes.account.example.com",
			health:    "/up",
			requests: [][3]string{
				{"GET", "Exact", "/account"},
				{"", "PathPrefix", "/account"},
			},
		}),
		checksTokens("https://login.example.com", "https://login.example.com/keys", "moving"),
		checkAutoscaler,
		checkUtilization,
	},
}
