package generator

// File is one emitted file, in memory: nothing in this package touches disk.
type File struct {
	// Path is relative to the project's root (the folder of Pulumi.yaml), with forward slashes.
	Path string
	// Content is the file's bytes, formatted and parsed.
	Content []byte
	// TakesOver says what an earlier version of ambi wrote into the other files of the
	// folder, and this one writes here; empty for nothing.
	TakesOver string
}

// takesOver is [File.TakesOver] by path.
func takesOver(path string) string {
	switch path {
	case "stacks/kubernetes/workload.go", "stacks/lambda/function.go":
		return "what services had one by one, and have in common"
	}
	return ""
}
