package generator_test

import (
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestOnlyWhatIsUsedIsCompiled asks Go what each golden program compiles of the
// provider SDKs. They are the users' first wait: kubernetes/core/v1 alone is a minute,
// and aws/ec2 and aws/wafv2 would be one more each.
func TestOnlyWhatIsUsedIsCompiled(t *testing.T) {
	onLambda := []string{"aws/apigatewayv2", "aws/cloudwatch", "aws/iam", "aws/lambda"}
	onKubernetes := []string{
		"kubernetes/apps/v1", "kubernetes/autoscaling/v2", "kubernetes/core/v1", "kubernetes/meta/v1", "kubernetes/networking/v1", "kubernetes/policy/v1",
	}
	seeing := overlay(t)
	for program, want := range map[string][]string{
		"testdata/zip/stacks/lambda":         onLambda,
		"testdata/full-lambda/stacks/lambda": append(slices.Clone(onLambda), "aws/secretsmanager"), // for secrets
		"testdata/minimal/stacks":            onKubernetes,                                         // and nothing of the target that the spec does not list
		"testdata/full-kubernetes/stacks/kubernetes": append(slices.Clone(onKubernetes), "aws/eks", "aws/iam", // for permissions
			"kubernetes", "kubernetes/apiextensions"), // for HTTPRoute, ScaledObject and ServiceMonitor
		"../stacks/lambda": append(slices.Clone(onLambda), "aws/secretsmanager",
			"aws/scheduler", "aws/sqs"), // for the schedule and its dead letters
		"../stacks/kubernetes": append(slices.Clone(onKubernetes), "aws/eks", "aws/iam", // for what it uses
			"kubernetes", "kubernetes/apiextensions", // for ScaledObject and TriggerAuthentication
			"kubernetes/batch/v1"), // for CronJob
		"../stacks/data":                      {"aws/cloudwatch", "aws/dynamodb", "aws/s3", "aws/sqs"},
		"testdata/switching/stacks/traffic":   {"aws/route53"},
		"testdata/table/stacks/data":          {"aws/dynamodb"},
		"testdata/valkey/stacks/data":         {"aws/elasticache"},
		"testdata/postgres/stacks/data":       {"aws/rds"},
		"testdata/postgres/stacks/lambda":     append(slices.Clone(onLambda), "aws/vpc"), // to be let in
		"testdata/postgres/stacks/kubernetes": append(slices.Clone(onKubernetes), "aws/eks", "aws/iam", "aws/vpc"),
	} {
		out, err := exec.Command("go", "list", seeing, "-deps", "./"+program).CombinedOutput()
		if err != nil {
			t.Fatalf("%s: %v\n%s", program, err, out)
		}
		var got []string
		for _, match := range sdkPackage.FindAllStringSubmatch(string(out), -1) {
			if name := match[1]; name != "aws/internal" && name != "kubernetes/utilities" { // small, and in every one
				got = append(got, name)
			}
		}
		slices.Sort(got)
		slices.Sort(want)
		if !slices.Equal(got, want) {
			t.Errorf("%s compiles\n%s\nwant\n%s", program, strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
	}
}

var sdkPackage = regexp.MustCompile(`(?m)^github\.com/pulumi/pulumi-(?:aws|kubernetes)/sdk/v\d+/go/(\S+)$`)
