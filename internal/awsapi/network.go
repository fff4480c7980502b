package awsapi

import (
	"fmt"

	"ambi/internal/lazyregexp"
)

var (
	subnetID = lazyregexp.New(`^subnet-[0-9a-f]+$`)
	groupID  = lazyregexp.New(`^sg-[0-9a-f]+$`)
)

// provideNetwork gives moto the subnets and security groups that inputs name: stacks have them
// from their settings, as somebody else made them. Each subnet is one of moto's own.
func (a *Account) provideNetwork(value any) error {
	switch value := value.(type) {
	case string:
		if a.drawn[value] != "" {
			return nil
		}
		if subnetID.MatchString(value) {
			return a.provideSubnet(value)
		}
		if groupID.MatchString(value) {
			return a.provideGroup(value)
		}
	case []any:
		for _, element := range value {
			if err := a.provideNetwork(element); err != nil {
				return err
			}
		}
	case map[string]any:
		for _, member := range sorted(value) {
			if err := a.provideNetwork(member); err != nil {
				return err
			}
		}
	}
	return nil
}

func (a *Account) provideSubnet(id string) error {
	answer, refused, err := a.moto.call(a.region, Call{"ec2", "DescribeSubnets", map[string]any{}})
	if err != nil || refused != "" {
		return fmt.Errorf("%s: %s: %w", id, refused, err)
	}
	subnets, _ := answer["Subnets"].([]any)
	if a.subnets >= len(subnets) {
		return fmt.Errorf("%s: moto has only %d subnets", id, len(subnets))
	}
	a.drawn[id], _ = memberAt(subnets[a.subnets].(map[string]any), "SubnetId").(string)
	a.subnets++
	return nil
}

func (a *Account) provideGroup(id string) error {
	answer, refused, err := a.moto.call(a.region, Call{"ec2", "CreateSecurityGroup", map[string]any{"GroupName": "group of " + id, "Description": "of the tests"}})
	if err != nil || refused != "" {
		return fmt.Errorf("%s: %s: %w", id, refused, err)
	}
	a.drawn[id], _ = answer["GroupId"].(string)
	return nil
}
