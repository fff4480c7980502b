package settings

import "regexp"

// HostedZone reads the id of a hosted zone in Route 53, and refuses a stack that sets none.
func (s *Settings) HostedZone(key string) string {
	s.Demand(key, "it is the hosted zone of the domains: aws route53 list-hosted-zones")
	id := s.text(key, "")
	if id != "" && !zonePattern.MatchString(id) {
		s.refuse(key, "must be the id of a hosted zone, such as Z0123456789ABCDEFGHIJ", id)
	}
	return id
}

// HostName reads the DNS name that a host leads to, and refuses a stack that sets none.
func (s *Settings) HostName(key string) string {
	s.Demand(key, "it is the DNS name that the target answers under: of an API's domain or of a load balancer")
	name := s.text(key, "")
	if name != "" && !dnsNamePattern.MatchString(name) {
		s.refuse(key, "must be a DNS name, such as my-balancer-1234567890.us-east-1.elb.amazonaws.com", name)
	}
	return name
}

var (
	zonePattern    = regexp.MustCompile(`^Z[A-Z0-9]{1,31}$`)
	dnsNamePattern = regexp.MustCompile(`^(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?$`)
)
