package stacktest

// DataOutputs are what the data stack has, of the form that AWS gives it.
var DataOutputs = map[string]any{
	"region":         "us-east-1",
	"cache.host":     "quotes-cache-fake-c9akciq32.serverless.us-east-1.cache.amazonaws.com",
	"cache.port":     "6379",
	"cache.group":    "sg-0d22f2c1102b5905f",
	"sessions.host":  "quotes-sessions-fake-c9akciq32.serverless.us-east-1.cache.amazonaws.com",
	"sessions.port":  "6379",
	"sessions.group": "sg-00a57580e46ee6014",
}
