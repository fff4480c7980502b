// Command stacks is what the emitted stacks are measured against: a program with the
// same resources, written by hand in one go and without settings.
package main

import (
	"encoding/json"
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/apigatewayv2"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/cloudwatch"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/lambda"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/secretsmanager"
	appsv1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/apps/v1"
	autoscalingv2 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/autoscaling/v2"
	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	metav1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/meta/v1"
	networkingv1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/networking/v1"
	policyv1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/policy/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi/config"
)

const name = "thumbs-api"

func main() {
	pulumi.Run(func(ctx *pulumi.Context) error {
		if config.Require(ctx, "handwritten:target") == "lambda" {
			return onLambda(ctx)
		}
		return onKubernetes(ctx)
	})
}

func onLambda(ctx *pulumi.Context) error {
	api, err := apigatewayv2.NewApi(ctx, "thumbs", &apigatewayv2.ApiArgs{ProtocolType: pulumi.String("HTTP")})
	if err != nil {
		return err
	}
	ctx.Export("url", api.ApiEndpoint)
	access, err := cloudwatch.NewLogGroup(ctx, "thumbs", &cloudwatch.LogGroupArgs{RetentionInDays: pulumi.Int(30)})
	if err != nil {
		return err
	}
	if _, err := apigatewayv2.NewStage(ctx, "thumbs", &apigatewayv2.StageArgs{
		ApiId: api.ID(), Name: pulumi.String("$default"), AutoDeploy: pulumi.Bool(true),
		AccessLogSettings: &apigatewayv2.StageAccessLogSettingsArgs{
			DestinationArn: access.Arn, Format: pulumi.String(`{"requestId":"$context.requestId","status":"$context.status"}`),
		},
		DefaultRouteSettings: &apigatewayv2.StageDefaultRouteSettingsArgs{
			ThrottlingRateLimit: pulumi.Float64(1000), ThrottlingBurstLimit: pulumi.Int(500),
		},
	}); err != nil {
		return err
	}
	secret, err := secretsmanager.NewSecret(ctx, "thumbs-api-key", nil)
	if err != nil {
		return err
	}
	logs, err := cloudwatch.NewLogGroup(ctx, name, &cloudwatch.LogGroupArgs{RetentionInDays: pulumi.Int(30)})
	if err != nil {
		return err
	}
	role, err := iam.NewRole(ctx, name, &iam.RoleArgs{AssumeRolePolicy: pulumi.String(
		`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"lambda.amazonaws.com"},"Action":"sts:AssumeRole"}]}`)})
	if err != nil {
		return err
	}
	policy, err := iam.NewRolePolicy(ctx, name, &iam.RolePolicyArgs{
		Role: role.Name,
		Policy: pulumi.All(logs.Arn, secret.Arn).ApplyT(func(arns []any) (string, error) {
			text, err := json.Marshal(map[string]any{"Version": "2012-10-17", "Statement": []map[string]any{
				{"Effect": "Allow", "Action": []string{"logs:CreateLogStream", "logs:PutLogEvents"}, "Resource": fmt.Sprintf("%s:log-stream:*", arns[0])},
				{"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": arns[1]},
			}})
			return string(text), err
		}).(pulumi.StringOutput),
	})
	if err != nil {
		return err
	}
	function, err := lambda.NewFunction(ctx, name, &lambda.FunctionArgs{
		PackageType:   pulumi.String("Image"),
		ImageUri:      pulumi.String("123456789012.dkr.ecr.us-east-1.amazonaws.com/thumbs:1.4.2"),
		Architectures: pulumi.StringArray{pulumi.String("arm64")},
		MemorySize:    pulumi.Int(885),
		Timeout:       pulumi.Int(10),
		Role:          role.Arn,
		Publish:       pulumi.Bool(true),
		Environment: &lambda.FunctionEnvironmentArgs{Variables: pulumi.StringMap{
			"LOG_LEVEL": pulumi.String("info"), "API_KEY_SECRET": pulumi.Sprintf("%s:value::", secret.Arn),
		}},
		LoggingConfig: &lambda.FunctionLoggingConfigArgs{LogFormat: pulumi.String("JSON"), LogGroup: logs.Name},
	}, pulumi.DependsOn([]pulumi.Resource{policy}))
	if err != nil {
		return err
	}
	alias, err := lambda.NewAlias(ctx, name, &lambda.AliasArgs{
		Name: pulumi.String("live"), FunctionName: function.Name, FunctionVersion: function.Version,
	})
	if err != nil {
		return err
	}
	integration, err := apigatewayv2.NewIntegration(ctx, name, &apigatewayv2.IntegrationArgs{
		ApiId: api.ID(), IntegrationType: pulumi.String("AWS_PROXY"), IntegrationUri: alias.InvokeArn,
		PayloadFormatVersion: pulumi.String("2.0"), TimeoutMilliseconds: pulumi.Int(10000),
	})
	if err != nil {
		return err
	}
	for _, key := range []string{"POST /thumbnails", "GET /placeholders/{width}/{height}"} {
		if _, err := apigatewayv2.NewRoute(ctx, key, &apigatewayv2.RouteArgs{
			ApiId: api.ID(), RouteKey: pulumi.String(key), Target: pulumi.Sprintf("integrations/%s", integration.ID()),
		}); err != nil {
			return err
		}
	}
	if _, err := lambda.NewPermission(ctx, name, &lambda.PermissionArgs{
		Function: alias.FunctionName, Qualifier: alias.Name, Action: pulumi.String("lambda:InvokeFunction"),
		Principal: pulumi.String("apigateway.amazonaws.com"), SourceArn: pulumi.Sprintf("%s/*/*", api.ExecutionArn),
	}); err != nil {
		return err
	}
	for metric, statistic := range map[string]string{"Errors": "Sum", "Throttles": "Sum", "Duration": ""} {
		args := &cloudwatch.MetricAlarmArgs{
			Namespace: pulumi.String("AWS/Lambda"), MetricName: pulumi.String(metric),
			Dimensions:         pulumi.StringMap{"FunctionName": function.Name},
			ComparisonOperator: pulumi.String("GreaterThanThreshold"), Threshold: pulumi.Float64(0),
			Period: pulumi.Int(60), EvaluationPeriods: pulumi.Int(1), TreatMissingData: pulumi.String("notBreaching"),
		}
		if statistic != "" {
			args.Statistic = pulumi.String(statistic)
		} else {
			args.ExtendedStatistic, args.Threshold = pulumi.String("p99"), pulumi.Float64(8000)
		}
		if _, err := cloudwatch.NewMetricAlarm(ctx, name+"-"+metric, args); err != nil {
			return err
		}
	}
	_, err = cloudwatch.NewMetricAlarm(ctx, "thumbs-5xx", &cloudwatch.MetricAlarmArgs{
		Namespace: pulumi.String("AWS/ApiGateway"), MetricName: pulumi.String("5xx"), Statistic: pulumi.String("Sum"),
		Dimensions:         pulumi.StringMap{"ApiId": api.ID()},
		ComparisonOperator: pulumi.String("GreaterThanThreshold"), Threshold: pulumi.Float64(5),
		Period: pulumi.Int(60), EvaluationPeriods: pulumi.Int(1), TreatMissingData: pulumi.String("notBreaching"),
	})
	return err
}

