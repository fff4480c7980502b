// Package nodes says what EC2 instances hold as nodes of an EKS cluster, and
// how many of them a set of pods needs.
//
//	catalog, err := nodes.Embedded()
//	instance, err := catalog.Find("m7g.large")
//	packer, err := nodes.NewPacker(instance.Allocatable(), pod, nodes.DNS())
//	n := packer.Count(12, nodes.DNSReplicas)
//
// An instance never gives all that it has: the kernel and the kubelet keep
// memory and CPU, every node runs agents, and the network plug-in bounds the
// number of pods by its addresses.
package nodes

import (
	"bytes"
	"cmp"
	"embed"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"ambi/internal/problem"
)

//go:embed instances.json
var embedded embed.FS

// Instance is the shape of an EC2 instance type.
type Instance struct {
	Type         string `json:"type"`         // such as m7g.large
	CPUs         int    `json:"cpus"`         // vCPUs
	MemoryMiB    int    `json:"memoryMiB"`    // as EC2 states it
	Architecture string `json:"architecture"` // x86_64 or arm64
	Interfaces   int    `json:"interfaces"`   // network interfaces
	Addresses    int    `json:"addresses"`    // IPv4 addresses for each of them
}

// Catalog holds the known instances.
type Catalog struct {
	source   string
	types    map[string]Instance
	families map[string][]Instance // each ascending
}

// Embedded is the catalog that is built into ambi.
func Embedded() (*Catalog, error) {
	var file struct {
		Source string     `json:"source"`
		Types  []Instance `json:"types"`
	}
	text, err := embedded.ReadFile("instances.json")
	if err != nil {
		return nil, err
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&file); err != nil {
		return nil, fmt.Errorf("instances: %w", err)
	}
	c := &Catalog{source: file.Source, types: map[string]Instance{}, families: map[string][]Instance{}}
	for _, instance := range file.Types {
		c.types[instance.Type] = instance
		c.families[instance.family()] = append(c.families[instance.family()], instance)
	}
	for _, family := range c.families {
		slices.SortFunc(family, func(a, b Instance) int {
			return cmp.Or(cmp.Compare(a.CPUs, b.CPUs), cmp.Compare(a.MemoryMiB, b.MemoryMiB))
		})
	}
	return c, nil
}

// Source says where the shapes come from.
func (c *Catalog) Source() string { return c.source }

// Find returns an instance type by name.
func (c *Catalog) Find(name string) (Instance, error) {
	instance, ok := c.types[name]
	if !ok {
		return Instance{}, problem.Field("instance", "instance type %q is not known", name).
			Hint("known are the c, m, r and t families of 5 to 8, up to 8xlarge, such as m7g.large")
	}
	return instance, nil
}

// Family lists the types of an instance's family, smallest first: m7g.medium,
// m7g.large, and so on.
func (c *Catalog) Family(of Instance) []Instance { return slices.Clone(c.families[of.family()]) }

func (i Instance) family() string {
	family, _, _ := strings.Cut(i.Type, ".")
	return family
}

// Baseline is the part of its vCPUs that an instance may use all the time: less than 1 for
// the burstable ones, which save credits below it and spend them above. Source:
// docs.aws.amazon.com/AWSEC2/latest/UserGuide/burstable-credits-baseline-concepts.html.
func (i Instance) Baseline() float64 {
	family, size, _ := strings.Cut(i.Type, ".")
	if !strings.HasPrefix(family, "t") {
		return 1
	}
	return map[string]float64{"nano": .05, "micro": .1, "small": .2, "medium": .2, "large": .3, "xlarge": .4, "2xlarge": .4}[size]
}

// Credits is the key of the price of CPU above the baseline; empty for what is not burstable.
func (i Instance) Credits() string {
	switch family := i.family(); {
	case i.Baseline() == 1:
		return ""
	case i.Architecture == "arm64":
		return "credits." + family
	default:
		return "credits.t3" // t3a too
	}
}

// MaxPods is how many pods the network plug-in has addresses for: one address
// of each interface is the interface's own, and the agents of every node,
// which the added two stand for, use the node's.
// Source: github.com/aws/amazon-vpc-cni-k8s, misc/eni-max-pods.txt.
func (i Instance) MaxPods() int { return i.Interfaces*(i.Addresses-1) + 2 }

// Room is what pods may use of a node.
type Room struct {
	MilliCPU  int `json:"milliCPU"`
	MemoryMiB int `json:"memoryMiB"`
	Pods      int `json:"pods"` // places for them
}

// The agents of every node: aws-node asks for 25m and kube-proxy for 100m, and
// both count among the pods. Source: the EKS add-ons' manifests.
const (
	agentsMilliCPU = 25 + 100
	agentsPods     = 2
)

// Allocatable is what is left for the app's pods.
//
//   - The kernel and the hypervisor keep 7.5 % of the stated memory: what
//     Karpenter plans with (karpenter.sh/docs/reference/settings, vm-memory-overhead-percent).
//   - The kubelet reserves 11 MiB for each possible pod and 255 MiB, and evicts
//     below 100 MiB; of the CPU it reserves 6 % of the first core, 1 % of the
//     second, .5 % of the next two and .25 % of the rest. Source:
//     github.com/awslabs/amazon-eks-ami, the kubelet's configuration.
//   - The node's agents take their CPU and two places.
func (i Instance) Allocatable() Room {
	memory := i.MemoryMiB - (i.MemoryMiB*75+999)/1000
	return Room{
		MilliCPU:  i.CPUs*1000 - reservedMilliCPU(i.CPUs) - agentsMilliCPU,
		MemoryMiB: memory - (11*i.MaxPods() + 255) - 100,
		Pods:      i.MaxPods() - agentsPods,
	}
}

// reservedMilliCPU is the kubelet's share of a number of cores, rounded up.
func reservedMilliCPU(cpus int) int {
	micro := 0
	for core := range cpus {
		switch {
		case core == 0:
			micro += 60_000
		case core == 1:
			micro += 10_000
		case core < 4:
			micro += 5_000
		default:
			micro += 2_500
		}
	}
	return (micro + 999) / 1000
}

// Pod is what one pod requests.
type Pod struct {
	MilliCPU  int
	MemoryMiB int
}

// DNS is the pod that every cluster runs beside the app, DNSReplicas times:
// CoreDNS. Source: the EKS add-on's manifest.
func DNS() Pod { return Pod{MilliCPU: 100, MemoryMiB: 70} }

// DNSReplicas is how many of them there are.
const DNSReplicas = 2

// Fits is how many pods of one kind the room holds.
func (r Room) Fits(pod Pod) int {
	n := r.Pods
	if pod.MilliCPU > 0 {
		n = min(n, r.MilliCPU/pod.MilliCPU)
	}
	if pod.MemoryMiB > 0 {
		n = min(n, r.MemoryMiB/pod.MemoryMiB)
	}
	return max(n, 0)
}

// Share is the fraction of a node that one pod takes: the largest of its fractions of CPU,
// memory and places.
func (r Room) Share(pod Pod) float64 {
	return max(
		float64(pod.MilliCPU)/float64(r.MilliCPU),
		float64(pod.MemoryMiB)/float64(r.MemoryMiB),
		1/float64(r.Pods),
	)
}
