package kubernetes

import (
	"crypto/sha256"
	"fmt"

	appsv1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/apps/v1"
	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	metav1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/meta/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"example.com/golden/stacks/datastack"
)

// deliveryImage is Bento, which takes messages from a queue and posts them to the app:
// https://github.com/warpstreamlabs/bento. A stack may name a mirror of it.
const deliveryImage = "ghcr.io/warpstreamlabs/bento:1.19.0"

// deliveryPort is where the delivery container says whether it is connected.
const deliveryPort = 4195

// delivery is how messages reach the app: as Lambda has them, one in each POST to a path.
type delivery struct {
	path            string
	messages        int  // of one receive
	atOnce          int  // messages that the app works on at once
	shutdownSeconds int  // that the delivery container gets to finish
	testEvents      bool // S3 sends them among a bucket's events, and they are left out
}

// deliveryConfig is what the delivery container does. A message is deleted once the app
// answers 2xx and names no failure; any other answer, or none in time, leaves it to the
// queue, which shows it again after its visibility timeout, as with Lambda.
func deliveryConfig(f facts) string {
	config := fmt.Sprintf(`http: {enabled: true, address: "0.0.0.0:%d"}
shutdown_timeout: %ds
input:
  aws_sqs:
    url: ${QUEUE_URL}
    region: ${AWS_REGION}
    max_number_of_messages: %d
    wait_time_seconds: 20
    reset_visibility: false
    update_visibility: false
pipeline:
  threads: %d
  processors:
`, deliveryPort, f.delivery.shutdownSeconds, f.delivery.messages, f.delivery.atOnce)
	if f.delivery.testEvents {
		config += `    - mapping: |
        root = if this.Event.or("") == "s3:TestEvent" { deleted() } else { content() }
`
	}
	return config + fmt.Sprintf(`    - mapping: |
        root.Records = [{
          "messageId": metadata("sqs_message_id"),
          "receiptHandle": metadata("sqs_receipt_handle"),
          "body": content().string(),
          "attributes": {"ApproximateReceiveCount": metadata("sqs_approximate_receive_count")},
          "messageAttributes": metadata().filter(m -> !m.key.has_prefix("sqs_")).map_each(m -> {"stringValue": m.value, "dataType": "String"}),
          "eventSource": "aws:sqs",
          "awsRegion": env("AWS_REGION"),
        }]
    - http:
        url: %q
        verb: POST
        headers: {Content-Type: application/json}
        retries: 0
        timeout: %ds
    - mapping: |
        root = if errored() { this } else if this.batchItemFailures.or([]).length() > 0 { throw("the app reports that it failed") } else { deleted() }
output:
  reject_errored:
    drop: {}
logger: {level: INFO, format: json}
`, fmt.Sprintf("http://127.0.0.1:%d%s", f.port, f.delivery.path), f.timeoutSeconds)
}

// newDeliveryConfig declares the delivery container's configuration.
func newDeliveryConfig(ctx *pulumi.Context, f facts) (*corev1.ConfigMap, error) {
	object := metadata(f)
	object.Name = pulumi.String(f.name() + "-delivery")
	return corev1.NewConfigMap(ctx, f.name()+"-delivery", &corev1.ConfigMapArgs{
		Metadata: object,
		Data:     pulumi.StringMap{"bento.yaml": pulumi.String(deliveryConfig(f))},
	})
}

// deliver has a delivery container bring messages to the app, which becomes a native sidecar
// (Kubernetes 1.29): it is ready before the first message, and stops after the last one.
func deliver(s *stack, f facts, work *appsv1.DeploymentSpecArgs, pod *corev1.PodSpecArgs, container *corev1.ContainerArgs, from datastack.Queue, config *corev1.ConfigMap) {
	container.RestartPolicy = pulumi.String("Always")
	pod.InitContainers = corev1.ContainerArray{container}
	pod.Containers = corev1.ContainerArray{deliveryContainer(s, from)}
	pod.Volumes = append(pod.Volumes.(corev1.VolumeArray), corev1.VolumeArgs{
		Name: pulumi.String("delivery"), ConfigMap: &corev1.ConfigMapVolumeSourceArgs{Name: config.Metadata.Name()},
	})
	work.Template = &corev1.PodTemplateSpecArgs{
		Metadata: &metav1.ObjectMetaArgs{
			Labels: labels(f),
			Annotations: pulumi.StringMap{
				"kubectl.kubernetes.io/default-container": pulumi.String(f.service),
				// A new configuration rolls the pods: the container reads it when it starts.
				"delivery-config": pulumi.String(fmt.Sprintf("%x", sha256.Sum256([]byte(deliveryConfig(f))))),
			},
		},
		Spec: pod,
	}
}

// deliveryContainer runs Bento. Missing rights show in its readiness, and so in the
// deployment, and not as a silent queue.
func deliveryContainer(s *stack, from datastack.Queue) *corev1.ContainerArgs {
	return &corev1.ContainerArgs{
		Name:  pulumi.String("delivery"),
		Image: pulumi.String(s.deliveryImage),
		Args:  pulumi.ToStringArray([]string{"-c", "/etc/delivery/bento.yaml"}),
		Env:   corev1.EnvVarArray{located("QUEUE_URL", from.URL), located("AWS_REGION", s.data.Region)},
		Ports: corev1.ContainerPortArray{corev1.ContainerPortArgs{
			Name: pulumi.String("delivery"), ContainerPort: pulumi.Int(deliveryPort),
		}},
		Resources: &corev1.ResourceRequirementsArgs{
			Requests: pulumi.ToStringMap(map[string]string{"cpu": "50m", "memory": "128Mi", "ephemeral-storage": "64Mi"}),
			Limits:   pulumi.ToStringMap(map[string]string{"memory": "128Mi", "ephemeral-storage": "512Mi"}), // logs
		},
		ReadinessProbe: &corev1.ProbeArgs{
			HttpGet:          &corev1.HTTPGetActionArgs{Path: pulumi.String("/ready"), Port: pulumi.String("delivery")},
			PeriodSeconds:    pulumi.Int(5),
			TimeoutSeconds:   pulumi.Int(2),
			FailureThreshold: pulumi.Int(3),
		},
		SecurityContext: restricted(),
		VolumeMounts: corev1.VolumeMountArray{corev1.VolumeMountArgs{
			Name: pulumi.String("delivery"), MountPath: pulumi.String("/etc/delivery"), ReadOnly: pulumi.Bool(true),
		}},
	}
}
