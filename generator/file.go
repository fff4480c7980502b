package generator

// File is one emitted file, in memory: nothing in this package touches disk.
type File struct {
	// Path is relative to the project's root (the folder of Pulumi.yaml), with forward slashes.
	Path string
	// Content is the file's bytes, formatted and parsed.
	Content []byte
}
