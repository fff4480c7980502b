package kubernetes

import (
	"crypto/sha256"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"ambi/stacks/stacktest"
)

const configMapType = "kubernetes:core/v1:ConfigMap"

// delivers is the queue, by its URL's output of the data stack, whose messages a delivery
// container brings to the app.
func delivers(queue string) check {
	return func(t stacktest.T, g *stacktest.Graph, w wanted, s expectations) {
		deployment, config := g.One(t, deploymentType, w.name()), g.One(t, configMapType, w.name()+"-delivery")
		checkObject(t, config, w, "v1", "ConfigMap")
		config.Want(t, "metadata.name", w.name()+"-delivery", "a name that Pulumi makes up changes")
		text, _ := config.Input(`data["bento.yaml"]`).(string)
		checkDeliveryConfig(t, w, text)

		at := "spec.template.spec.containers[name=delivery]."
		image := s.config["deliveryImage"]
		if image == "" {
			image = deliveryImage
		}
		deployment.Want(t, at+"image", image, "it is Bento, at the version that the configuration is for")
		deployment.Want(t, at+"args", []string{"-c", "/etc/delivery/bento.yaml"}, "it delivers what the configuration says")
		deployment.Want(t, at+"env[name=QUEUE_URL].value", stacktest.DataOutputs[queue], "it takes messages from there")
		deployment.Want(t, at+"env[name=AWS_REGION].value", stacktest.DataOutputs["region"], "the queue is there")
		deployment.Want(t, at+"ports[name=delivery].containerPort", deliveryPort, "its probe asks there")
		deployment.Want(t, at+"readinessProbe.httpGet", map[string]any{"path": "/ready", "port": "delivery"}, "a queue that it may not read must not pass a deployment")
		within(t, deployment, at+"readinessProbe.periodSeconds", 1, 60, "a fault shows soon")
		within(t, deployment, at+"readinessProbe.timeoutSeconds", 1, 30, "a container that hangs does not answer")
		within(t, deployment, at+"readinessProbe.failureThreshold", 1, 300, "a failure counts in the end")
		matches(t, deployment, at+"resources.requests.cpu", `^[1-9][0-9]*m?$`, "the scheduler keeps it free, and an autoscaler measures by it")
		for _, of := range []string{"requests.memory", "limits.memory", "requests.ephemeral-storage", "limits.ephemeral-storage"} {
			matches(t, deployment, at+"resources."+of, size, "a pod that could take more than was kept free would take it from others")
		}
		deployment.Want(t, at+"resources.limits.cpu", nil, "a CPU limit throttles a pod while the node has CPU to spare")
		deployment.Want(t, at+"securityContext.readOnlyRootFilesystem", true, "nothing can be left in the container's files")
		deployment.Want(t, at+"volumeMounts[mountPath=/etc/delivery]", map[string]any{"name": "delivery", "mountPath": "/etc/delivery", "readOnly": true}, "it reads its configuration there")
		deployment.Want(t, "spec.template.spec.volumes[name=delivery].configMap.name", config.Output("metadata.name"), "it reads its configuration there", config)
		deployment.Want(t, `spec.template.metadata.annotations["delivery-config"]`, fmt.Sprintf("%x", sha256.Sum256([]byte(text))), "a new configuration must roll the pods")
		deployment.Want(t, `spec.template.metadata.annotations["kubectl.kubernetes.io/default-container"]`, w.service, "kubectl logs shows the app's")
		deployment.Want(t, w.container("restartPolicy"), "Always", "as an ordinary init container, it would have to end before the delivery container starts")
	}
}

// checkDeliveryConfig holds the delivery container to what Lambda does with the same messages.
func checkDeliveryConfig(t stacktest.T, w wanted, text string) {
	for _, line := range []struct{ pattern, why string }{
		{`url: \$\{QUEUE_URL\}`, "it takes messages from the queue that the stack names"},
		{`region: \$\{AWS_REGION\}`, "the queue is there"},
		{`reset_visibility: false`, "a message that failed would come back at once, and use up its attempts within seconds"},
		{`update_visibility: false`, "a message would come back after 30 s, while it is worked on"},
		{`wait_time_seconds: 20`, "each receive of an empty queue is paid for"},
		{fmt.Sprintf(`max_number_of_messages: %d`, min(10, w.delivery.messages)), "SQS gives no more than 10 at once, and what waits in the pod is hidden from others"},
		{fmt.Sprintf(`threads: %d`, w.delivery.atOnce), "it is what the app takes at once"},
		{fmt.Sprintf(`url: "http://127\.0\.0\.1:%d%s"`, w.port, regexp.QuoteMeta(w.delivery.path)), "the app listens there, in the same pod"},
		{`retries: 0`, "each attempt is the queue's to count"},
		{fmt.Sprintf(`timeout: %ds`, w.timeoutSeconds), "it is the longest that the app may take"},
		{`root = if errored\(\) \{ this \} else if .* \{ throw\(.*\) \} else \{ deleted\(\) \}`, "what failed would be deleted otherwise"},
		{`reject_errored:`, "what failed goes back to the queue"},
		{`"messageId": metadata\("sqs_message_id"\),`, "the app names by it what failed"},
		{`"receiptHandle": metadata\("sqs_receipt_handle"\),`, "Lambda has it"},
		{`"body": content\(\)\.string\(\),`, "it is the message"},
		{`"attributes": \{"ApproximateReceiveCount": metadata\("sqs_approximate_receive_count"\)\},`, "Lambda has it"},
		{`"messageAttributes": metadata\(\)\.filter\(m -> !m\.key\.has_prefix\("sqs_"\)\)\.map_each\(m -> \{"stringValue": m\.value, "dataType": "String"\}\),`, "the app may read them"},
		{`"eventSource": "aws:sqs",`, "the app tells events apart by it"},
		{`"awsRegion": env\("AWS_REGION"\),`, "Lambda has it"},
		{`verb: POST`, "the app expects it"},
		{`headers: \{Content-Type: application/json\}`, "the app expects JSON"},
		{fmt.Sprintf(`http: \{enabled: true, address: "0\.0\.0\.0:%d"\}`, deliveryPort), "the kubelet asks there"},
		{`shutdown_timeout: ` + fmt.Sprint(w.delivery.shutdownSeconds) + `s`, "what was taken is finished when a pod stops"},
		{`logger: \{level: INFO, format: json\}`, "logs can be searched by field"},
	} {
		if found := regexp.MustCompile(`(?m)^[ -]*`+line.pattern+`$`).FindAllString(text, -1); len(found) != 1 {
			t.Errorf("%s: its delivery has %d lines like %s, want one: %s", w.name(), len(found), line.pattern, line.why)
		}
	}
	if drops := strings.Contains(text, `"s3:TestEvent" { deleted() }`); drops != w.delivery.testEvents {
		t.Errorf("%s: its delivery leaves out S3's test events: %t, want %t", w.name(), drops, w.delivery.testEvents)
	}
	if w.delivery.shutdownSeconds <= w.timeoutSeconds || w.graceSeconds <= w.delivery.shutdownSeconds {
		t.Errorf("%s: a message may take %d s, its delivery gets %d s to stop and the pod %d s: each must be longer than the one before", w.name(), w.timeoutSeconds, w.delivery.shutdownSeconds, w.graceSeconds)
	}
}

// The image may come from a registry of the team's own.
func TestDeliveryImage(t *testing.T) {
	changed := map[string]string{"deliveryImage": "registry.example.com/bento:1.19.0"}
	checkAll(t, deploy(t, changed), expectations{expected.services, configuration(changed)})
}
