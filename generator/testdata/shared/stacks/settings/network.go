package settings

import "regexp"

// Subnets reads two subnets or more, and refuses a stack that sets none.
func (s *Settings) Subnets(key, why string) []string {
	s.Demand(key, why)
	ids := s.List(key, subnetPattern)
	if len(ids) == 1 && subnetPattern.MatchString(ids[0]) {
		s.refuse(key, "must be subnets of two availability zones or more", ids[0])
	}
	return ids
}

// SecurityGroup reads the ID of a security group, and refuses a stack that sets none.
func (s *Settings) SecurityGroup(key, why string) string {
	s.Demand(key, why)
	return s.matching(key, groupPattern, "the ID of a security group, such as sg-0123456789abcdef0")
}

// OneGroupEach refuses a security group that two of the keys name.
func (s *Settings) OneGroupEach(why string, keys ...string) {
	first := map[string]string{} // key by the group that it names
	for _, key := range keys {
		group := s.text(key, "")
		if other := first[group]; other != "" {
			s.refuse(key, "must not be the group of "+other+": "+why, group)
		} else if groupPattern.MatchString(group) {
			first[group] = key
		}
	}
}

// Host reads the name of the host of a database that exists already, and refuses a stack that
// sets none.
func (s *Settings) Host(key string) string {
	s.Demand(key, "it says where the database is")
	return s.matching(key, hostPattern, "the name of a host, without a scheme or a port")
}

// DatabaseName reads the name of a database within PostgreSQL, and refuses a stack that sets none.
func (s *Settings) DatabaseName(key string) string {
	s.Demand(key, "it says which of the server's databases it is")
	return s.matching(key, databasePattern, "the name of a database: letters, digits, _ and -, 63 characters at most")
}

// SecretARN reads the ARN of a secret, and refuses a stack that sets none.
func (s *Settings) SecretARN(key string) string {
	s.Demand(key, "it says which secret has the database's user and password")
	return s.ARN(key, "secretsmanager", "secret:")
}

func (s *Settings) matching(key string, pattern *regexp.Regexp, what string) string {
	text := s.text(key, "")
	if text != "" && !pattern.MatchString(text) {
		s.refuse(key, "must be "+what, text)
	}
	return text
}

var (
	subnetPattern   = regexp.MustCompile(`^subnet-[0-9a-f]+$`)
	groupPattern    = regexp.MustCompile(`^sg-[0-9a-f]+$`)
	hostPattern     = regexp.MustCompile(`^` + hostPart + `(?:\.` + hostPart + `)*$`)
	databasePattern = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_-]{0,62}$`)
)
