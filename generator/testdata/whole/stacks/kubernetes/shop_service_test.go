package kubernetes

// shopWanted is what the tests in stack_test.go expect of the shop service.
var shopWanted = wanted{
	facts:     shopFacts,
	variables: map[string]string{},
	secrets: map[string]secret{
		"SESSION_KEY": {name: "bazaar-session", key: "value"},
	},
	also: []check{
		calls("payments", "PAYMENTS_URL"),
		finds("AWS_REGION", "region"),
		finds("CACHE_HOST", "cache.host"),
		finds("CACHE_PORT", "cache.port"),
		finds("CARTS_TABLE", "carts.name"),
		finds("LEDGER_HOST", "ledger.host"),
		finds("LEDGER_NAME", "ledger.name"),
		finds("LEDGER_PORT", "ledger.port"),
		finds("LEDGER_SECRET", "ledger.secret"),
		finds("MAILS_QUEUE_URL", "mails.url"),
		finds("PHOTOS_BUCKET", "photos.name"),
		finds("THUMBNAILS_BUCKET", "thumbnails.name"),
		readsData,
		isLetIn("cache"),
		isLetIn("ledger"),
		mayDo(
			onData([]string{"dynamodb:BatchGetItem", "dynamodb:GetItem", "dynamodb:Query", "dynamodb:Scan"}, "carts.arn", whole),
			onData([]string{"dynamodb:BatchWriteItem", "dynamodb:ConditionCheckItem", "dynamodb:DeleteItem", "dynamodb:PutItem", "dynamodb:UpdateItem"}, "carts.arn", whole),
			onData([]string{"secretsmanager:GetSecretValue"}, "ledger.secret", whole),
			onData([]string{"sqs:SendMessage"}, "mails.arn", whole),
			onData([]string{"s3:AbortMultipartUpload", "s3:PutObject"}, "photos.arn", objects, "incoming/"),
			onData([]string{"s3:GetObject"}, "thumbnails.arn", objects),
			onData([]string{"s3:ListBucket"}, "thumbnails.arn", whole),
		),
		checkPodIdentity,
		reached(nil, "what serves the routes from outside may run anywhere"),
		servedByIngress(ingressExpected{
			class: "nginx",
			annotations: map[string]string{
				"nginx.ingress.kubernetes.io/cors-allow-credentials": "false",
				"nginx.ingress.kubernetes.io/cors-allow-headers":     "Accept",
				"nginx.ingress.kubernetes.io/cors-allow-methods":     "GET, POST",
				"nginx.ingress.kubernetes.io/cors-allow-origin":      "https://bazaar.example.com",
				"nginx.ingress.kubernetes.io/cors-max-age":           "5",
				"nginx.ingress.kubernetes.io/enable-cors":            "true",
				"nginx.ingress.kubernetes.io/proxy-body-size":        "10m",
				"nginx.ingress.kubernetes.io/proxy-read-timeout":     "10",
				"nginx.ingress.kubernetes.io/proxy-send-timeout":     "10",
			},
			paths: [][2]string{
				{"Prefix", "/offers"},
				{"Exact", "/orders"},
			},
		}),
		checkAutoscaler,
		checkUtilization,
	},
}
