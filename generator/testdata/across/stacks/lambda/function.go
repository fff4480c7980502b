package lambda

import (
	"maps"

	awslambda "github.com/pulumi/pulumi-aws/sdk/v6/go/aws/lambda"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"example.com/golden/stacks/settings"
)

// facts are what app.yaml says of one service. The rest of this file makes of them what
// every service has: functionOf returns what a service's own file may change before it
// passes it on.
type facts struct {
	service          string // its name in app.yaml, which begins its settings: api in api.memory
	code             code
	architecture     string
	memoryMB         int // CPU comes with it: 1,769 MB is one vCPU
	timeoutSeconds   int // the longest that a request takes
	logRetentionDays int
	routes           []string // the API's route keys that the service answers
	environment      pulumi.StringMap
}

// code is what a function runs.
type code interface {
	configured(read *settings.Settings, service string) code
	runIn(function *awslambda.FunctionArgs)
}

// configured is the service with what the stack's configuration changes of it.
func (f facts) configured(read *settings.Settings) facts {
	f.code = f.code.configured(read, f.service)
	f.memoryMB = read.MemoryMiB(f.service+".memory", f.memoryMB, 128, 10240)
	f.logRetentionDays = read.OneOf(f.service+".logRetentionDays", f.logRetentionDays, logRetentionChoices)
	return f
}

// logRetentionChoices are the numbers of days that CloudWatch Logs offers.
var logRetentionChoices = []int{
	1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
}

// name is what the service's resources are called in Pulumi.
func (f facts) name() string { return app + "-" + f.service }

// tags say what the service's resources are for: bills and tools go by them.
func (f facts) tags() pulumi.StringMap {
	return pulumi.StringMap{"app": pulumi.String(app), "service": pulumi.String(f.service)}
}

// functionOf runs the service's code as a role.
func functionOf(f facts, as *executionRole) *awslambda.FunctionArgs {
	function := &awslambda.FunctionArgs{
		Architectures: pulumi.StringArray{pulumi.String(f.architecture)},
		MemorySize:    pulumi.Int(f.memoryMB),
		Timeout:       pulumi.Int(f.timeoutSeconds),
		Role:          as.role.Arn,
		Publish:       pulumi.Bool(true), // the alias below points at a published version
		LoggingConfig: &awslambda.FunctionLoggingConfigArgs{
			LogFormat: pulumi.String("JSON"),
			LogGroup:  as.logs.Name,
		},
		Tags: f.tags(),
	}
	if len(f.environment) > 0 {
		function.Environment = environment(f.environment)
	}
	f.code.runIn(function)
	return function
}

// environment is a function's, put together from sets of variables.
func environment(sets ...pulumi.StringMap) *awslambda.FunctionEnvironmentArgs {
	all := pulumi.StringMap{}
	for _, set := range sets {
		maps.Copy(all, set)
	}
	return &awslambda.FunctionEnvironmentArgs{Variables: all}
}

// newFunction declares a function, its alarms, and the alias that requests come by. It waits
// for the policy of its role: the role alone is not enough to start.
func newFunction(ctx *pulumi.Context, s *stack, f facts, args *awslambda.FunctionArgs, as *executionRole) (*awslambda.Alias, error) {
	function, err := awslambda.NewFunction(ctx, f.name(), args, pulumi.DependsOn([]pulumi.Resource{as.policy}))
	if err != nil {
		return nil, err
	}
	if err = watchFunction(ctx, s, f, function); err != nil {
		return nil, err
	}
	return awslambda.NewAlias(ctx, f.name(), &awslambda.AliasArgs{
		Name:            pulumi.String("live"),
		FunctionName:    function.Name,
		FunctionVersion: function.Version,
	}, pulumi.DeleteBeforeReplace(false)) // should a new function replace this one, requests go on to the old alias until then
}
