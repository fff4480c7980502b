// Package pricelist makes files of the shape of the AWS Price List, for the
// tests of whatever reads it. The figures resemble those of eu-west-1; nothing
// but tests may take them for prices.
package pricelist

import (
	"encoding/json"
	"fmt"
	"maps"
	"strings"
)

// Item is one product of an offer file.
type Item struct {
	Family, Usage string
	Attributes    map[string]string
	Prices        [][2]string // from how many units on, dollars for one
}

// Offers is a Price List of the real shape for eu-west-1, by service: what a
// refresh looks for, and beside it what it must not take.
func Offers() map[string][]Item {
	flat := func(family, usage, price string, attributes ...string) Item {
		it := Item{Family: family, Usage: usage, Attributes: map[string]string{"regionCode": "eu-west-1", "location": "EU (Ireland)"}, Prices: [][2]string{{"0", price}}}
		for i := 0; i < len(attributes); i += 2 {
			it.Attributes[attributes[i]] = attributes[i+1]
		}
		return it
	}
	lambda := func(usage, group string, tiers ...[2]string) Item {
		it := flat("Serverless", usage, "0", "group", group)
		it.Prices = tiers
		return it
	}
	free := lambda("Global-Request", "AWS-Lambda-Requests", [2]string{"0", "0.0000000000"})
	free.Attributes["location"] = "Any"
	delete(free.Attributes, "regionCode")
	box := func(usage, instance, system, tenancy, software, capacity, price string) Item {
		return flat("Compute Instance", usage, price, "instanceType", instance, "operatingSystem", system, "tenancy", tenancy,
			"preInstalledSw", software, "capacitystatus", capacity, "licenseModel", "No License required")
	}
	egress := flat("Data Transfer", "EU-DataTransfer-Out-Bytes", "0")
	egress.Prices = [][2]string{{"0", "0.0900000000"}, {"10240", "0.0850000000"}, {"51200", "0.0700000000"}, {"153600", "0.0500000000"}}
	vended := flat("Data Payload", "EU-VendedLog-Bytes", "0")
	vended.Prices = [][2]string{{"0", "0.5700000000"}, {"10240", "0.2850000000"}, {"30720", "0.1140000000"}, {"51200", "0.0570000000"}}
	const onDemand = "Amazon DynamoDB PayPerRequest Throughput"
	table := flat("Database Storage", "EU-TimedStorage-ByteHrs", "0")
	table.Prices = [][2]string{{"0", "0.0000000000"}, {"25", "0.2830000000"}}
	database := func(family, usage, engine, deployment, price string) Item {
		return flat(family, usage, price, "databaseEngine", engine, "deploymentOption", deployment)
	}
	scheduled := flat("EventBridge", "EU-ScheduledInvocation", "0")
	scheduled.Prices = [][2]string{{"0", "0.0000000000"}, {"14000000", "0.0000011500"}}
	api := flat("API Calls", "EU-ApiGatewayHttpRequest", "0")
	api.Prices = [][2]string{{"0", "0.0000011100"}, {"300000000", "0.0000010000"}}
	return map[string][]Item{
		"AWSLambda": {
			lambda("EU-Request", "AWS-Lambda-Requests", [2]string{"0", "0.0000002000"}),
			lambda("EU-Request-ARM", "AWS-Lambda-Requests-ARM", [2]string{"0", "0.0000002000"}),
			free,
			lambda("EU-Lambda-GB-Second", "AWS-Lambda-Duration", [2]string{"0", "0.0000166667"}, [2]string{"6000000000", "0.0000150000"}, [2]string{"15000000000", "0.0000133334"}),
			lambda("EU-Lambda-GB-Second-ARM", "AWS-Lambda-Duration-ARM", [2]string{"0", "0.0000133334"}, [2]string{"7500000000", "0.0000120001"}, [2]string{"18750000000", "0.0000106667"}),
			lambda("EU-Lambda-Edge-GB-Second", "AWS-Lambda-Edge-Duration", [2]string{"0", "0.0000500100"}),
			lambda("EU-Lambda-Provisioned-Concurrency", "AWS-Lambda-Provisioned-Concurrency", [2]string{"0", "0.0000046458"}),
			lambda("EU-Lambda-Provisioned-Concurrency-ARM", "AWS-Lambda-Provisioned-Concurrency-ARM", [2]string{"0", "0.0000037167"}),
			lambda("EU-Lambda-Provisioned-GB-Second", "AWS-Lambda-Duration-Provisioned", [2]string{"0", "0.0000108407"}),
			lambda("EU-Lambda-Provisioned-GB-Second-ARM", "AWS-Lambda-Duration-Provisioned-ARM", [2]string{"0", "0.0000086726"}),
			lambda("EU-Lambda-Storage-GB-Second", "AWS-Lambda-Storage-Duration", [2]string{"0", "0.0000000340"}),
			lambda("EU-Lambda-Storage-GB-Second-ARM", "AWS-Lambda-Storage-Duration-ARM", [2]string{"0", "0.0000000340"}),
		},
		"AmazonApiGateway": {api, flat("API Calls", "EU-ApiGatewayRequest", "0.0000035000"), flat("WebSocket", "EU-ApiGatewayMessage", "0.0000011400")},
		"AmazonCloudWatch": {
			flat("Data Payload", "EU-DataProcessing-Bytes", "0.5700000000"), flat("Data Payload", "EU-DataProcessingIA-Bytes", "0.2850000000"), vended,
			flat("Storage Snapshot", "EU-TimedStorage-ByteHrs", "0.0300000000"), flat("Alarm", "EU-CW:AlarmMonitorUsage", "0.1000000000"),
			flat("Alarm", "EU-CW:HighResAlarmMonitorUsage", "0.3000000000"),
		},
		"AmazonEKS": {
			flat("Compute", "EU-AmazonEKS-Hours:perCluster", "0.1000000000"), flat("Compute", "EU-AmazonEKS-Hours:extendedSupport", "0.5000000000"),
			flat("Compute", "EU-Outposts-AmazonEKS-Hours:perCluster", "0.1000000000"),
		},
		"AmazonECS": {
			flat("Compute", "EU-Fargate-vCPU-Hours:perCPU", "0.0404800000"), flat("Compute", "EU-Fargate-GB-Hours", "0.0044450000"),
			flat("Compute", "EU-Fargate-ARM-vCPU-Hours:perCPU", "0.0323800000"), flat("Compute", "EU-Fargate-ARM-GB-Hours", "0.0035600000"),
			flat("Compute", "EU-Fargate-Windows-vCPU-Hours:perCPU", "0.0910400000"), flat("Compute", "EU-SpotUsage:Fargate-vCPU-Hours:perCPU", "0.0127000000"),
		},
		"AWSELB": {
			flat("Load Balancer-Application", "EU-LoadBalancerUsage", "0.0252000000"), flat("Load Balancer-Application", "EU-LCUUsage", "0.0080000000"),
			flat("Load Balancer-Application", "EU-Outposts-LoadBalancerUsage", "0.0252000000"), flat("Load Balancer-Application", "EU-Outposts-LCUUsage", "0.0080000000"),
			flat("Load Balancer-Application", "EU-ReservedLCUUsage", "0.0080000000"), flat("Load Balancer-Application", "EU-IdleProvisionedLBCapacity", "0.0080000000"),
			flat("Load Balancer-Application", "EU-TS-LoadBalancerUsage", "0.0056000000"),
			flat("Load Balancer-Network", "EU-LoadBalancerUsage", "0.0252000000"), flat("Load Balancer-Network", "EU-LCUUsage", "0.0060000000"),
			flat("Load Balancer", "EU-LoadBalancerUsage", "0.0280000000"),
		},
		"AWSQueueService": {
			flat("API Request", "EU-Requests-Tier1", "0.0000004000", "group", "SQS-APIRequest-Tier1", "queueType", "Standard"),
			flat("API Request", "EU-Requests-FIFO-Tier1", "0.0000005000", "group", "SQS-APIRequest-Tier1", "queueType", "FIFO (first-in, first-out)"),
			flat("API Request", "EU-Requests-Fair-Tier1", "0.0000001000", "group", "SQS-APIRequest-Fair-Tier1", "queueType", "Fair"),
		},
		"AmazonS3": {
			flat("Storage", "EU-TimedStorage-ByteHrs", "0.0230000000"), flat("Storage", "EU-TimedStorage-SIA-ByteHrs", "0.0125000000"),
			flat("API Request", "EU-Requests-Tier1", "0.0000050000"), flat("API Request", "EU-Requests-Tier2", "0.0000004000"),
			flat("API Request", "EU-Requests-GLACIER-Tier1", "0.0000300000"),
		},
		"AmazonDynamoDB": {
			flat(onDemand, "EU-WriteRequestUnits", "0.0000007060"), flat(onDemand, "EU-ReadRequestUnits", "0.0000001410"),
			flat(onDemand, "EU-IA-WriteRequestUnits", "0.0000008800"), flat(onDemand, "EU-ReplWriteRequestUnits", "0.0000007060"),
			table, flat("Database Storage", "EU-IA-TimedStorage-ByteHrs", "0.1130000000"), flat("Database Storage", "EU-TimedPITRStorage-ByteHrs", "0.2264000000"),
		},
		"AmazonRDS": {
			database("Database Instance", "EU-InstanceUsage:db.t4g.micro", "PostgreSQL", "Single-AZ", "0.0180000000"),
			database("Database Instance", "EU-InstanceUsage:db.t4g.small", "PostgreSQL", "Single-AZ", "0.0360000000"),
			database("Database Instance", "EU-InstanceUsage:db.t4g.medium", "PostgreSQL", "Single-AZ", "0.0720000000"),
			database("Database Instance", "EU-InstanceUsage:db.t4g.medium", "MySQL", "Single-AZ", "0.0700000000"),
			database("Database Instance", "EU-InstanceUsage:db.t4g.medium", "Aurora PostgreSQL", "Single-AZ", "0.0800000000"),
			database("Database Instance", "EU-Multi-AZUsage:db.t4g.medium", "PostgreSQL", "Multi-AZ", "0.1450000000"),
			database("Database Storage", "EU-RDS:GP3-Storage", "PostgreSQL", "Single-AZ", "0.1270000000"),
			database("Database Storage", "EU-RDS:GP3-Storage", "MySQL", "Single-AZ", "0.1270000000"),
			database("Database Storage", "EU-RDS:Multi-AZ-GP3-Storage", "PostgreSQL", "Multi-AZ", "0.2540000000"),
			database("Storage Snapshot", "EU-RDS:ChargedBackupUsage", "Any", "", "0.0950000000"),
			database("ServerlessV2", "EU-Aurora:ServerlessV2Usage", "Aurora PostgreSQL", "", "0.1400000000"),
			database("ServerlessV2", "EU-Aurora:ServerlessV2Usage", "Aurora MySQL", "", "0.1400000000"),
			database("ServerlessV2", "EU-Aurora:ServerlessV2IOOptimizedUsage", "Aurora PostgreSQL", "", "0.1900000000"),
			database("Database Storage", "EU-Aurora:StorageUsage", "Aurora PostgreSQL", "", "0.1100000000"),
			database("System Operation", "EU-Aurora:StorageIOUsage", "Aurora PostgreSQL", "", "0.0000002200"),
			database("Storage Snapshot", "EU-Aurora:BackupUsage", "Aurora PostgreSQL", "", "0.0220000000"),
			database("Storage Snapshot", "EU-Aurora:BackupUsage", "Aurora MySQL", "", "0.0220000000"),
		},
		"AWSEvents":         {scheduled, flat("EventBridge", "EU-Event-64K-Chunks", "0.0000010000")},
		"AmazonVPC":         {flat("", "EU-PublicIPv4:InUseAddress", "0.0050000000"), flat("", "EU-PublicIPv4:IdleAddress", "0.0050000000")},
		"AWSDataTransfer":   {egress, flat("Data Transfer", "EU-DataTransfer-Regional-Bytes", "0.0100000000"), flat("Data Transfer", "EU-USE1-AWS-Out-Bytes", "0.0200000000")},
		"AWSSecretsManager": {flat("Secret", "EU-AWSSecretsManager-Secrets", "0.4000000000"), flat("API Request", "EU-AWSSecretsManagerAPIRequest", "0.0000050000")},
		"AmazonEC2": {
			flat("NAT Gateway", "EU-NatGateway-Hours", "0.0480000000"), flat("NAT Gateway", "EU-NatGateway-Bytes", "0.0480000000"),
			flat("NAT Gateway", "EU-RegionalNatGateway-Hours", "0.0480000000"), flat("NAT Gateway", "EU-RegionalNatGateway-Bytes", "0.0480000000"),
			flat("Storage", "EU-EBS:VolumeUsage.gp3", "0.0880000000"), flat("Storage", "EU-EBS:VolumeUsage.gp2", "0.1100000000"),
			box("EU-BoxUsage:m7g.large", "m7g.large", "Linux", "Shared", "NA", "Used", "0.0910000000"),
			box("EU-BoxUsage:m7g.large", "m7g.large", "RHEL", "Shared", "NA", "Used", "0.1198000000"),
			box("EU-BoxUsage:m7g.large", "m7g.large", "Linux", "Shared", "SQL Std", "Used", "0.5710000000"),
			box("EU-UnusedBox:m7g.large", "m7g.large", "Linux", "Shared", "NA", "UnusedCapacityReservation", "0.0910000000"),
			box("EU-DedicatedUsage:m7g.large", "m7g.large", "Linux", "Dedicated", "NA", "Used", "0.0965000000"),
			box("EU-BoxUsage:m7i.large", "m7i.large", "Linux", "Shared", "NA", "Used", "0.1125000000"),
		},
	}
}

