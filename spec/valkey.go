package spec

// Valkey is a cache of the app's data, in memory and in ElastiCache Serverless.
type Valkey struct {
	MaxStorage Quantity     `json:"maxStorage,omitempty" jsonschema:"default=1Gi" range:"1Gi to 5000Gi in whole bytes" unit:"bytes" jsonschema_description:"The most that the cache stores, in whole Gi; when it is full, it drops what has a time to live and was used least."`
	Usage      *ValkeyUsage `json:"usage,omitempty" jsonschema_description:"What compare assumes of the cache; it never changes a stack."`
}

// ValkeyUsage is what compare assumes of a cache. Like that of a bucket it has no defaults: what is
// not given is unknown.
type ValkeyUsage struct {
	Stored   *Quantity `json:"stored,omitempty" range:"0 to 5000Gi in whole bytes" unit:"bytes" jsonschema_description:"Bytes that the cache holds, on average over a month."`
	Writes   Rate      `json:"writes,omitempty" jsonschema_description:"The mean rate of commands that write."`
	Reads    Rate      `json:"reads,omitempty" jsonschema_description:"The mean rate of commands that read."`
	ItemSize *Quantity `json:"itemSize,omitempty" range:"0 to 512Mi in whole bytes" unit:"bytes" jsonschema_description:"Bytes that a mean command transfers: ElastiCache meters commands by them."`
}

// SetDefaults bounds the cache, and its bill, by the smallest limit.
func (c *Valkey) SetDefaults() { c.MaxStorage = mustQuantity("1Gi") }

// ValkeyPort is the port that Valkey listens on in ElastiCache.
const ValkeyPort = 6379

// maxCacheName is the length of a cache's name.
// Source: https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_CreateServerlessCache.html
const maxCacheName = 40

func (v *validator) valkey(path, name string, c *Valkey) {
	v.identifier(path, name, maxCacheName, "ElastiCache")
	if at := path + ".maxStorage"; v.app.Given(at) && v.sound(at) && c.MaxStorage.Bytes()%(1<<30) != 0 {
		v.fail(at, "must be whole Gi, got "+c.MaxStorage.String())
	}
}
