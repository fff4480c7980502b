package lambda

import (
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/apigatewayv2"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// newAuthorizer lets requests through that bring a token of the issuer, for one of the
// audiences. API Gateway fetches the issuer's keys by OpenID Connect discovery.
func newAuthorizer(ctx *pulumi.Context, s *stack, name, issuer string, audience ...string) (*apigatewayv2.Authorizer, error) {
	return apigatewayv2.NewAuthorizer(ctx, name, &apigatewayv2.AuthorizerArgs{
		ApiId:           s.gateway.ID(),
		Name:            pulumi.String(name),
		AuthorizerType:  pulumi.String("JWT"),
		IdentitySources: pulumi.StringArray{pulumi.String("$request.header.Authorization")},
		JwtConfiguration: &apigatewayv2.AuthorizerJwtConfigurationArgs{
			Issuer:    pulumi.String(issuer),
			Audiences: pulumi.ToStringArray(audience),
		},
	})
}

// guardedBy is a route that takes only requests that an authorizer lets through.
func guardedBy(authorizer *apigatewayv2.Authorizer, open *apigatewayv2.RouteArgs) *apigatewayv2.RouteArgs {
	guarded := *open
	guarded.AuthorizationType = pulumi.String("JWT")
	guarded.AuthorizerId = authorizer.ID()
	return &guarded
}
