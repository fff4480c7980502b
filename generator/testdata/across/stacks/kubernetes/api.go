package kubernetes

import (
	"strings"

	"example.com/golden/stacks/settings"
)

// readAPI reads the ARN of the API on Lambda that the pods call.
func readAPI(read *settings.Settings) string {
	read.Demand("apiArn", "it is the API on Lambda that the pods call: the output apiArn of its stack")
	return read.ARN("apiArn", "execute-api", "")
}

// apiURL is where that API answers, whatever the names that DNS has for it.
func (s *stack) apiURL() string {
	parts := strings.Split(s.apiARN, ":") // arn, partition, service, region, account, ID
	domain := "amazonaws.com"
	if parts[1] == "aws-cn" {
		domain += ".cn"
	}
	return "https://" + parts[5] + ".execute-api." + parts[3] + "." + domain
}
