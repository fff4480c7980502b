package kubernetes

// mayInvoke is the right to call exactly some routes of the API on Lambda, such as GET/items/*.
func (s *stack) mayInvoke(routes ...string) statement {
	var arns []string
	for _, route := range routes {
		arns = append(arns, s.apiARN+"/$default/"+route)
	}
	return allow([]string{"execute-api:Invoke"}, arns...)
}
