package main

import (
	"strconv"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// postgresPort is where every database listens.
const postgresPort = 5432

// exportDatabase says where a database is. Its password is never here: secret is the ARN of the
// secret that has it, and the services read that themselves.
func exportDatabase(ctx *pulumi.Context, of string, host pulumi.StringInput, name string, secret pulumi.StringInput, group string) {
	ctx.Export(of+".host", host)
	ctx.Export(of+".port", pulumi.String(strconv.Itoa(postgresPort)))
	ctx.Export(of+".name", pulumi.String(name))
	ctx.Export(of+".secret", secret)
	ctx.Export(of+".group", pulumi.String(group))
}
