package generator

import (
	"cmp"
	"slices"

	"ambi/target/data"
	"ambi/target/kubernetes"
	"ambi/target/lambda"
)

// demandView is a setting without which no stack of the data can be deployed.
type demandView struct {
	Key, Description string
	Value            string // one that the program takes
	Bad              string // one that it refuses
}

// Demands lists the settings that a stack of the data must have: where data is that exists
// already, and the network of what is reached through one.
func (v dataView) Demands() []demandView {
	var list []demandView
	if slices.Contains(v.features, "subnets") {
		list = append(list, demandView{"subnetIds", "the subnets of the databases and caches, in two availability zones or more, with commas between", "subnet-1,subnet-2", "10.0.0.0/24"})
	}
	for _, s := range v.Data {
		list = append(list, s.Demands()...)
	}
	return list
}

// Demands lists those of one of the data.
func (s dataService) Demands() []demandView {
	if s.Existing() {
		bad := "s3://bucket"
		switch {
		case s.FIFO():
			bad = "arn:aws:sqs:us-east-1:123456789012:no-fifo"
		case s.Queue != nil:
			bad = "https://sqs.us-east-1.amazonaws.com/123456789012/queue"
		}
		return []demandView{{s.Name + ".arn", "the ARN of the " + s.Kind + " " + s.Name + ", which exists already", s.ARN(), bad}}
	}
	if !s.InNetwork() {
		return nil
	}
	of := func(key string) string { return fake(s.App, data.Output{Data: s.Name, Kind: s.Kind, Key: key}) }
	list := []demandView{{s.Name + ".securityGroupId", "the security group that the " + s.called() + " " + s.Name + " is in", of("group"), "default"}}
	if s.Postgres != nil && s.Postgres.Existing {
		list = append(list,
			demandView{s.Name + ".host", "the host of the database " + s.Name + ", which exists already", of("host"), "https://db.example.com"},
			demandView{s.Name + ".name", "the name of the database " + s.Name + " within PostgreSQL", of("name"), "my-database!"},
			demandView{s.Name + ".secretArn", "the ARN of the secret with the user and password of the database " + s.Name, of("secret"), "password"})
	}
	return list
}

// Alike lists the data that share a port, by kind: each of them needs a security group of its own.
func (v dataView) Alike() [][]string {
	var lists [][]string
	for _, kind := range []string{"valkey", "postgres"} {
		var names []string
		for _, s := range v.Data {
			if s.Kind == kind {
				names = append(names, s.Name)
			}
		}
		if len(names) > 1 {
			lists = append(lists, names)
		}
	}
	return lists
}

// reachedView is data that services reach through a network, and whose group lets them in.
type reachedView struct {
	Name  string // of the data
	Field string // in what the data stack has
}

// reachedBy adds what a service reaches to a list of what others do, by name.
func reachedBy(access data.Access, others ...reachedView) []reachedView {
	list := slices.Clone(others)
	for _, o := range access.Reached() {
		list = append(list, reachedView{o.Data, dataField(o.Data, o.Kind)})
	}
	slices.SortFunc(list, func(a, b reachedView) int { return cmp.Compare(a.Name, b.Name) })
	return slices.Compact(list)
}

func reachedByFunctions(m *lambda.Model) (list []reachedView) {
	for _, s := range m.Services {
		list = reachedBy(s.Access, list...)
	}
	return list
}

func reachedByPods(m *kubernetes.Model) (list []reachedView) {
	for _, s := range m.Services {
		list = reachedBy(s.Access, list...)
	}
	return list
}

// rulesOf lists the rules by which data in a network lets an app's services in.
func rulesOf(app string, reached []reachedView) []Resource {
	var plan []Resource
	for _, r := range reached {
		plan = append(plan, Resource{Type: "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", Name: app + "-" + r.Name, Data: r.Name})
	}
	return plan
}

// Group is the security group that tests take it to be in.
func (s dataService) Group() string {
	return fake(s.App, data.Output{Data: s.Name, Kind: s.Kind, Key: "group"})
}

// Elsewhere reports whether it is a database that exists already.
func (s dataService) Elsewhere() bool { return s.Postgres != nil && s.Postgres.Existing }

// Whereabouts are the settings that say where a database is that exists already.
func (s dataService) Whereabouts() []demandView { return s.Demands()[1:] }
