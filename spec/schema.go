package spec

import (
	"encoding/json"

	"github.com/invopop/jsonschema"
)

// Schema is the JSON Schema (2020-12) of app.yaml, made from the types that
// Parse decodes into. What one field demands of another is not in it: a file
// that the schema accepts may still have errors.
func Schema() ([]byte, error) {
	r := &jsonschema.Reflector{Anonymous: true, RequiredFromJSONSchemaTags: true, ExpandedStruct: true}
	s := r.Reflect(&App{})
	out, err := json.MarshalIndent(s, "", "  ")
	if err != nil {
		return nil, err
	}
	return append(out, '\n'), nil
}
