package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
)

// readAPIKey returns the key that clients must send, or "" when none is wanted. It
// is either in API_KEY, as a container finds it, or API_KEY_SECRET says where it
// is, as on Lambda, where the environment is no place for a secret. Errors never
// contain the key.
func readAPIKey(ctx context.Context, lookup environment) (string, error) {
	key, keySet := lookup("API_KEY")
	reference, referenceSet := lookup("API_KEY_SECRET")
	switch {
	case keySet && referenceSet:
		return "", errors.New("API_KEY and API_KEY_SECRET are both set\nhint: keep the one that you mean")
	case keySet:
		key = strings.TrimSpace(key)
		if key == "" { // a mistake must not open the service
			return "", errors.New("API_KEY: is set, but empty\nhint: unset it to let everybody make thumbnails")
		}
		return key, nil
	case !referenceSet:
		return "", nil
	}
	secret, err := parseSecretReference(reference)
	if err != nil {
		return "", fmt.Errorf("API_KEY_SECRET: %w", err)
	}
	ctx, cancel := context.WithTimeout(ctx, 8*time.Second) // Lambda gives a start ten
	defer cancel()
	value, err := secret.resolve(ctx)
	if err != nil {
		return "", fmt.Errorf("API_KEY_SECRET: %w", err)
	}
	return value, nil
}

// secretReference names a value in AWS Secrets Manager the way that Amazon ECS
// does, an ARN that may go on: which key of a JSON object, which version.
//
//	arn:aws:secretsmanager:REGION:ACCOUNT:secret:NAME-6chars[:json-key[:version-stage[:version-id]]]
//
// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/secrets-envvar-secrets-manager.html
type secretReference struct {
	arn, region                      string
	jsonKey, versionStage, versionID string
}

// parseSecretReference takes parts at the end that are empty, "ARN:key::", for absent.
func parseSecretReference(text string) (secretReference, error) {
	const arnParts, allParts = 7, 10
	parts := strings.Split(text, ":")
	ok := len(parts) >= arnParts && len(parts) <= allParts &&
		parts[0] == "arn" && parts[2] == "secretsmanager" && parts[5] == "secret" &&
		parts[1] != "" && parts[3] != "" && parts[4] != "" && parts[6] != ""
	if !ok {
		return secretReference{}, fmt.Errorf("must be the ARN of a secret, got %q\nhint: arn:aws:secretsmanager:REGION:ACCOUNT:secret:NAME-6chars, then :json-key if the secret is a JSON object", text)
	}
	reference := secretReference{arn: strings.Join(parts[:arnParts], ":"), region: parts[3]}
	parts = append(parts, make([]string, allParts-len(parts))...)
	reference.jsonKey, reference.versionStage, reference.versionID = parts[7], parts[8], parts[9]
	return reference, nil
}

// resolve asks Secrets Manager for the value: the whole secret, or the string at
// the reference's JSON key. An empty value is an error.
func (s secretReference) resolve(ctx context.Context) (string, error) {
	settings, err := config.LoadDefaultConfig(ctx, config.WithRegion(s.region))
	if err != nil {
		return "", err
	}
	input := &secretsmanager.GetSecretValueInput{SecretId: &s.arn}
	if s.versionStage != "" {
		input.VersionStage = &s.versionStage
	}
	if s.versionID != "" {
		input.VersionId = &s.versionID
	}
	output, err := secretsmanager.NewFromConfig(settings).GetSecretValue(ctx, input)
	if err != nil {
		return "", fmt.Errorf("%s: %w\nhint: the secret needs a value, aws secretsmanager put-secret-value --secret-id %s, and this process permission to read it", s.arn, err, s.arn)
	}
	if output.SecretString == nil {
		return "", fmt.Errorf("%s: holds bytes, must be a string", s.arn)
	}
	value := *output.SecretString
	if s.jsonKey != "" {
		if value, err = s.pick(value); err != nil {
			return "", err
		}
	}
	value = strings.TrimSpace(value) // a header's value cannot have any
	if value == "" {
		return "", fmt.Errorf("%s: the value is empty\nhint: aws secretsmanager put-secret-value --secret-id %s", s.arn, s.arn)
	}
	return value, nil
}

// pick returns the string at the reference's key of a JSON object. Its errors say
// nothing of the decoder's, which quote what they could not read.
func (s secretReference) pick(object string) (string, error) {
	var values map[string]any
	if json.Unmarshal([]byte(object), &values) != nil {
		return "", fmt.Errorf("%s: must be a JSON object, since the reference names its key %q\nhint: leave the key out to use the whole secret", s.arn, s.jsonKey)
	}
	value, ok := values[s.jsonKey]
	if !ok {
		return "", fmt.Errorf("%s: the JSON object has no key %q", s.arn, s.jsonKey)
	}
	text, ok := value.(string)
	if !ok {
		return "", fmt.Errorf("%s: the value at key %q must be a string", s.arn, s.jsonKey)
	}
	return text, nil
}
