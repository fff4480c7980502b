package switching

import (
	"maps"
	"slices"
)

// HasTopic reports whether it is known if callers notice a field.
func HasTopic(field string) bool { _, ok := topicOf(field); return ok }

// TopicFields are the fields of which that is said.
func TopicFields() []string { return slices.Sorted(maps.Keys(topics)) }