func onKubernetes(ctx *pulumi.Context) error {
	labels := pulumi.StringMap{"app": pulumi.String(name)}
	metadata := &metav1.ObjectMetaArgs{Name: pulumi.String(name), Namespace: pulumi.String("thumbs"), Labels: labels}
	selector := &metav1.LabelSelectorArgs{MatchLabels: labels}
	account, err := corev1.NewServiceAccount(ctx, name, &corev1.ServiceAccountArgs{Metadata: metadata, AutomountServiceAccountToken: pulumi.Bool(false)})
	if err != nil {
		return err
	}
	probe := func(period, failures int) *corev1.ProbeArgs {
		return &corev1.ProbeArgs{
			HttpGet:       &corev1.HTTPGetActionArgs{Path: pulumi.String("/healthz"), Port: pulumi.String("http")},
			PeriodSeconds: pulumi.Int(period), FailureThreshold: pulumi.Int(failures),
		}
	}
	deployment, err := appsv1.NewDeployment(ctx, name, &appsv1.DeploymentArgs{
		Metadata: metadata,
		Spec: &appsv1.DeploymentSpecArgs{
			Selector: selector,
			Template: &corev1.PodTemplateSpecArgs{
				Metadata: &metav1.ObjectMetaArgs{Labels: labels},
				Spec: &corev1.PodSpecArgs{
					ServiceAccountName: account.Metadata.Name(),
					SecurityContext: &corev1.PodSecurityContextArgs{
						RunAsNonRoot: pulumi.Bool(true), RunAsUser: pulumi.Int(65532),
						SeccompProfile: &corev1.SeccompProfileArgs{Type: pulumi.String("RuntimeDefault")},
					},
					TerminationGracePeriodSeconds: pulumi.Int(20),
					Containers: corev1.ContainerArray{corev1.ContainerArgs{
						Name:  pulumi.String("api"),
						Image: pulumi.String("ghcr.io/example/thumbs:1.4.2"),
						Ports: corev1.ContainerPortArray{corev1.ContainerPortArgs{Name: pulumi.String("http"), ContainerPort: pulumi.Int(8080)}},
						Env: corev1.EnvVarArray{
							corev1.EnvVarArgs{Name: pulumi.String("LOG_LEVEL"), Value: pulumi.String("info")},
							corev1.EnvVarArgs{Name: pulumi.String("API_KEY"), ValueFrom: &corev1.EnvVarSourceArgs{
								SecretKeyRef: &corev1.SecretKeySelectorArgs{Name: pulumi.String("thumbs-api-key"), Key: pulumi.String("value")},
							}},
						},
						Resources: &corev1.ResourceRequirementsArgs{
							Requests: pulumi.StringMap{"cpu": pulumi.String("500m"), "memory": pulumi.String("512Mi")},
							Limits:   pulumi.StringMap{"memory": pulumi.String("512Mi")},
						},
						StartupProbe: probe(2, 30), ReadinessProbe: probe(5, 2), LivenessProbe: probe(10, 3),
						SecurityContext: &corev1.SecurityContextArgs{
							AllowPrivilegeEscalation: pulumi.Bool(false), ReadOnlyRootFilesystem: pulumi.Bool(true),
							Capabilities: &corev1.CapabilitiesArgs{Drop: pulumi.StringArray{pulumi.String("ALL")}},
						},
					}},
				},
			},
		},
	})
	if err != nil {
		return err
	}
	if _, err := corev1.NewService(ctx, name, &corev1.ServiceArgs{
		Metadata: metadata,
		Spec: &corev1.ServiceSpecArgs{Selector: labels, Ports: corev1.ServicePortArray{
			corev1.ServicePortArgs{Name: pulumi.String("http"), Port: pulumi.Int(80), TargetPort: pulumi.String("http")},
		}},
	}); err != nil {
		return err
	}
	if _, err := networkingv1.NewNetworkPolicy(ctx, name, &networkingv1.NetworkPolicyArgs{
		Metadata: metadata,
		Spec: &networkingv1.NetworkPolicySpecArgs{
			PodSelector: selector, PolicyTypes: pulumi.ToStringArray([]string{"Ingress", "Egress"}),
			Ingress: networkingv1.NetworkPolicyIngressRuleArray{networkingv1.NetworkPolicyIngressRuleArgs{
				Ports: networkingv1.NetworkPolicyPortArray{networkingv1.NetworkPolicyPortArgs{Port: pulumi.String("http")}},
			}},
			Egress: networkingv1.NetworkPolicyEgressRuleArray{networkingv1.NetworkPolicyEgressRuleArgs{}},
		},
	}); err != nil {
		return err
	}
	if _, err := policyv1.NewPodDisruptionBudget(ctx, name, &policyv1.PodDisruptionBudgetArgs{
		Metadata: metadata,
		Spec:     &policyv1.PodDisruptionBudgetSpecArgs{MaxUnavailable: pulumi.Int(1), Selector: selector},
	}); err != nil {
		return err
	}
	_, err = autoscalingv2.NewHorizontalPodAutoscaler(ctx, name, &autoscalingv2.HorizontalPodAutoscalerArgs{
		Metadata: metadata,
		Spec: &autoscalingv2.HorizontalPodAutoscalerSpecArgs{
			ScaleTargetRef: &autoscalingv2.CrossVersionObjectReferenceArgs{
				ApiVersion: pulumi.String("apps/v1"), Kind: pulumi.String("Deployment"), Name: deployment.Metadata.Name().Elem(),
			},
			MinReplicas: pulumi.Int(1), MaxReplicas: pulumi.Int(50),
			Metrics: autoscalingv2.MetricSpecArray{autoscalingv2.MetricSpecArgs{
				Type: pulumi.String("Resource"),
				Resource: &autoscalingv2.ResourceMetricSourceArgs{
					Name:   pulumi.String("cpu"),
					Target: &autoscalingv2.MetricTargetArgs{Type: pulumi.String("Utilization"), AverageUtilization: pulumi.Int(70)},
				},
			}},
		},
	})
	return err
}
