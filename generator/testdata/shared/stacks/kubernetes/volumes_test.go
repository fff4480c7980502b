package kubernetes

import (
	"fmt"

	"example.com/golden/stacks/stacktest"
)

const statefulSetType = "kubernetes:apps/v1:StatefulSet"

// keeps is what each pod of a service keeps.
func keeps(volumes ...volume) check {
	return func(t stacktest.T, g *stacktest.Graph, w wanted, _ expectations) {
		set := one(t, g, w, statefulSetType, "apps/v1", "StatefulSet")
		set.Want(t, "spec.replicas", w.replicas, "nothing else sets the number")
		set.Want(t, "spec.podManagementPolicy", "Parallel", "in order, a pod that never gets ready holds up the update that mends it")
		set.Want(t, "spec.updateStrategy.type", "RollingUpdate", "an update reaches the pods")
		set.Want(t, "spec.persistentVolumeClaimRetentionPolicy", map[string]any{"whenDeleted": "Retain", "whenScaled": "Retain"}, "what pods keep is deleted by hand alone")
		if n := len(w.name()); n > 52 {
			t.Errorf("%s: its name has %d characters: Kubernetes appends a hash to it for a label, which takes 63", set, n)
		}
		const security = "spec.template.spec.securityContext."
		within(t, set, security+"fsGroup", 1, 1<<31, "a user who is not root may write to the volumes")
		set.Want(t, security+"fsGroupChangePolicy", "OnRootMismatch", "with many files, a start would take long")

		names := g.One(t, serviceType, podNames(w.facts))
		names.Want(t, "metadata.name", podNames(w.facts), "the pods' names end in it")
		checkObject(t, names, w, "v1", "Service")
		checkTimeouts(t, names)
		set.Want(t, "spec.serviceName", podNames(w.facts), "the pods have their names by it")
		names.Want(t, "spec.clusterIP", "None", "each pod has a name of its own, and no address is shared")
		names.Want(t, "spec.selector", w.matchLabels(), "it names the pods with these labels")
		names.Want(t, "spec.publishNotReadyAddresses", true, "a pod has its name from its start")

		claims, _ := set.Input("spec.volumeClaimTemplates").([]any)
		if len(claims) != len(volumes) {
			t.Errorf("%s: each pod has %d claims, want %d: Kubernetes does not let them change", set, len(claims), len(volumes))
		}
		for i, v := range volumes {
			at := fmt.Sprintf("spec.volumeClaimTemplates[%d].", i)
			set.Want(t, at+"metadata.name", v.name, "under another name it is another claim, and empty")
			set.Want(t, at+"spec.accessModes", []string{v.access}, "app.yaml says who may mount it")
			set.Want(t, at+"spec.resources.requests.storage", v.size, "app.yaml says how large it is")
			var class any
			if v.class != "" {
				class = v.class
			}
			set.Want(t, at+"spec.storageClassName", class, "app.yaml says what makes it")
			set.Want(t, w.container(fmt.Sprintf("volumeMounts[mountPath=%s].name", v.path)), v.name, "the app finds it there")
		}
	}
}
