package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
)

const (
	secretARN = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:thumbs/api-key-AbCdEf"
	secretKey = "s3cr3t"
)

func TestParseSecretReference(t *testing.T) {
	const chinese = "arn:aws-cn:secretsmanager:cn-north-1:123456789012:secret:key-AbCdEf"
	for text, want := range map[string]secretReference{
		secretARN:                         {arn: secretARN, region: "eu-central-1"},
		secretARN + ":value":              {arn: secretARN, region: "eu-central-1", jsonKey: "value"},
		secretARN + ":value::":            {arn: secretARN, region: "eu-central-1", jsonKey: "value"},
		secretARN + ":::":                 {arn: secretARN, region: "eu-central-1"},
		secretARN + "::AWSPREVIOUS:":      {arn: secretARN, region: "eu-central-1", versionStage: "AWSPREVIOUS"},
		secretARN + ":::b4c5-1":           {arn: secretARN, region: "eu-central-1", versionID: "b4c5-1"},
		secretARN + ":a b:AWSCURRENT:b-1": {secretARN, "eu-central-1", "a b", "AWSCURRENT", "b-1"},
		chinese:                           {arn: chinese, region: "cn-north-1"},
	} {
		got, err := parseSecretReference(text)
		if err != nil || got != want {
			t.Errorf("%s: got %+v, %v, want %+v", text, got, err, want)
		}
	}
	for _, text := range []string{
		"", "api-key", "arn:aws:secretsmanager", ":::::::",
		"arn:aws:ssm:eu-central-1:123456789012:parameter:key",
		"arn:aws:secretsmanager::123456789012:secret:key-AbCdEf",
		"arn:aws:secretsmanager:eu-central-1:123456789012:secret:",
		secretARN + "::::", // one part too many
	} {
		if got, err := parseSecretReference(text); err == nil {
			t.Errorf("%q: got %+v, want an error", text, got)
		} else if !strings.Contains(err.Error(), "\nhint: arn:aws:secretsmanager:REGION") {
			t.Errorf("%q: %v, want a hint", text, err)
		}
	}
}

// secretsManager answers GetSecretValue, as JSON 1.1 over HTTP, and keeps what it
// was asked.
type secretsManager struct {
	mutex    sync.Mutex
	requests []map[string]string
}

// start returns the environment in which the AWS SDK asks the stand-in. The answer
// is the secret's fields, or an error of AWS if they name one.
func (s *secretsManager) start(t *testing.T, answer map[string]any) []string {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var request map[string]string
		if err := json.NewDecoder(r.Body).Decode(&request); err != nil {
			t.Errorf("request to Secrets Manager: %v", err)
		}
		request["operation"] = r.Header.Get("X-Amz-Target")
		_, scope, _ := strings.Cut(r.Header.Get("Authorization"), "Credential=")
		request["scope"], _, _ = strings.Cut(scope, ",")
		s.mutex.Lock()
		s.requests = append(s.requests, request)
		s.mutex.Unlock()
		w.Header().Set("Content-Type", "application/x-amz-json-1.1")
		if answer["__type"] != nil {
			w.WriteHeader(http.StatusBadRequest)
		}
		json.NewEncoder(w).Encode(answer)
	}))
	t.Cleanup(server.Close)
	return []string{
		"AWS_ENDPOINT_URL_SECRETS_MANAGER=" + server.URL,
		"AWS_ACCESS_KEY_ID=AKIAIOSFODNN7EXAMPLE",
		"AWS_SECRET_ACCESS_KEY=wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
		"AWS_EC2_METADATA_DISABLED=true",
	}
}

// The service asks once, at its start, for exactly the secret that is named, and
// then wants its value from clients, on either platform.
func TestKeyFromSecretsManager(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ name, reference, secret string }{
		{"whole secret", secretARN, secretKey},
		{"key of an object", secretARN + ":value::", `{"user": "x", "value": "` + secretKey + `"}`},
		{"written with a line break", secretARN, secretKey + "\n"},
	} {
		for _, platform := range []string{"pod", "function"} {
			t.Run(test.name+"/"+platform, func(t *testing.T) {
				var manager secretsManager
				environment := append(manager.start(t, map[string]any{"ARN": secretARN, "SecretString": test.secret}),
					"API_KEY_SECRET="+test.reference, "LOG_LEVEL=debug")
				var p *process
				var base string
				if platform == "pod" {
					p, base = startOnPort(t, "thumbs", environment...)
				} else {
					var gateway *gateway
					p, gateway = startOnLambda(t, patience, "thumbs", environment...)
					base = gateway.url
				}
				for _, e := range []exchange{
					{header: http.Header{"X-Api-Key": {secretKey}}, status: 200},
					{header: http.Header{"X-Api-Key": {secretKey + "x"}}, status: 401},
					{status: 401},
				} {
					e.method, e.target, e.body = "POST", "/thumbnails", pngOf(t, gradient(6, 4))
					e.check(t, e.send(t, newClient(), base))
				}
				manager.mutex.Lock()
				defer manager.mutex.Unlock()
				if len(manager.requests) != 1 {
					t.Fatalf("%d requests to Secrets Manager, want 1", len(manager.requests))
				}
				request := manager.requests[0]
				if request["SecretId"] != secretARN || request["operation"] != "secretsmanager.GetSecretValue" {
					t.Errorf("asked for %v", request)
				}
				if !strings.Contains(request["scope"], "/eu-central-1/secretsmanager/") {
					t.Errorf("signed for %s, want the secret's own region", request["scope"])
				}
				if strings.Contains(p.log(), secretKey) {
					t.Error("the key is in the log")
				}
			})
		}
	}
}

