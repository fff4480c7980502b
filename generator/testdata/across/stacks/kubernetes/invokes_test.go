package kubernetes

// invoking is a statement of a policy that lets pods call some routes of the API on Lambda.
func invoking(routes ...string) map[string]any {
	var arns []string
	for _, route := range routes {
		arns = append(arns, "arn:aws:execute-api:us-east-1:123456789012:a1b2c3d4e5/$default/"+route)
	}
	return map[string]any{"Effect": "Allow", "Action": []string{"execute-api:Invoke"}, "Resource": arns}
}
