package lambda

import (
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/secretsmanager"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// newSecret declares a secret without a value, so that no value ever passes through Pulumi
// or its state. Set it once the stack is up: aws secretsmanager put-secret-value.
func newSecret(ctx *pulumi.Context, name, description string) (*secretsmanager.Secret, error) {
	return secretsmanager.NewSecret(ctx, name, &secretsmanager.SecretArgs{
		Description: pulumi.String(description),
		Tags:        shared(),
	})
}

// keyOf refers to a key of a secret, as Amazon ECS writes it. The variable that has the
// reference ends in _SECRET; the app reads the value when it starts.
func keyOf(secret *secretsmanager.Secret, key string) pulumi.StringOutput {
	return pulumi.Sprintf("%s:%s::", secret.Arn, key)
}

// readSecrets lets a function read the values of secrets.
func readSecrets(kept ...*secretsmanager.Secret) pulumi.Map {
	var arns []pulumi.StringInput
	for _, secret := range kept {
		arns = append(arns, secret.Arn)
	}
	return allow(actions{"secretsmanager:GetSecretValue"}, arns...)
}
