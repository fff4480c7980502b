package generator

// File is one emitted file, in memory: nothing in this package touches disk.
type File struct {
	// Path is relative to the project's root (the folder of Pulumi.yaml), with forward slashes.
	Path string
	// Content is the file's bytes, formatted and parsed.
	Content []byte
	// TakesOver names the content that an earlier version of ambi wrote into other files of the
	// folder; empty for none.
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
