package offline

import (
	"maps"
	"slices"
	"strings"
	"sync"

	"google.golang.org/protobuf/types/known/structpb"
)

// record is what both stand-ins remember of a run, by URN. The engine calls
// concurrently.
type record struct {
	mutex       sync.Mutex
	resources   map[string]Resource
	generations map[string]int             // how often a resource was to be replaced
	ids         map[string]map[string]made // what exists, by ID: a resource that is being replaced exists twice
	lost        map[string]bool
	madeUp      map[string]bool // the names that the stand-ins gave
}

// made is a resource as it was last created or updated.
type made struct{ inputs, state *structpb.Struct }

func newRecord() record {
	return record{
		resources: map[string]Resource{}, generations: map[string]int{},
		ids: map[string]map[string]made{}, lost: map[string]bool{},
		madeUp: map[string]bool{},
	}
}

func (r *record) add(resource Resource) {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	r.resources[resource.URN] = resource
}

func (r *record) list() []Resource {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	names := slices.Sorted(maps.Keys(r.madeUp))
	list := make([]Resource, 0, len(r.resources))
	for _, resource := range r.resources {
		resource.Inputs = forget(resource.Inputs, names).(map[string]any)
		list = append(list, resource)
	}
	slices.SortFunc(list, func(a, b Resource) int {
		if c := strings.Compare(a.Type, b.Type); c != 0 {
			return c
		}
		return strings.Compare(a.URN, b.URN)
	})
	return list
}

// name remembers a name that a stand-in made up.
func (r *record) name(madeUp string) {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	r.madeUp[madeUp] = true
}

// replace notes that the next resource of this name is another one.
func (r *record) replace(urn string) {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	r.generations[urn]++
}

func (r *record) generation(urn string) int {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	return r.generations[urn]
}

// keep notes what a resource is now, which may not have existed before.
func (r *record) keep(urn, id string, as made) {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	if r.ids[urn] == nil {
		r.ids[urn] = map[string]made{}
	}
	r.ids[urn][id] = as
	delete(r.lost, urn)
}

// find returns what exists with an ID. The name may be that of another program.
func (r *record) find(token, id string) (made, bool) {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	for urn, ids := range r.ids {
		if m, ok := ids[id]; ok && newResource(urn).token == token {
			return m, true
		}
	}
	return made{}, false
}

func (r *record) delete(urn, id string) {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	delete(r.ids[urn], id)
}

func (r *record) lose(urn string) {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	clear(r.ids[urn])
	r.lost[urn] = true
}

func (r *record) isLost(urn string) bool {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	return r.lost[urn]
}

func (r *record) existing() []string {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	var urns []string
	for _, urn := range slices.Sorted(maps.Keys(r.ids)) {
		for range r.ids[urn] {
			urns = append(urns, urn)
		}
	}
	return urns
}
