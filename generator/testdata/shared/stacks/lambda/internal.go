package lambda

import (
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/apigatewayv2"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// signed is a route that takes only requests signed with SigV4 by a role that may invoke it.
func signed(open *apigatewayv2.RouteArgs) *apigatewayv2.RouteArgs {
	route := *open
	route.AuthorizationType = pulumi.String("AWS_IAM")
	return &route
}
