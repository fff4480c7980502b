package price

import (
	"slices"
	"strings"
)

// Units of quantities, and of the prices for one of each.
const (
	Request     = "request"
	GBSecond    = "GB-second"
	GB          = "GB" // 2^30 bytes, as AWS meters data
	GBMonth     = "GB-month"
	Hour        = "hour"
	LCUHour     = "LCU-hour"
	CPUHour     = "vCPU-hour"
	GBHour      = "GB-hour"
	SecretMonth = "secret-month"
	Call        = "call"
	AlarmMonth  = "alarm-month"
	ZoneMonth   = "zone-month"
	CheckMonth  = "check-month"
	Query       = "query"
	Trace       = "trace"
	Invocation  = "invocation"
	WriteUnit   = "write unit" // of DynamoDB, for 1 KB of an item
	ReadUnit    = "read unit"  // of DynamoDB, for 4 KB that are read consistently
	ACUHour     = "ACU-hour"   // of Aurora, for a capacity of some 2 GiB of memory
	ECPU        = "ECPU"       // of ElastiCache, for 1 KB that a command transfers
	Fraction    = "fraction"   // of another price
)

// units says what each price is for. Instances, ec2.* and rds.db.*, are priced by the hour.
func units() map[string]string {
	return map[string]string{
		"lambda.requests":                    Request,
		"lambda.duration.x86_64":             GBSecond,
		"lambda.duration.arm64":              GBSecond,
		"lambda.provisioned.x86_64":          GBSecond,
		"lambda.provisioned.arm64":           GBSecond,
		"lambda.provisioned-duration.x86_64": GBSecond,
		"lambda.provisioned-duration.arm64":  GBSecond,
		"lambda.storage":                     GBSecond,
		"lambda.url":                         Request,
		"httpapi.requests":                   Request,
		"restapi.requests":                   Request,
		"logs.ingestion":                     GB,
		"logs.ingestion.lambda":              GB,
		"logs.storage":                       GBMonth,
		"eks.cluster":                        Hour,
		"eks.extended":                       Hour,
		"eks.auto":                           Fraction,
		"fargate.cpu.x86_64":                 CPUHour,
		"fargate.cpu.arm64":                  CPUHour,
		"fargate.memory.x86_64":              GBHour,
		"fargate.memory.arm64":               GBHour,
		"alb.hours":                          Hour,
		"alb.lcu":                            LCUHour,
		"nat.hours":                          Hour,
		"nat.data":                           GB,
		"ipv4.hours":                         Hour,
		"egress.internet":                    GB,
		"zone.transfer":                      GB,
		"ebs.gp3":                            GBMonth,
		"secrets.secret":                     SecretMonth,
		"secrets.calls":                      Call,
		"alarms.standard":                    AlarmMonth,
		"cdn.requests":                       Request, // of CloudFront, over HTTPS
		"cdn.egress":                         GB,      // of CloudFront, to clients
		"cdn.origin":                         GB,      // of CloudFront, to origins
		"route53.zones":                      ZoneMonth,
		"route53.checks":                     CheckMonth, // of endpoints in AWS
		"route53.features":                   CheckMonth, // of each optional feature of a check, such as HTTPS
		"route53.queries":                    Query,      // of standard records
		"credits.t3":                         CPUHour,    // of CPU above a burstable instance's baseline
		"credits.t4g":                        CPUHour,
		"xray.traces":                        Trace,
		"sqs.requests":                       Request, // of standard queues, by 64 KB of payload
		"sqs.fifo":                           Request, // of FIFO queues, likewise
		"s3.storage":                         GBMonth,
		"s3.writes":                          Request,
		"s3.reads":                           Request,
		"scheduler.invocations":              Invocation,
		"dynamodb.writes":                    WriteUnit,
		"dynamodb.reads":                     ReadUnit,
		"dynamodb.storage":                   GBMonth,
		"dynamodb.backups":                   GBMonth, // of point-in-time recovery
		"rds.storage":                        GBMonth, // gp3, of PostgreSQL instances in one zone
		"rds.backups":                        GBMonth, // beyond what is free
		"aurora.capacity":                    ACUHour, // of Serverless v2 for PostgreSQL
		"aurora.storage":                     GBMonth,
		"aurora.io":                          Request,
		"aurora.backups":                     GBMonth,
		"elasticache.storage":                GBHour, // of serverless caches for Valkey
		"elasticache.units":                  ECPU,
	}
}

// UnitOf returns the unit of a key's price, if there is such a key.
func UnitOf(key string) (string, bool) {
	if instance, ok := strings.CutPrefix(key, "ec2."); ok {
		return Hour, strings.Contains(instance, ".")
	}
	if class, ok := strings.CutPrefix(key, "rds.db."); ok { // of a PostgreSQL instance in one zone
		return Hour, strings.Contains(class, ".")
	}
	unit, ok := units()[key]
	return unit, ok
}

// Services lists the services that a discount may name, sorted: the keys' first parts.
func Services() []string {
	list := []string{"ec2"}
	for key := range units() {
		list = append(list, Rate{Key: key}.Service())
	}
	slices.Sort(list)
	return slices.Compact(list)
}
