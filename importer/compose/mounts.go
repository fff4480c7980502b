package compose

import (
	"path"
	"slices"
	"strings"

	"ambi/importer/draft"
	"ambi/importer/source"
	"ambi/spec"
)

// mounts says what becomes of volumes: named ones that are a service's own become volumes.
func (im *importer) mounts(s *service) {
	for _, n := range s.node.Get("tmpfs").List() {
		im.temporary(s, n, n.String())
	}
	for _, n := range s.node.Get("volumes").List() {
		m, kind := im.mountAt(n)
		bound := kind == "bind" || kind == "" && m.source != "" && (strings.ContainsAny(m.source, `/\$`) || strings.HasPrefix(m.source, ".") || strings.HasPrefix(m.source, "~"))
		switch {
		case kind == "tmpfs":
			im.temporary(s, n, m.target)
		case m.target == "/tmp":
			s.Skip(n) // which any instance may write to
		case strings.HasSuffix(m.source, "docker.sock"), strings.HasSuffix(m.target, "docker.sock"):
			s.Leave(n, "nothing controls the machine that it runs on", true)
		case bound:
			s.Leave(n, "an instance has the files of its image only, and none of the machine's: put "+m.target+" into the image", true)
		case m.source == "":
			s.Leave(n, "has no name, and is new with each container: what the app writes there goes with its instance", true)
		default:
			im.keep(s, n, m)
		}
	}
}

// mountAt is a volume in either form, and its type.
func (im *importer) mountAt(n *source.Node) (m mount, kind string) {
	if n.Kind != source.Map {
		text, _ := im.text(n)
		return mountOf(text), ""
	}
	m.source, _ = im.text(n.Get("source"))
	m.target, _ = im.text(n.Get("target"))
	if n.Get("read_only").String() == "true" {
		m.mode = "ro"
	}
	if n.Get("volume", "subpath") != nil {
		m.mode = "subpath"
	}
	return m, n.Get("type").String()
}

// keep makes a volume of one that has a name, where the service alone has it: an instance
// on Kubernetes has its own, which no other instance and no other service sees.
func (im *importer) keep(s *service, n *source.Node, m mount) {
	name, at := draft.Label(m.source, 40), path.Clean(m.target)
	given, _ := s.draft.Get("volumes").(map[string]any)
	top := im.root.Get("volumes", m.source)
	why := ""
	switch others := im.mounting(m.source); {
	case len(others) > 1:
		why = "is shared by " + strings.Join(others, " and ") + ", and a volume is one instance's own: keep what they share in a bucket"
	case s.draft.Get("scale.min") != 1:
		why = "is shared by its replicas, and a volume is one instance's own: keep what they share in a bucket"
	case m.mode == "ro" || m.mode == "subpath":
		why = "a volume is written, and as a whole: put what the app reads into the image, or into a bucket"
	case top.Get("driver_opts") != nil || top.Get("driver") != nil && top.Get("driver").String() != "local":
		why = "is no disk of the machine, but what its driver makes: nothing on Kubernetes stands in for it by itself"
	case name == "" || name == spec.TmpVolume || given[name] != nil || !spec.MountPath(at):
		why = "has a name or a path that no volume of a spec has: write it under volumes"
	case within(given, at):
		why = "is in or around the folder of another volume: write one of them under volumes"
	}
	if why != "" {
		s.Leave(n, why, true)
		return
	}
	s.draft.Alone = true
	s.draft.Set("volumes."+name+".path", at)
	s.draft.Set("volumes."+name+".size", "10Gi")
	s.draft.Comment("volumes."+name, "nothing in the source says how large; on Lambda nothing is kept, so the service runs on Kubernetes alone")
	s.Approximate(n, s.draft.Path("volumes."+name), "is made anew, and empty, of 10Gi, since nothing says how large; only Kubernetes keeps it: use a bucket in its place, and the service may run on Lambda too", true)
}

// within reports whether a folder is in or around that of any volume of a service.
func within(volumes map[string]any, folder string) bool {
	for _, v := range volumes {
		other, _ := v.(map[string]any)["path"].(string)
		if strings.HasPrefix(other+"/", folder+"/") || strings.HasPrefix(folder+"/", other+"/") {
			return true
		}
	}
	return false
}

// mounting lists the services that mount a volume.
func (im *importer) mounting(volume string) []string {
	var all []string
	for _, s := range slices.Concat(im.services, im.outside) {
		for _, n := range s.node.Get("volumes").List() {
			if m, _ := im.mountAt(n); m.source == volume && !slices.Contains(all, s.name) {
				all = append(all, s.name)
			}
		}
	}
	return all
}
