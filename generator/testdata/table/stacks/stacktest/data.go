package stacktest

// DataOutputs are what the data stack has, of the form that AWS gives it.
var DataOutputs = map[string]any{
	"region":        "us-east-1",
	"orders.name":   "shop-orders-fake",
	"orders.arn":    "arn:aws:dynamodb:us-east-1:123456789012:table/shop-orders-fake",
	"sessions.name": "shop-sessions-fake",
	"sessions.arn":  "arn:aws:dynamodb:us-east-1:123456789012:table/shop-sessions-fake",
}
