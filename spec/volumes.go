package spec

import (
	"maps"
	"path"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/invopop/jsonschema"
	"k8s.io/apimachinery/pkg/util/validation"

	"ambi/internal/lazyregexp"
)

// Volume is a disk that each instance of a service has of its own, and keeps when it is
// replaced.
type Volume struct {
	Path   string       `json:"path" jsonschema:"required" jsonschema_description:"The folder in which the app finds the volume."`
	Size   Quantity     `json:"size" jsonschema:"required" range:"1Mi to 64Ti in whole bytes" unit:"bytes" jsonschema_description:"The size of the volume of each instance."`
	Class  string       `json:"class,omitempty" jsonschema_description:"The cluster's StorageClass that makes the volume; the default class without it."`
	Access VolumeAccess `json:"access,omitempty" jsonschema:"enum=ReadWriteOnce,enum=ReadWriteOncePod,enum=ReadWriteMany,default=ReadWriteOnce" jsonschema_description:"How many may mount the volume: pods of one node, one pod, or pods of any node."`
}

// VolumeAccess says who may mount a volume, by Kubernetes' names.
type VolumeAccess string

// The ways.
const (
	ReadWriteOnce    VolumeAccess = "ReadWriteOnce"
	ReadWriteOncePod VolumeAccess = "ReadWriteOncePod"
	ReadWriteMany    VolumeAccess = "ReadWriteMany"
)

// SetDefaults takes the access that disks in the cloud have.
func (v *Volume) SetDefaults() { v.Access = ReadWriteOnce }

// VolumeNames lists the service's volumes in order.
func (s *Service) VolumeNames() []string { return slices.Sorted(maps.Keys(s.Volumes)) }

// TmpVolume is the name of the volume at /tmp, which every pod has.
const TmpVolume = "tmp"

// mountPattern is a folder below the root, without a colon, which Kubernetes takes in no path.
const (
	mountPattern = `^(/[A-Za-z0-9_.@+-]+)+$`
	maxMount     = 250
)

var mountPath = lazyregexp.New(mountPattern)

// systemFolders are those in which pods find something else.
func systemFolders() []string { return []string{"/tmp", "/proc", "/sys", "/dev", "/var/run/secrets"} }

// fixVolumes sets the number of instances, where a service with volumes gives one bound or none.
func (a *App) fixVolumes(at string, s *Service) {
	least, most := a.Given(at+".scale.min"), a.Given(at+".scale.max")
	switch {
	case most && !least:
		s.Scale.Min = s.Scale.Max
	case least && !most:
		s.Scale.Max = max(s.Scale.Min, 1)
	case !least:
		s.Scale.Min, s.Scale.Max = 1, 1
	}
}

func (v *validator) volumes(at string, s *Service) {
	if !v.app.Given(at+".volumes") || !v.sound(at+".volumes") {
		return
	}
	if !s.IsHTTP() && s.Worker == nil {
		v.fail(at+".volumes", "is only for a service with http or worker", "what is to be kept fits into a bucket or a table: uses gives access")
	}
	names := s.VolumeNames()
	for i, name := range names {
		path := child(at+".volumes", name)
		if !v.sound(path) {
			continue
		}
		if problem := labelProblem(name); problem != "" {
			v.failKey(path, "the name "+problem, labelHints(name)...)
		} else if name == TmpVolume {
			v.failKey(path, "the name is taken: every instance has a volume of that name at /tmp, which is not kept")
		}
		v.volume(path, s.Volumes[name])
		for _, other := range names[:i] {
			if o := s.Volumes[other]; o != nil && v.sound(path+".path") && v.sound(child(at+".volumes", other)+".path") && nested(o.Path, s.Volumes[name].Path) {
				v.fail(path+".path", "is in or around the path of the volume "+other+", "+o.Path, "give each a folder of its own")
			}
		}
	}
	v.fixedScale(at, s)
}

func (v *validator) volume(at string, volume *Volume) {
	if p := volume.Path; v.app.Given(at+".path") && v.sound(at+".path") {
		if problem := mountProblem(p); problem != "" {
			v.fail(at+".path", problem+", got "+quote(p), "such as /var/lib/app")
		}
	}
	if v.app.Given(at + ".class") {
		v.objectName(at+".class", volume.Class)
	}
}

// MountPath reports whether a service may have a volume at a path.
func MountPath(p string) bool { return mountProblem(p) == "" }

func mountProblem(p string) string {
	if len(p) > maxMount || !mountPath.MatchString(p) || path.Clean(p) != p {
		return "must be the absolute path of a folder, at most 250 letters, digits and - _ . @ + /"
	}
	for _, folder := range systemFolders() {
		if nested(folder, p) {
			return "must not be in or around " + folder + ", where pods have something else"
		}
	}
	return ""
}

// nested reports whether one of two folders is in the other, or is the other.
func nested(a, b string) bool {
	return strings.HasPrefix(a+"/", b+"/") || strings.HasPrefix(b+"/", a+"/")
}

// fixedScale refuses what changes the number of instances: the volumes of those that are gone
// would be kept, and paid for.
func (v *validator) fixedScale(at string, s *Service) {
	for _, key := range []string{"scale.cpu", "scale.memory", "scale.requests", "kubernetes.scaleToZero", "kubernetes.metric"} {
		if v.app.Given(at + "." + key) {
			v.fail(at+"."+key, "is not for a service with volumes, whose number of instances is fixed", "scale: {min: 2, max: 2} sets the number")
		}
	}
	switch least := at + ".scale.min"; {
	case s.Scale.Min == 0 && v.app.Given(least):
		v.fail(least, "must be at least 1 with volumes, got 0", "the number of instances is fixed")
	case s.Scale.Min < s.Scale.Max && v.app.Given(least):
		v.fail(at+".scale.max", "must be scale.min with volumes, "+strconv.Itoa(s.Scale.Min)+", got "+strconv.Itoa(s.Scale.Max), "the number of instances is fixed, so that no volume is left without one")
	}
}

func (s schema) refineVolumes() {
	volumes := property(s.of(reflect.TypeFor[Service]()), "volumes")
	volumes.PropertyNames = &jsonschema.Schema{
		Pattern: labelPattern, MaxLength: number(validation.DNS1035LabelMaxLength),
		Not: &jsonschema.Schema{Enum: []any{TmpVolume}},
	}
	volume := s.of(reflect.TypeFor[Volume]())
	at := property(volume, "path")
	at.Pattern, at.MaxLength, at.Examples = mountPattern, number(maxMount), []any{"/var/lib/app"}
	nameOfObject(property(volume, "class"))
}
