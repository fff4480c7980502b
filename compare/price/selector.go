package price

import (
	"slices"
	"strings"
)

// selector says which product of the Price List a rate is read from.
type selector struct {
	key    string
	offer  string // the service's code in the Price List
	family string // product family; empty for any
	// usage is the usage type without its region prefix: EU-ApiGatewayHttpRequest
	// is ApiGatewayHttpRequest in eu-west-1. It must be equal, not merely the
	// end: EU-Outposts-LCUUsage is another product than EU-LCUUsage.
	usage string
	// attributes must all be equal.
	attributes map[string]string
	// allowance: the product's first tier is an account's free allowance, which is no part of the
	// price. Accounts share it among all apps.
	allowance bool
}

// selectors lists the product, or the products that must agree, behind each
// rate. Usage types: AWS's billing documentation of each service; Lambda's
// groups: its offer file. Instances are asked for by name.
func selectors(instances []string) []selector {
	lambda := func(key string, groups ...string) []selector {
		var list []selector
		for _, group := range groups {
			list = append(list, selector{key: key, offer: "AWSLambda", attributes: map[string]string{"group": group}})
		}
		return list
	}
	list := slices.Concat(
		// One price, listed once for each architecture.
		lambda("lambda.requests", "AWS-Lambda-Requests", "AWS-Lambda-Requests-ARM"),
		lambda("lambda.duration.x86_64", "AWS-Lambda-Duration"),
		lambda("lambda.duration.arm64", "AWS-Lambda-Duration-ARM"),
		lambda("lambda.provisioned.x86_64", "AWS-Lambda-Provisioned-Concurrency"),
		lambda("lambda.provisioned.arm64", "AWS-Lambda-Provisioned-Concurrency-ARM"),
		lambda("lambda.provisioned-duration.x86_64", "AWS-Lambda-Duration-Provisioned"),
		lambda("lambda.provisioned-duration.arm64", "AWS-Lambda-Duration-Provisioned-ARM"),
		lambda("lambda.storage", "AWS-Lambda-Storage-Duration", "AWS-Lambda-Storage-Duration-ARM"),
	)
	usage := func(offer, family, key, usage string) {
		list = append(list, selector{key: key, offer: offer, family: family, usage: usage})
	}
	usage("AmazonApiGateway", "", "httpapi.requests", "ApiGatewayHttpRequest")
	usage("AmazonApiGateway", "", "restapi.requests", "ApiGatewayRequest")
	usage("AmazonCloudWatch", "", "logs.ingestion", "DataProcessing-Bytes")
	usage("AmazonCloudWatch", "", "logs.ingestion.lambda", "VendedLog-Bytes")
	usage("AmazonCloudWatch", "", "logs.storage", "TimedStorage-ByteHrs")
	usage("AmazonCloudWatch", "", "alarms.standard", "CW:AlarmMonitorUsage")
	usage("AmazonEKS", "", "eks.cluster", "AmazonEKS-Hours:perCluster")
	usage("AmazonEKS", "", "eks.extended", "AmazonEKS-Hours:extendedSupport")
	usage("AmazonECS", "", "fargate.cpu.x86_64", "Fargate-vCPU-Hours:perCPU")
	usage("AmazonECS", "", "fargate.memory.x86_64", "Fargate-GB-Hours")
	usage("AmazonECS", "", "fargate.cpu.arm64", "Fargate-ARM-vCPU-Hours:perCPU")
	usage("AmazonECS", "", "fargate.memory.arm64", "Fargate-ARM-GB-Hours")
	usage("AWSELB", "Load Balancer-Application", "alb.hours", "LoadBalancerUsage")
	usage("AWSELB", "Load Balancer-Application", "alb.lcu", "LCUUsage")
	usage("AmazonVPC", "", "ipv4.hours", "PublicIPv4:InUseAddress")
	usage("AWSDataTransfer", "", "egress.internet", "DataTransfer-Out-Bytes")
	usage("AWSDataTransfer", "", "zone.transfer", "DataTransfer-Regional-Bytes")
	usage("AWSSecretsManager", "", "secrets.secret", "AWSSecretsManager-Secrets")
	usage("AWSSecretsManager", "", "secrets.calls", "AWSSecretsManagerAPIRequest")
	usage("AmazonEC2", "NAT Gateway", "nat.hours", "NatGateway-Hours")
	usage("AmazonEC2", "NAT Gateway", "nat.data", "NatGateway-Bytes")
	usage("AmazonEC2", "Storage", "ebs.gp3", "EBS:VolumeUsage.gp3")
	list = append(list, selector{
		key: "sqs.requests", offer: "AWSQueueService", // its usage types differ by region
		attributes: map[string]string{"group": "SQS-APIRequest-Tier1", "queueType": "Standard"},
	})
	list = append(list, selector{
		key: "sqs.fifo", offer: "AWSQueueService",
		attributes: map[string]string{"group": "SQS-APIRequest-Tier1", "queueType": "FIFO (first-in, first-out)"},
	})
	usage("AmazonS3", "Storage", "s3.storage", "TimedStorage-ByteHrs")
	usage("AmazonS3", "API Request", "s3.writes", "Requests-Tier1")
	usage("AmazonS3", "API Request", "s3.reads", "Requests-Tier2")
	const throughput = "Amazon DynamoDB PayPerRequest Throughput"
	usage("AmazonDynamoDB", throughput, "dynamodb.writes", "WriteRequestUnits")
	usage("AmazonDynamoDB", throughput, "dynamodb.reads", "ReadRequestUnits")
	list = append(list, selector{key: "dynamodb.storage", offer: "AmazonDynamoDB", family: "Database Storage", usage: "TimedStorage-ByteHrs", allowance: true})
	usage("AmazonDynamoDB", "Database Storage", "dynamodb.backups", "TimedPITRStorage-ByteHrs")
	database := func(key, family, engine, usage string, attributes ...string) {
		s := selector{key: key, offer: "AmazonRDS", family: family, usage: usage, attributes: map[string]string{"databaseEngine": engine}}
		for i := 0; i+1 < len(attributes); i += 2 {
			s.attributes[attributes[i]] = attributes[i+1]
		}
		list = append(list, s)
	}
	database("rds.storage", "Database Storage", "PostgreSQL", "RDS:GP3-Storage", "deploymentOption", "Single-AZ")
	database("rds.backups", "Storage Snapshot", "Any", "RDS:ChargedBackupUsage")
	const aurora = "Aurora PostgreSQL"
	database("aurora.capacity", "ServerlessV2", aurora, "Aurora:ServerlessV2Usage")
	database("aurora.storage", "Database Storage", aurora, "Aurora:StorageUsage")
	database("aurora.io", "System Operation", aurora, "Aurora:StorageIOUsage")
	database("aurora.backups", "Storage Snapshot", aurora, "Aurora:BackupUsage")
	// Its first 14 M a month are free.
	list = append(list, selector{key: "scheduler.invocations", offer: "AWSEvents", usage: "ScheduledInvocation", allowance: true})
	for _, instance := range instances {
		if strings.HasPrefix(instance, "db.") {
			database("rds."+instance, "Database Instance", "PostgreSQL", "InstanceUsage:"+instance, "deploymentOption", "Single-AZ")
			continue
		}
		list = append(list, selector{
			key: "ec2." + instance, offer: "AmazonEC2", family: "Compute Instance", usage: "BoxUsage:" + instance,
			attributes: map[string]string{
				"operatingSystem": "Linux", "tenancy": "Shared", "preInstalledSw": "NA", "capacitystatus": "Used",
				"licenseModel": "No License required",
			},
		})
	}
	return list
}

