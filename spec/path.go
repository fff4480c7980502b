package spec

import (
	"strconv"

	"ambi/internal/lazyregexp"
)

// plainKey matches keys that a path shows as they are. Any other key is quoted
// and bracketed, so that no key can pass for a longer path.
var plainKey = lazyregexp.New(`^[A-Za-z_][A-Za-z0-9_-]*$`)

// child is the path of the value under key.
func child(path, key string) string {
	switch {
	case !plainKey.MatchString(key):
		return path + "[" + strconv.Quote(key) + "]"
	case path == "":
		return key
	}
	return path + "." + key
}

// item is the path of a list's element, counted from 0.
func item(path string, index int) string {
	return path + "[" + strconv.Itoa(index) + "]"
}

// parent is the path of what encloses the value at path, or "" for the file.
func parent(path string) string {
	last := 0
	for i := 0; i < len(path); i++ {
		switch path[i] {
		case '.', '[':
			last = i
		case '"':
			for i++; i < len(path) && path[i] != '"'; i++ {
				if path[i] == '\\' {
					i++
				}
			}
		}
	}
	return path[:last]
}
