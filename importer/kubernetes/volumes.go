package kubernetes

import (
	"cmp"

	corev1 "k8s.io/api/core/v1"

	"ambi/importer/source"
)

// volumes carries the claims that a StatefulSet's pods make, where the app mounts them.
func (w *workload) volumes() {
	list := w.node.Get("spec", "volumeClaimTemplates").List()
	for i, claim := range w.claims {
		n := list[i]
		mount := -1
		for j, m := range w.container.VolumeMounts {
			if m.Name == claim.Name && m.SubPath == "" && m.SubPathExpr == "" && mount < 0 {
				mount = j
			}
		}
		size, sized := claim.Spec.Resources.Requests[corev1.ResourceStorage]
		switch {
		case w.scaled:
			w.Leave(n, "an autoscaler sets the number of pods, and that of a service with volumes is fixed: write volumes and scale by hand", true)
			continue
		case mount < 0:
			w.Leave(n, "the app's container mounts it nowhere, or a part of it", true)
			continue
		case !sized || len(claim.Spec.AccessModes) > 1 || claim.Spec.VolumeMode != nil && *claim.Spec.VolumeMode != corev1.PersistentVolumeFilesystem:
			w.Leave(n, "a volume has a size, one way of access and files: write volumes by hand", true)
			continue
		}
		at := "volumes." + claim.Name + "."
		w.service.Set(at+"path", w.container.VolumeMounts[mount].MountPath)
		w.service.Set(at+"size", size.String())
		w.Carry(w.at.Get("volumeMounts").List()[mount].Get("mountPath"), w.service.Path(at+"path"))
		w.Carry(n.Get("spec", "resources", "requests", "storage"), w.service.Path(at+"size"))
		w.Skip(n.Get("metadata", "name"), w.at.Get("volumeMounts").List()[mount].Get("name"))
		if class := cmp.Or(claim.Spec.StorageClassName, new(string)); *class != "" {
			w.service.Set(at+"class", *class)
			w.Carry(n.Get("spec", "storageClassName"), w.service.Path(at+"class"))
		}
		for _, mode := range claim.Spec.AccessModes {
			if mode == corev1.ReadOnlyMany {
				w.Approximate(n.Get("spec", "accessModes"), w.service.Path(at+"access"), "a volume that nothing writes has no use for a pod of its own", true)
				continue
			}
			if mode != corev1.ReadWriteOnce {
				w.service.Set(at+"access", string(mode))
			}
			w.Carry(n.Get("spec", "accessModes"), w.service.Path(at+"access"))
		}
		w.kept(n)
		w.service.Alone = true
	}
}

// kept says of the claims what ambi's stacks do alike.
func (w *workload) kept(claim *source.Node) {
	w.Skip(claim.Get("apiVersion"), claim.Get("kind"), claim.Get("status"), claim.Get("metadata", "creationTimestamp"), claim.Get("spec", "volumeMode"))
	policy := w.node.Get("spec", "persistentVolumeClaimRetentionPolicy")
	for _, when := range []string{"whenDeleted", "whenScaled"} {
		if n := policy.Get(when); n != nil && n.String() == "Retain" {
			w.Skip(n)
		}
	}
}
