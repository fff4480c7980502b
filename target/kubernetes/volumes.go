package kubernetes

import (
	"fmt"

	"ambi/spec"
)

// StatefulSetPage documents what a StatefulSet keeps, and what it does not let change.
const StatefulSetPage = "https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/"

// Volume is a claim that each pod of a StatefulSet has of its own.
type Volume struct {
	Name   string // as in the spec
	Path   string // where it is mounted
	Size   string // a Kubernetes quantity
	Bytes  int64  // the same
	Class  string // its StorageClass; empty for the cluster's default
	Access string // its access mode
}

// Stateful reports whether a StatefulSet runs the pods.
func (s Service) Stateful() bool { return len(s.Volumes) > 0 }

// volumes decides what each pod keeps.
func (r *resolver) volumes(at string, s *spec.Service, out *Service) {
	for _, name := range s.VolumeNames() {
		volume := s.Volumes[name]
		at := at + ".volumes." + name
		out.Volumes = append(out.Volumes, Volume{
			Name: name, Path: volume.Path, Size: volume.Size.String(), Bytes: volume.Size.Bytes(), Class: volume.Class, Access: string(volume.Access),
		})
		r.notes.Exact(at, "a claim of each pod of the StatefulSet, which is kept when pods are replaced, and when they are deleted for good; a disk such as EBS holds its pod in one zone")
		r.notes.Exact(at+".path", "where the container finds it; its files belong to group %d", out.User)
		r.notes.Exact(at+".size", "what the claim requests; for claims that there are, a new size takes more than an update (docs/changes.md)")
		if volume.Class != "" {
			r.notes.Exact(at+".class", "the claim's StorageClass, which must exist")
		}
		r.notes.Exact(at+".access", "the claim's access mode")
	}
}

// fixedScale decides how many pods a StatefulSet runs.
func (r *resolver) fixedScale(at string, s *spec.Service, out *Service) {
	out.MinReplicas, out.MaxReplicas = s.Scale.Min, s.Scale.Max
	r.notes.Exact(at+".scale.min", "the StatefulSet's replicas; a node drain evicts one pod at a time")
	interrupted := ""
	if out.MaxReplicas == 1 && out.HasHTTP() {
		interrupted = ", so that requests fail meanwhile"
	}
	r.notes.Exact(at+".scale.max", "the same number: no autoscaler changes it; an update stops each pod before it starts the next one in its place%s", interrupted)
}

// surged says what an update adds to the most pods.
func (s Service) surged() string {
	if s.Stateful() {
		return fmt.Sprintf("an update replaces them one by one, and never runs more than %d", s.MaxReplicas)
	}
	return surge
}
