package data

// InNetwork reports whether data of a kind is reached through the network of a VPC: by services
// that run in it, and from security groups that are let in.
func InNetwork(kind string) bool { return kind == "postgres" || kind == "valkey" }

// Reached lists the data of an access that is reached through the network, by name.
func (a Access) Reached() []Output {
	var list []Output
	for _, v := range a.Variables {
		if o := v.Output; InNetwork(o.Kind) && o.Key == "host" {
			list = append(list, Output{Data: o.Data, Kind: o.Kind, Key: "group"})
		}
	}
	return list
}