// name is what the selector looks for, in a few words.
func (s selector) name() string {
	if s.usage != "" {
		return "usage type " + s.usage
	}
	return "group " + s.attributes["group"]
}

// product is one product of an offer file.
type product struct {
	SKU        string            `json:"sku"`
	Family     string            `json:"productFamily"`
	Attributes map[string]string `json:"attributes"`
}

// matches reports whether a product is the selector's, in a region. Rows of
// location "Any" are a free tier's, and some files hold other regions' rows.
func (s selector) matches(p product, region string) bool {
	if p.Attributes["location"] == "Any" {
		return false
	}
	if code, ok := p.Attributes["regionCode"]; ok && code != region {
		return false
	}
	if s.family != "" && p.Family != s.family {
		return false
	}
	for name, value := range s.attributes {
		if p.Attributes[name] != value {
			return false
		}
	}
	return s.usage == "" || hasUsage(p.Attributes["usagetype"], s.usage, region)
}

// hasUsage reports whether a usage type is a region's form of another.
func hasUsage(usagetype, usage, region string) bool {
	prefix, ok := strings.CutSuffix(usagetype, usage)
	return ok && slices.Contains(prefixes(region), prefix)
}

// prefixes lists how a region's usage types start. Most services use the
// short code, some leave it out in us-east-1, and some older ones write the
// region's name: docs.aws.amazon.com/global-infrastructure/latest/regions/aws-region-billing-codes.html.
func prefixes(region string) []string {
	codes := map[string][]string{
		"us-east-1": {"", "USE1-"}, "us-east-2": {"USE2-"}, "us-west-1": {"USW1-"}, "us-west-2": {"USW2-"},
		"eu-west-1": {"EU-", "EUW1-"}, "eu-west-2": {"EUW2-"}, "eu-west-3": {"EUW3-"},
		"eu-central-1": {"EUC1-"}, "eu-north-1": {"EUN1-"}, "eu-south-1": {"EUS1-"},
		"ap-southeast-1": {"APS1-"}, "ap-southeast-2": {"APS2-"}, "ap-south-1": {"APS3-"},
		"ap-southeast-3": {"APS4-"}, "ap-southeast-4": {"APS6-"}, "ap-southeast-5": {"APS7-"},
		"ap-northeast-1": {"APN1-"}, "ap-northeast-2": {"APN2-"}, "ap-northeast-3": {"APN3-"}, "ap-east-1": {"APE1-"},
		"ca-central-1": {"CAN1-"}, "sa-east-1": {"SAE1-"}, "me-south-1": {"MES1-"}, "af-south-1": {"AFS1-"}, "il-central-1": {"ILC1-"},
	}
	return codes[region]
}
