//go:build delivery

package delivery_test

import (
	"fmt"
	"testing"
)

const deliveryPort = 4195

// facts are what the configuration depends on.
type facts struct {
	port, timeoutSeconds, atOnce int
}

// emittedConfig is what the delivery container is told.
func emittedConfig(t *testing.T, f facts) string {
	t.Helper()
	return fmt.Sprintf(`http: {enabled: true, address: "0.0.0.0:%d"}
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
    - mapping: |
        root = if this.Event.or("") == "s3:TestEvent" { deleted() } else { content() }
    - mapping: |
        root.Records = [{
          "messageId": metadata("sqs_message_id"),
          "receiptHandle": metadata("sqs_receipt_handle"),
          "body": content().string(),
          "attributes": {"ApproximateReceiveCount": metadata("sqs_approximate_receive_count")},
          "eventSource": "aws:sqs",
        }]
    - http:
        url: "http://127.0.0.1:%d/events"
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
`, deliveryPort, f.timeoutSeconds+10, min(10, f.atOnce), f.atOnce, f.port, f.timeoutSeconds)
}
