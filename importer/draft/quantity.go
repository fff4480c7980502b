package draft

import "strconv"

// CPU writes thousandths of a core.
func CPU(milli int64) string {
	milli = max(milli, 1)
	if milli%1000 == 0 {
		return strconv.FormatInt(milli/1000, 10)
	}
	return strconv.FormatInt(milli, 10) + "m"
}

// Memory writes whole bytes, in the unit that divides them.
func Memory(bytes int64) string {
	for _, unit := range []struct {
		name string
		of   int64
	}{{"Gi", 1 << 30}, {"Mi", 1 << 20}, {"Ki", 1 << 10}, {"G", 1e9}, {"M", 1e6}, {"k", 1e3}} {
		if bytes > 0 && bytes%unit.of == 0 {
			return strconv.FormatInt(bytes/unit.of, 10) + unit.name
		}
	}
	return strconv.FormatInt(bytes, 10)
}