// File writes an offer file as AWS does: products before terms.
func File(service string, items []Item) []byte {
	products, terms := map[string]any{}, map[string]any{}
	for i, it := range items {
		sku := fmt.Sprintf("%s%04d", strings.ToUpper(service), i)
		attributes := maps.Clone(it.Attributes)
		attributes["usagetype"] = it.Usage
		attributes["servicecode"] = service
		products[sku] = map[string]any{"sku": sku, "productFamily": it.Family, "attributes": attributes}
		dimensions := map[string]any{}
		for tier, price := range it.Prices {
			end := "Inf"
			if tier+1 < len(it.Prices) {
				end = it.Prices[tier+1][0]
			}
			code := fmt.Sprintf("%s.JRTCKXETXF.%d", sku, tier)
			dimensions[code] = map[string]any{
				"rateCode": code, "description": "$" + price[1] + " {per} \"unit\"", "beginRange": price[0], "endRange": end,
				"unit": "Quantity", "pricePerUnit": map[string]string{"USD": price[1]}, "appliesTo": []string{},
			}
		}
		terms[sku] = map[string]any{sku + ".JRTCKXETXF": map[string]any{
			"offerTermCode": "JRTCKXETXF", "sku": sku, "effectiveDate": "2026-09-01T00:00:00Z", "priceDimensions": dimensions, "termAttributes": map[string]string{},
		}}
	}
	text := func(v any) string {
		b, err := json.Marshal(v)
		if err != nil {
			panic(err)
		}
		return string(b)
	}
	return fmt.Appendf(nil, `{"formatVersion":"v1.0","disclaimer":"This pricing list is for informational purposes only.","offerCode":%q,"version":"20260919173510","publicationDate":"2026-09-19T17:35:10Z","products":%s,"terms":{"OnDemand":%s,"Reserved":{"X":{"X.1":{"priceDimensions":{}}}}},"attributesList":{}}`,
		service, text(products), text(terms))
}
