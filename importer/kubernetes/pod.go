package kubernetes

import (
	"cmp"
	"strconv"

	"ambi/importer/source"
)

// storage skips the bounds of ephemeral storage, which ambi's stacks set.
func (w *workload) storage() {
	for _, of := range []string{"requests", "limits"} {
		w.Leave(w.at.Get("resources", of, "ephemeral-storage"), "the stack bounds it: edit "+workloadFile, false)
	}
}

// security is who the pods run as, and what they may write to.
func (w *workload) security() {
	s := w.service
	pod, own := w.pod.Get("securityContext"), w.at.Get("securityContext")
	for _, n := range []*source.Node{own.Get("runAsUser"), pod.Get("runAsUser")} {
		id, ok := n.Int()
		switch {
		case !ok:
			continue
		case s.Get("kubernetes.user") != nil:
			w.Leave(n, "the container says otherwise", false)
		case id == 0:
			w.Leave(n, "no pod of ambi's runs as root: they run as user 65532", true)
		default:
			if id != 65532 {
				s.Set("kubernetes.user", id)
			}
			w.Carry(n, s.Path("kubernetes.user"))
		}
	}
	if own.Get("runAsUser") == nil && pod.Get("runAsUser") == nil {
		w.note(s.Path("kubernetes.user"), "the image says which user runs it; ambi's pods run as user 65532 unless kubernetes.user says otherwise", true)
	}
	user := w.userOf()
	for _, c := range []*source.Node{own, pod} {
		if id, ok := c.Get("runAsGroup").Int(); ok && strconv.Itoa(id) == user {
			w.Carry(c.Get("runAsGroup"), s.Path("kubernetes.user"))
		}
		if c.Get("runAsNonRoot").String() == "true" {
			w.Skip(c.Get("runAsNonRoot"))
		}
		if c.Get("seccompProfile", "type").String() == "RuntimeDefault" {
			w.Skip(c.Get("seccompProfile"))
		}
		if c.Get("allowPrivilegeEscalation").String() == "false" {
			w.Skip(c.Get("allowPrivilegeEscalation"))
		}
		if c.Get("privileged").String() == "false" {
			w.Skip(c.Get("privileged"))
		}
	}
	if drop := own.Get("capabilities", "drop").List(); len(drop) == 1 && drop[0].String() == "ALL" {
		w.Skip(own.Get("capabilities", "drop"))
	}
	if root := own.Get("readOnlyRootFilesystem"); root.String() == "true" {
		w.Skip(root)
		return
	}
	s.Set("kubernetes.writableRoot", true)
	if n := own.Get("readOnlyRootFilesystem"); n != nil {
		w.Carry(n, s.Path("kubernetes.writableRoot"))
	}
}

func (w *workload) userOf() string {
	if id, ok := w.service.Get("kubernetes.user").(int); ok {
		return strconv.Itoa(id)
	}
	return "65532"
}

// mounts says what becomes of volumes.
func (w *workload) mounts() {
	volumes := map[string]int{}
	for i, v := range w.template.Spec.Volumes {
		volumes[v.Name] = i
	}
	nodes := w.pod.Get("volumes").List()
	for i, m := range w.container.VolumeMounts {
		n := w.at.Get("volumeMounts").List()[i]
		j, found := volumes[m.Name]
		if !found {
			continue // of a claim's template, or of nothing
		}
		v := w.template.Spec.Volumes[j]
		switch {
		case v.EmptyDir != nil && m.MountPath == "/tmp":
			w.Skip(n, nodes[j])
		case v.EmptyDir != nil:
			w.service.Set("kubernetes.writableRoot", true)
			w.Approximate(n, w.service.Path("kubernetes.writableRoot"), "the app may write to its image's files instead; a function can write to /tmp alone", true)
			w.Skip(nodes[j])
		case v.ConfigMap != nil, v.Secret != nil, v.Projected != nil, v.DownwardAPI != nil:
			w.Leave(n, "a spec has variables, and no files: put "+cmp.Or(m.MountPath, "them")+" into the image, or have the app read variables", true)
		}
	}
}

// placement is what of the pod's place a spec can say.
func (w *workload) placement() {
	s := w.service
	if n := w.pod.Get("nodeSelector", "kubernetes.io/arch"); n != nil {
		switch n.String() {
		case "amd64":
			s.Set("kubernetes.architecture", "x86_64")
			w.Carry(n, s.Path("kubernetes.architecture"))
		case "arm64":
			s.Set("kubernetes.architecture", "arm64")
			s.Set("lambda.architecture", "arm64")
			w.Carry(n, s.Path("kubernetes.architecture"))
		}
	}
	for _, n := range w.pod.Get("imagePullSecrets").List() {
		if name := n.Get("name").String(); name != "" {
			s.Add("kubernetes.pullSecrets", name)
			w.Carry(n, s.Path("kubernetes.pullSecrets"))
		}
	}
	account := w.pod.Get("serviceAccountName")
	if ownAccount(w, account.String()) {
		w.Skip(account, w.pod.Get("serviceAccount"))
	}
	if n := w.pod.Get("automountServiceAccountToken"); n.String() == "false" {
		w.Skip(n)
	}
}

// ownAccount reports whether an account is the workload's own, as ambi's stacks have it, or
// none.
func ownAccount(w *workload, account string) bool {
	return account == "" || account == "default" || account == w.name
}
