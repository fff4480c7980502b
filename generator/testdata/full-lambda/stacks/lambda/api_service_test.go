package lambda

// apiFacts is what the tests expect of the api service.
var apiFacts = service{
	key:              "api",
	name:             apiName,
	image:            apiImage,
	architecture:     apiArchitecture,
	memoryMB:         apiMemoryMB,
	timeoutSeconds:   apiTimeoutSeconds,
	logRetentionDays: apiLogRetentionDays,
	provisioned:      apiProvisioned,
	reserved:         apiReserved,
	tracing:          true,
	vpc:              true,
	routes:           apiRoutes,
	preflights:       apiPreflights,
	authorizer: &authorizer{
		name:     app + "-login-example-com-full",
		issuer:   "https://login.example.com/full",
		audience: []string{"full", "full-admin"},
	},
	variables: map[string]string{
		"AWS_LWA_PORT":                 "8080",
		"AWS_LWA_READINESS_CHECK_PATH": "/healthz",
		"LOG_LEVEL":                    "info",
	},
	secrets: map[string]secret{
		"API_KEY_SECRET": {name: "full-api-key", key: "value"},
		"DB_URL_SECRET":  {name: "full-database", key: "url"},
	},
	addresses: []string{
		"AUDIT_LOG_URL",
	},
	permissions: []statement{
		{Effect: "Allow", Action: names{"s3:GetObject", "s3:PutObject"}, Resource: names{"arn:aws:s3:::full-originals/*"}},
		{Effect: "Allow", Action: names{"s3:ListAllMyBuckets"}, Resource: names{"*"}},
	},
}
