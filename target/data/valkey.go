package data

import "ambi/spec"

// Valkey is one cache in ElastiCache Serverless.
type Valkey struct {
	Name          string
	MaxStorageGiB int
}

func (r *resolver) valkey(at, name string, c *spec.Valkey) Valkey {
	r.notes.Exact(at, "a serverless cache of the data stack, which both targets share, in the stack's subnetIds: encrypted, only accessible with TLS and from security groups that are let in, and protected from deletion by Pulumi unless a stack's configuration turns that off. It has no users and no snapshots: what it lets in may do everything, and what must not be lost belongs in a database")
	r.notes.Exact(at+".maxStorage", "the cache's data storage limit")
	return Valkey{Name: name, MaxStorageGiB: int(c.MaxStorage.Bytes() >> 30)}
}
