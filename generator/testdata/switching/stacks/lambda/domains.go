package lambda

import (
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/apigatewayv2"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// domains are the host names that the API is served under.
var domains = []string{
	"account.example.com",
	"admin.example.com",
	"lambda.account.example.com",
	"lambda.shop.example.com",
	"lambda.status.example.com",
	"shop.example.com",
	"status.example.com",
}

// serveDomain serves the API under a host name of the app's own, once DNS points the name at
// what is exported here. The API's own URL goes on answering, so that a new stack can be
// tried before DNS moves to it.
func serveDomain(ctx *pulumi.Context, s *stack, gateway *apigatewayv2.Api, stage *apigatewayv2.Stage, domain string) error {
	name, err := apigatewayv2.NewDomainName(ctx, domain, &apigatewayv2.DomainNameArgs{
		DomainName: pulumi.String(domain),
		DomainNameConfiguration: &apigatewayv2.DomainNameDomainNameConfigurationArgs{
			CertificateArn: pulumi.String(s.certificateARN),
			EndpointType:   pulumi.String("REGIONAL"),
			SecurityPolicy: pulumi.String("TLS_1_2"),
		},
		Tags: shared(),
	})
	if err != nil {
		return err
	}
	ctx.Export("dns:"+domain, name.DomainNameConfiguration.TargetDomainName().Elem())
	_, err = apigatewayv2.NewApiMapping(ctx, domain, &apigatewayv2.ApiMappingArgs{
		ApiId:      gateway.ID(),
		DomainName: name.ID(),
		Stage:      stage.ID(),
	})
	return err
}
