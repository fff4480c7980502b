package settings_test

import (
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"example.com/golden/stacks/settings"
	"example.com/golden/stacks/stacktest"
)

func TestNetwork(t *testing.T) {
	usual := map[string]string{
		"aws:region": "us-east-1", "subnets": "subnet-1,subnet-2f", "group": "sg-1", "host": "db.example.com", "name": "app_db",
		"secret": "arn:aws:secretsmanager:us-east-1:123456789012:secret:rds!db-a1B2c3", "other": "sg-2",
	}
	for _, c := range []struct{ key, value, problem string }{
		{"subnets", "subnet-1, subnet-2", ""},
		{"subnets", "", "must be set"},
		{"subnets", "subnet-1", "two availability zones"},
		{"subnets", "10.0.0.0/24", "must be a list"},
		{"group", "sg-0123456789abcdef0", ""},
		{"group", "", "must be set"},
		{"group", "default", "the ID of a security group"},
		{"group", "sg-2", "must not be the group of"},
		{"host", "db", ""},
		{"host", "", "must be set"},
		{"host", "db.example.com:5432", "the name of a host"},
		{"host", "postgres://db.example.com", "the name of a host"},
		{"name", "My-db_2", ""},
		{"name", "", "must be set"},
		{"name", "2nd", "the name of a database"},
		{"secret", "", "must be set"},
		{"secret", "hunter2", "must be an ARN"},
		{"secret", "arn:aws:secretsmanager:eu-west-1:123456789012:secret:db-a1B2c3", "must be in aws:region us-east-1"},
	} {
		given := map[string]string{}
		for key, value := range usual {
			given[key] = value
		}
		given[c.key] = c.value
		_, err := stacktest.Deploy(t, func(ctx *pulumi.Context) error {
			set := settings.Read(ctx)
			got := map[string]string{
				"subnets": strings.Join(set.Subnets("subnets", "it is asked for"), ", "), "group": set.SecurityGroup("group", "it is asked for"),
				"host": set.Host("host"), "name": set.DatabaseName("name"), "secret": set.SecretARN("secret"),
			}
			if c.problem == "" && got[c.key] != c.value {
				t.Errorf("%s %q is read as %q", c.key, c.value, got[c.key])
			}
			set.OneGroupEach("they are alike", "group", "other")
			return set.Err()
		}, given)
		if c.problem == "" && err != nil || c.problem != "" && (err == nil || !strings.Contains(err.Error(), c.problem)) {
			t.Errorf("%s %q: %v", c.key, c.value, err)
		}
	}
}