func TestSecretVersion(t *testing.T) {
	var manager secretsManager
	environment := manager.start(t, map[string]any{"SecretString": secretKey})
	for _, variable := range environment {
		name, value, _ := strings.Cut(variable, "=")
		t.Setenv(name, value)
	}
	reference := secretARN + "::AWSPREVIOUS:b4c5"
	got, err := readAPIKey(t.Context(), lookupIn(map[string]string{"API_KEY_SECRET": reference}))
	if err != nil || got != secretKey {
		t.Fatalf("got %q, %v", got, err)
	}
	if request := manager.requests[0]; request["VersionStage"] != "AWSPREVIOUS" || request["VersionId"] != "b4c5" {
		t.Errorf("asked for %v", request)
	}
}

// A start that cannot have its key fails, and says what to do about it, but never
// what it read.
func TestKeyCannotBeResolved(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, suffix string
		answer       map[string]any
		want         string
	}{
		{
			"no value yet", "",
			map[string]any{"__type": "ResourceNotFoundException", "Message": "Secrets Manager can't find the specified secret value for staging label: AWSCURRENT"},
			"put-secret-value --secret-id " + secretARN,
		},
		{
			"no permission", "",
			map[string]any{"__type": "AccessDeniedException", "Message": "not authorized to perform: secretsmanager:GetSecretValue"},
			"not authorized to perform",
		},
		{"empty", "", map[string]any{"SecretString": ""}, "the value is empty\nhint: "},
		{"blank", "", map[string]any{"SecretString": " \n"}, "the value is empty\nhint: "},
		{"bytes", "", map[string]any{"SecretBinary": "c2VjcmV0"}, "holds bytes, must be a string"},
		{"no object", ":value", map[string]any{"SecretString": secretKey}, `must be a JSON object, since the reference names its key "value"`},
		{"no such key", ":value", map[string]any{"SecretString": `{"other": "` + secretKey + `"}`}, `the JSON object has no key "value"`},
		{"no string", ":value", map[string]any{"SecretString": `{"value": {"s": "` + secretKey + `"}}`}, `the value at key "value" must be a string`},
		{"empty string", ":value", map[string]any{"SecretString": `{"value": ""}`}, "the value is empty"},
	} {
		t.Run(test.name, func(t *testing.T) {
			var manager secretsManager
			environment := append(manager.start(t, test.answer), "API_KEY_SECRET="+secretARN+test.suffix)
			p := startProcess(t, "thumbs", environment...)
			if code := p.waitForExit(t); code != 1 {
				t.Errorf("exit code %d, want 1", code)
			}
			if got := p.log(); !strings.HasPrefix(got, "thumbs: API_KEY_SECRET: "+secretARN) || !strings.Contains(got, test.want) {
				t.Errorf("got %q, want %q in it", got, test.want)
			}
			if strings.Contains(p.log(), secretKey) {
				t.Error("the key is in the log")
			}
		})
	}
}

func TestReadAPIKeyFromEnvironment(t *testing.T) {
	for _, test := range []struct {
		environment map[string]string
		want        string
		wantError   string
	}{
		{nil, "", ""},
		{map[string]string{"API_KEY": "k"}, "k", ""},
		{map[string]string{"API_KEY": " k\n"}, "k", ""},
		{map[string]string{"API_KEY": ""}, "", "API_KEY: is set, but empty"},
		{map[string]string{"API_KEY": " "}, "", "API_KEY: is set, but empty"},
		{map[string]string{"API_KEY": "k", "API_KEY_SECRET": secretARN}, "", "API_KEY and API_KEY_SECRET are both set"},
		{map[string]string{"API_KEY_SECRET": ""}, "", "API_KEY_SECRET: must be the ARN of a secret"},
	} {
		t.Run(fmt.Sprint(test.environment), func(t *testing.T) {
			got, err := readAPIKey(context.Background(), lookupIn(test.environment))
			if test.wantError != "" {
				if err == nil || !strings.HasPrefix(err.Error(), test.wantError) || !strings.Contains(err.Error(), "\nhint: ") {
					t.Errorf("got error %v, want %s and a hint", err, test.wantError)
				}
				return
			}
			if err != nil || got != test.want {
				t.Errorf("got %q, %v, want %q", got, err, test.want)
			}
		})
	}
}

func FuzzParseSecretReference(f *testing.F) {
	f.Add(secretARN + ":a:b:c")
	f.Add("::::::::")
	f.Fuzz(func(t *testing.T, text string) {
		reference, err := parseSecretReference(text)
		if err != nil {
			return
		}
		parts := []string{reference.arn, reference.jsonKey, reference.versionStage, reference.versionID}
		if again := strings.Join(parts, ":"); strings.TrimRight(again, ":") != strings.TrimRight(text, ":") {
			t.Errorf("got %q from %q", again, text)
		}
	})
}
