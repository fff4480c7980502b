package lambda

import (
	"fmt"
	"strconv"
)

func itoa(n int) string { return strconv.Itoa(n) }

// element is the path of one element of a list in the spec.
func element(list string, i int) string { return fmt.Sprintf("%s[%d]", list, i) }
