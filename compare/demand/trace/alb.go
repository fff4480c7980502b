package trace

// ALB is the access log of AWS Application Load Balancers.
const ALB Format = "alb"

// alb reads the lines of an Application Load Balancer, whose first 22 fields are
//
//	type time elb client:port target:port request_processing_time target_processing_time
//	response_processing_time elb_status_code target_status_code received_bytes sent_bytes
//	"request" "user_agent" ssl_cipher ssl_protocol target_group_arn "trace_id" "domain_name"
//	"chosen_cert_arn" matched_rule_priority request_creation_time
//
// A line's time is when the response was sent, so a request's arrival is its
// request_creation_time, where the line has it. The duration is the target's: the
// seconds from when the request was sent to it until its response began; -1 where
// none was reached. Sizes count headers, too.
//
// https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-access-logs.html
func alb() format {
	return format{
		name:  ALB,
		what:  "the access log of AWS Application Load Balancers",
		page:  "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-access-logs.html",
		from:  "`aws s3 cp --recursive s3://BUCKET/AWSLogs/ …`, then `zcat *.log.gz \\| ambi trace - --sort`",
		sniff: sniffLog(albLine),
		open: func(_ Options, l *lines) (records, error) {
			return newLog(l, "be a line of an Application Load Balancer: a type such as https, a time, and its other fields", "target_processing_time", albLine)
		},
	}
}

func albLine(line []byte, r *request) bool {
	if !hasAny(line, "http ", "https ", "h2 ", "grpcs ", "ws ", "wss ") {
		return false
	}
	var room [22][]byte
	w := words(line, room[:])
	if len(w) < 13 {
		return false
	}
	at := w[1]
	if len(w) > 21 {
		if _, ok := parseTimestamp(w[21]); ok {
			at = w[21]
		}
	}
	var ok bool
	if r.timestamp, ok = parseTimestamp(at); !ok {
		return false
	}
	r.duration, r.received, r.respond = quantity(w[6], second), quantity(w[10], 1), quantity(w[11], 1)
	return true
}
