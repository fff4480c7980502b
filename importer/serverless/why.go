package serverless

import (
	"slices"
	"strings"

	"ambi/importer/functions"
	"ambi/importer/source"
)

// rest notes what nothing was made of, beside functions and resources.
func (r *reading) rest() {
	o := r.report.Object("file", r.root)
	for _, key := range r.root.Keys {
		n := r.root.Child(key)
		switch key {
		case "service", "functions", "resources", "provider", "frameworkVersion", "params", "useDotenv", "configValidationMode", "variablesResolutionMode", "org", "app", "tenant":
			continue
		case "plugins":
			for _, plugin := range append(functions.Items(n.Get("modules")), functions.Items(n)...) {
				if plugin.Kind == source.Scalar {
					o.Leave(plugin, "no plugin runs: build the image as it built the code", !builds(plugin.Text))
				}
			}
		case "custom":
			o.Leave(n, "is read where the file refers to it; plugins do not run", false)
		case "package", "build":
			o.Leave(n, "an image has what its own build puts in", false)
		case "layers":
			o.Leave(n, "an image has no layers: put what they hold into it", true)
		default:
			o.Leave(n, "ambi has no word for it", true)
		}
	}
	r.app.Later = append(r.app.Later, func() {
		if r.provider == nil {
			return
		}
		p := r.report.Object("provider", r.provider)
		for _, key := range []string{"name", "stage", "region", "profile", "runtime", "ecr", "deploymentMethod"} {
			p.Skip(r.provider.Child(key))
		}
		p.Rest(r.provider, saysNothing, func(n *source.Node) (string, bool) { return why(strings.TrimPrefix(n.Path, "provider.")) })
	})
}

// builds reports whether a plugin only helps to build, try or deploy.
func builds(plugin string) bool {
	return slices.ContainsFunc([]string{
		"offline", "webpack", "esbuild", "bundle", "python-requirements", "dotenv", "prune", "pseudo-parameters", "iam-roles-per-function",
		"typescript", "plugin-optimize", "package", "dynamodb-local", "localstack", "export-env", "mocha", "jest", "scriptable", "rust", "dotnet", "s3-local",
	}, func(part string) bool { return strings.Contains(plugin, part) })
}

// why says why a key of a function, or of the provider, has no place in a spec.
func why(key string) (reason string, changes bool) {
	for _, r := range []struct {
		key, why string
		changes  bool
	}{
		{"name", "a function is called after the app and the service", false},
		{"stackName", "a stack is called as pulumi has it", false},
		{"description", "changes nothing", false},
		{"tags", "the stack tags all that it makes", false},
		{"stackTags", "the stack tags all that it makes", false},
		{"package", "an image has what its own build puts in", false},
		{"versionFunctions", "the stack has an alias live, to which pulumi up leads the requests", false},
		{"deploymentBucket", "pulumi keeps its own state", false},
		{"deploymentPrefix", "pulumi keeps its own state", false},
		{"lambdaHashingVersion", "is for the framework itself", false},
		{"disableDefaultOutputExportNames", "is for the framework itself", false},
		{"logs", "the stack logs each request", false},
		{"disableLogs", "the stack has a log group for each function", false},
		{"tracing", "an HTTP API has no traces of its own", false},
		{"endpointType", "the stack makes an HTTP API for the routes of services", false},
		{"apiGateway", "the stack makes an HTTP API for the routes of services", true},
		{"apiName", "the stack makes an HTTP API for the routes of services", false},
		{"apiKeys", "who may call is set for each service under http.auth", true},
		{"usagePlan", "who may call is set for each service under http.auth", true},
		{"httpApi", "the stack makes an HTTP API for the routes of services", false},
		{"iam", "roles are the stack's: write what services may do under permissions", true},
		{"role", "ambi makes a role for each service: write what it may do under permissions", true},
		{"iamManagedPolicies", "a spec names no policies: write what it may do under permissions", true},
		{"iamRoleStatements", "roles are the stack's", false},
		{"rolePermissionsBoundary", "roles are the stack's: edit stacks/lambda", true},
		{"ephemeralStorageSize", "a function has 512 MB under /tmp", true},
		{"fileSystemConfig", "an instance keeps nothing on disk but /tmp", true},
		{"onError", "a queue has its own queue for messages that fail, and a schedule too", true},
		{"destinations", "a queue has its own queue for messages that fail, and a schedule too", true},
		{"maximumRetryAttempts", "the stack says how often a failed run is tried again", true},
		{"maximumEventAge", "the stack says how long a failed run is tried again", true},
		{"kmsKeyArn", "variables are encrypted with Lambda's own key", false},
		{"snapStart", "an image starts as it is", false},
		{"image", "the image says it", true},
		{"websocketsApi", "a service answers requests, and no WebSocket", true},
	} {
		if key == r.key || strings.HasPrefix(key, r.key+".") || strings.HasPrefix(key, r.key+"[") {
			return r.why, r.changes
		}
	}
	for within, reason := range map[string]string{
		".request": "the app checks its requests itself", ".integration": "the app gets whole requests", ".response": "the app makes its answers itself",
		".async": "a call is answered when it is done", ".authorizer": "who may call is set for each service under http.auth",
	} {
		if strings.Contains(key, within) {
			return reason, true
		}
	}
	if strings.Contains(key, ".documentation") {
		return "changes nothing", false
	}
	return "ambi has no word for it", true
}
