package kubernetes

import (
	"fmt"
	"strings"
	"testing"

	"example.com/golden/stacks/stacktest"
)

// callsAPI is a service on Lambda that this one finds by a variable.
func callsAPI(service, name string) check {
	return func(t stacktest.T, g *stacktest.Graph, w wanted, s expectations) {
		parts := strings.Split(s.config["apiArn"], ":")
		g.One(t, w.runner(), w.name()).Want(t, w.container("env[name="+name+"].value"),
			fmt.Sprintf("https://%s.execute-api.%s.amazonaws.com", parts[5], parts[3]), "it is where the app finds "+service)
	}
}

func TestAPIURL(t *testing.T) {
	for arn, want := range map[string]string{
		"arn:aws:execute-api:eu-west-1:123456789012:f6g7h8i9j0":     "https://f6g7h8i9j0.execute-api.eu-west-1.amazonaws.com",
		"arn:aws-cn:execute-api:cn-north-1:123456789012:f6g7h8i9j0": "https://f6g7h8i9j0.execute-api.cn-north-1.amazonaws.com.cn",
	} {
		if got := (&stack{apiARN: arn}).apiURL(); got != want {
			t.Errorf("the API %s answers at %s, want %s", arn, got, want)
		}
	}
}
