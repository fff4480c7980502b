package route53

import (
	"strings"
	"time"

	"golang.org/x/net/dns/dnsmessage"
)

// maxMessage is the most bytes that a question over UDP has.
const maxMessage = 4096

func (s *Server) serve() {
	buffer := make([]byte, maxMessage)
	for {
		n, from, err := s.conn.ReadFrom(buffer)
		if err != nil {
			return // closed
		}
		if answer, err := s.answer(buffer[:n]); err == nil {
			_, _ = s.conn.WriteTo(answer, from) // or the client asks again
		}
	}
}

// answer answers a message with one question. Of a name that has records but none of the type
// that is asked for, the answer is empty; of one that has none, that there is no such name.
func (s *Server) answer(message []byte) ([]byte, error) {
	var parser dnsmessage.Parser
	header, err := parser.Start(message)
	if err != nil {
		return nil, err
	}
	question, err := parser.Question()
	if err != nil {
		return nil, err
	}
	name := strings.ToLower(strings.TrimSuffix(question.Name.String(), "."))
	reply := dnsmessage.Message{
		Header:    dnsmessage.Header{ID: header.ID, Response: true, Authoritative: true, RecursionDesired: header.RecursionDesired, RecursionAvailable: true},
		Questions: []dnsmessage.Question{question},
	}
	way, address := s.zone.resolve(name)
	owner := question.Name
	for _, record := range way {
		to, err := dnsmessage.NewName(record.To + ".")
		if err != nil {
			return nil, err
		}
		reply.Answers = append(reply.Answers, dnsmessage.Resource{
			Header: dnsmessage.ResourceHeader{Name: owner, Class: dnsmessage.ClassINET, TTL: uint32(record.TTL / time.Second)}, Body: &dnsmessage.CNAMEResource{CNAME: to},
		})
		owner = to
	}
	switch {
	case !address.IsValid() && len(way) == 0:
		reply.RCode = dnsmessage.RCodeNameError
	case address.IsValid() && question.Type == dnsmessage.TypeA:
		reply.Answers = append(reply.Answers, dnsmessage.Resource{
			Header: dnsmessage.ResourceHeader{Name: owner, Class: dnsmessage.ClassINET, TTL: addressTTL}, Body: &dnsmessage.AResource{A: address.As4()},
		})
	}
	return reply.Pack()
}

// addressTTL is how long the address of a load balancer may be remembered, in seconds. That of a
// record may be remembered for less.
// Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/application-load-balancers.html
const addressTTL = 60
