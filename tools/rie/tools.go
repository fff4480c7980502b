//go:build tools

// Package tools pins AWS's Runtime Interface Emulator, which stands in for what
// surrounds a Lambda function: go build github.com/aws/aws-lambda-runtime-interface-emulator/cmd/aws-lambda-rie
package tools

import _ "github.com/aws/aws-lambda-runtime-interface-emulator/cmd/aws-lambda-rie"
