// Command data is the Pulumi program of what bazaar keeps: its buckets, caches, databases, queues and tables, which both
// targets share. It has stacks of its own, so that no change of where the app runs moves or
// deletes data. Each bucket, cache, database, queue and table has a file of its own with its facts. ambi wrote it
// from app/app.yaml, and it is yours to edit; "ambi diff" shows how it differs from what
// ambi would write today.
//
// Deploy what is new here before the app's own stacks, and remove here last: they read
// what this exports, and Pulumi does not guard the order.
package main

import (
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/sqs"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi/config"

	"example.com/golden/stacks/settings"
)

const app = "bazaar"

func main() {
	pulumi.Run(deploy)
}

// stack is the data as one stack deploys it.
type stack struct {
	keep                 bool // protect everything; a bucket that is not kept may be deleted with its objects
	alarmTopics          pulumi.ArrayInput
	resizeUploadsQueue   *sqs.Queue
	subnetIDs            []string // of the databases and caches
	cacheValkeyGroup     string   // the security group that it is in
	pagesValkeyGroup     string   // the security group that it is in
	ledgerPostgresGroup  string   // the security group that it is in
	reportsPostgresGroup string   // the security group that it is in
}

// deploy declares each bucket, cache, database, queue and table. All settings are read first, so that a bad one
// stops the update before anything has changed.
func deploy(ctx *pulumi.Context) error {
	read := settings.Read(ctx)
	s := &stack{keep: read.Choice("protect", "true", "false") != "false"}
	if topic := read.ARN("alarmTopicArn", "sns", ""); topic != "" {
		s.alarmTopics = pulumi.Array{pulumi.String(topic)}
	}
	consumer := read.Choice("consumer", "lambda", "kubernetes")
	read.Demand("consumer", "it says which target takes messages from the queues")
	s.subnetIDs = read.Subnets("subnetIds", "it is where the databases and caches are")
	s.cacheValkeyGroup = read.SecurityGroup("cache.securityGroupId", "it is the group that cache is in")
	s.pagesValkeyGroup = read.SecurityGroup("pages.securityGroupId", "it is the group that pages is in")
	s.ledgerPostgresGroup = read.SecurityGroup("ledger.securityGroupId", "it is the group that ledger is in")
	s.reportsPostgresGroup = read.SecurityGroup("reports.securityGroupId", "it is the group that reports is in")
	read.OneGroupEach("they are reached on the same port, and AWS takes the rule that lets an app in only once in a group",
		"cache.securityGroupId", "pages.securityGroupId")
	read.OneGroupEach("they are reached on the same port, and AWS takes the rule that lets an app in only once in a group",
		"ledger.securityGroupId", "reports.securityGroupId")
	region := config.Get(ctx, "aws:region")
	read.Require(region != "", "aws:region is not set\nhint: pulumi config set aws:region NAME")
	if err := read.Err(); err != nil {
		return err
	}
	ctx.Export("region", pulumi.String(region))
	ctx.Export("consumer", pulumi.String(consumer))
	for _, declare := range []func(*pulumi.Context, *stack) error{ // queues before the buckets whose events they get
		deployCacheValkey,
		deployPagesValkey,
		deployCartsTable,
		deployInvoicesQueue,
		deployMailsQueue,
		deployResizeUploadsQueue,
		deployLedgerPostgres,
		deployReportsPostgres,
		deployPhotosBucket,
		deployThumbnailsBucket,
	} {
		if err := declare(ctx, s); err != nil {
			return err
		}
	}
	return nil
}

// kept is for what must not be lost, and what belongs to it at all times: Pulumi then refuses
// to delete or to replace it. To let one go, set protect to false, update, and then remove it.
func (s *stack) kept() pulumi.ResourceOption { return pulumi.Protect(s.keep) }

// tags say what a resource is for.
func tags(data string) pulumi.StringMap {
	return pulumi.StringMap{"app": pulumi.String(app), "data": pulumi.String(data)}
}
