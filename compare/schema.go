package compare

import _ "embed"

// schema is made from the Go types and their comments by TestSchema.
//
//go:embed schema.json
var schema []byte

// Schema is the JSON Schema (2020-12) of a Result as JSON, of the version that
// Format names.
func Schema() []byte { return schema }
