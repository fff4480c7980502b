//go:build tools

// Package tools pins the release of AWS's SDK whose models of the AWS APIs
// internal/awsapi reads. It is a module of its own because it is 35 MB to download;
// nothing of it is compiled.
package tools

import _ "github.com/aws/aws-sdk-go/aws"
