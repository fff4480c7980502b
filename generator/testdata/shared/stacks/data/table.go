package main

import (
	"maps"
	"slices"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/dynamodb"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// tableFacts are what app.yaml says of one table. The rest of this file makes of them what
// every table has.
type tableFacts struct {
	name     string            // in app.yaml, which begins its exports: sessions in sessions.arn
	key      string            // the attribute that items are found by
	sort     string            // the one that orders the items of a key; empty for none
	types    map[string]string // S, N or B of each attribute that is a key of the table or of an index
	ttl      string            // the attribute with the second since 1970 after which an item goes; empty for none
	recovery bool              // as the table was at any second of the last 35 days
	indexes  []index
}

// index is another key by which items of a table are found.
type index struct {
	name, key, sort string
}

// title is what the table is called in Pulumi. Its own name begins with it.
func (f tableFacts) title() string { return app + "-" + f.name }

// newTable declares a table, and what the other stacks need to know of it. DynamoDB encrypts
// it with keys of its own, which costs nothing and needs no rights of the services. Another
// key or sort would make a new table without items; Pulumi refuses that for what is kept.
func newTable(ctx *pulumi.Context, s *stack, f tableFacts) (*dynamodb.Table, error) {
	args := &dynamodb.TableArgs{
		BillingMode:               pulumi.String("PAY_PER_REQUEST"),
		Attributes:                attributes(f),
		HashKey:                   pulumi.String(f.key),
		RangeKey:                  unlessEmpty(f.sort),
		GlobalSecondaryIndexes:    indexesOf(f),
		PointInTimeRecovery:       &dynamodb.TablePointInTimeRecoveryArgs{Enabled: pulumi.Bool(f.recovery)},
		DeletionProtectionEnabled: pulumi.Bool(s.keep), // from everyone, and not only from Pulumi
		Tags:                      tags(f.name),
	}
	if f.ttl != "" {
		args.Ttl = &dynamodb.TableTtlArgs{AttributeName: pulumi.String(f.ttl), Enabled: pulumi.Bool(true)}
	}
	table, err := dynamodb.NewTable(ctx, f.title(), args, s.kept())
	if err != nil {
		return nil, err
	}
	ctx.Export(f.name+".name", table.Name)
	ctx.Export(f.name+".arn", table.Arn)
	return table, nil
}

// attributes are the keys of the table and of its indexes. Items may have others, which
// DynamoDB need not know.
func attributes(f tableFacts) dynamodb.TableAttributeArray {
	list := dynamodb.TableAttributeArray{}
	for _, name := range slices.Sorted(maps.Keys(f.types)) {
		list = append(list, dynamodb.TableAttributeArgs{Name: pulumi.String(name), Type: pulumi.String(f.types[name])})
	}
	return list
}

// indexesOf are the table's global secondary indexes. Each has all attributes of its items,
// so that a query of one needs no second read.
func indexesOf(f tableFacts) dynamodb.TableGlobalSecondaryIndexArray {
	list := dynamodb.TableGlobalSecondaryIndexArray{}
	for _, i := range f.indexes {
		list = append(list, dynamodb.TableGlobalSecondaryIndexArgs{
			Name:           pulumi.String(i.name),
			HashKey:        pulumi.String(i.key),
			RangeKey:       unlessEmpty(i.sort),
			ProjectionType: pulumi.String("ALL"),
		})
	}
	return list
}

// unlessEmpty is a text, or no input at all.
func unlessEmpty(text string) pulumi.StringPtrInput {
	if text == "" {
		return nil
	}
	return pulumi.String(text)
}
