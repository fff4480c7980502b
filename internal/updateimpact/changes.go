// Package updateimpact knows what a change of each field of the spec does to a stack
// that is deployed: which resources are replaced, changed in place, created or
// deleted, and which are left alone. docs/changes.md is written from it, and the
// engine's tests deploy each change against the stand-in providers and compare.
package updateimpact

// Change is a change of one field, or of several that change the same.
type Change struct {
	Fields []string // as docs/reference.md writes them
	Title  string   // what else there is to say about this change, when it is not just another value
	// Before and After are what a service has beside an image and a route, in YAML.
	// NAME stands for the service's name.
	Before, After string
	Callee        string // what a service NAMEb has, which this one may need; without it there is none
	CalleeAfter   string // what the change adds to it
	// DataBefore and DataAfter are the app's data that the change is about; without the
	// latter it stays.
	DataBefore, DataAfter string
	Data                  Effect // on the data's stack
	Lambda                Effect
	Kubernetes            Effect
}

// Effect is what a change does to a running stack of one target.
type Effect struct {
	// Steps are such as "update Function Alias, create Route", or empty where nothing
	// that is deployed changes.
	Steps string
	Note  string // what the steps do not say
	// Protected says that Pulumi does none of the steps while the data stack protects what
	// there is, which it does unless its setting protect is false.
	Protected bool
	// Refused says that the target takes no spec that the change is about.
	Refused bool
}

func refused() Effect { return Effect{Refused: true} }

func nothing(note string) Effect { return Effect{Note: note} }

func steps(s string) Effect { return Effect{Steps: s} }

func noted(s, note string) Effect { return Effect{Steps: s, Note: note} }

func protected(s, note string) Effect { return Effect{Steps: s, Note: note, Protected: true} }

// The usual effects.
const (
	publish = "update Function Alias" // a new version, and the alias moves to it
	roll    = "update Deployment"     // new pods, and old ones go once they are ready
)

// daily is a service that runs at set times, in place of one over HTTP.
const daily = `{http: null, schedule: {cron: "0 6 * * *"}}`

// kept is what a service has whose pods keep files.
const kept = "{volumes: {index: {path: /var/lib/index, size: 1Gi}}}"

// All lists the changes, in the order of the spec.
func All() []Change {
	return []Change{
		{
			Fields: []string{"services.*.image"}, After: "image: 123456789012.dkr.ecr.us-east-1.amazonaws.com/life:2",
			Lambda: steps(publish), Kubernetes: steps(roll),
		},
		{
			Fields: []string{"services.*.command[]", "services.*.args[]"}, Before: "{command: [/app, serve], args: [--fast]}", After: "{command: [/app, run], args: [--slow]}",
			Lambda: steps(publish), Kubernetes: steps(roll),
		},
		{
			Fields: []string{"services.*.port"}, After: "port: 9090",
			Lambda: steps(publish), Kubernetes: noted(roll, "the Service's own port stays 80; it and the NetworkPolicy know the app's port by name, so that pods of both ports serve until the last old one has gone"),
		},
		{
			Fields: []string{"services.*.cpu"}, After: "cpu: 1",
			Lambda: steps(publish), Kubernetes: steps(roll),
		},
		{
			Fields: []string{"services.*.memory"}, After: "memory: 2Gi",
			Lambda: steps(publish), Kubernetes: steps(roll),
		},
		{
			Fields: []string{"services.*.timeout"}, Before: "kubernetes: {ingress: {class: nginx}}", After: "timeout: 20s",
			Lambda:     steps("update Function Alias Integration MetricAlarm"),
			Kubernetes: noted("update Deployment Ingress", "without an Ingress or a Gateway, the Deployment alone"),
		},
		{
			Fields: []string{"services.*.concurrency"}, Before: "lambda: {reserved: true}", After: "concurrency: 20",
			Lambda:     noted("update Function", "in place and without a new version; without lambda.reserved, nothing"),
			Kubernetes: nothing("ambi compare uses it"),
		},
		{
			Fields: []string{"services.*.env.*"}, Before: "env: {LEVEL: info}", After: "env: {LEVEL: debug}",
			Lambda: steps(publish), Kubernetes: steps(roll),
		},
		{
			Fields: []string{"services.*.needs[]"}, Callee: "{}", After: "needs: [NAMEb]",
			Lambda: steps(publish),
			Kubernetes: noted("create NetworkPolicy, update Deployment NetworkPolicy",
				"both select the called service: the new one admits this service, and the other one stops admitting pods that do not need it; the pods roll after that"),
		},
		{
			Fields: []string{"services.*.needs[]"}, Title: "one less", Callee: "{}", Before: "needs: [NAMEb]", After: "needs: null",
			Lambda: steps(publish),
			Kubernetes: noted("update Deployment NetworkPolicy, delete NetworkPolicy",
				"the policy that admits this service is deleted when its pods have rolled; the other NetworkPolicy changes if no other service needs the called one: then every pod in the cluster may call it"),
		},
		{
			Fields: []string{"services.*.needs[]"}, Title: "of a service behind an Ingress or a Gateway", Callee: "kubernetes: {gateway: {name: public}}", After: "needs: [NAMEb]",
			Lambda:     steps(publish),
			Kubernetes: noted(roll, "the NetworkPolicy of the service that is called lets everybody in already"),
		},
		{
			Fields: []string{"services.*.permissions[].actions[]", "services.*.permissions[].resources[]"},
			Before: `{permissions: [{actions: ["s3:GetObject"], resources: ["arn:aws:s3:::NAME/*"]}], kubernetes: {identity: pod-identity}}`,
			After:  `permissions: [{actions: ["s3:GetObject", "s3:PutObject"], resources: ["arn:aws:s3:::NAME/*", "arn:aws:s3:::NAME-more/*"]}]`,
			Lambda: steps("update RolePolicy"), Kubernetes: steps("update RolePolicy"),
		},
		{
			Fields: []string{"services.*.permissions[].why"},
			Before: `{permissions: [{actions: ["s3:ListAllMyBuckets"], resources: ["*"], why: one reason}], kubernetes: {identity: pod-identity}}`,
			After:  `permissions: [{actions: ["s3:ListAllMyBuckets"], resources: ["*"], why: another}]`,
			Lambda: nothing("a comment in the program"), Kubernetes: nothing("a comment in the program"),
		},
		{
			Fields: []string{"services.*.secrets.*.name"}, Before: "secrets: {KEY: {name: NAME-old, key: value}}", After: "secrets: {KEY: {name: NAME-new, key: value}}",
			Lambda: noted("create Secret, update Function Alias RolePolicy, delete Secret",
				"the new secret is empty, and an app that resolves it at its start fails until it has a value: add it under a new variable first, set its value, then move over; Secrets Manager keeps the old one for 30 days"),
			Kubernetes: noted(roll, "new pods wait for a Secret that does not exist yet, and the old ones go on serving"),
		},
		{
			Fields: []string{"services.*.secrets.*.key"}, Before: "secrets: {KEY: {name: NAME-one, key: value}}", After: "secrets: {KEY: {name: NAME-one, key: other}}",
			Lambda: noted("update Function Alias Secret", "of the Secret, its description"), Kubernetes: steps(roll),
		},
		{
			Fields: []string{"services.*.health.path"}, After: "health: {path: /ready}",
			Lambda: steps(publish), Kubernetes: steps(roll),
		},
		{
			Fields: []string{"services.*.health.startup"}, After: "health: {startup: 2m}",
			Lambda: nothing("an environment has 10 s"), Kubernetes: steps(roll),
		},
		{
			Fields: []string{"services.*.connections"}, After: "connections: 100",
			Lambda: nothing("ambi compare warns by it"), Kubernetes: nothing("ambi compare warns by it"),
		},
		{
			Fields: []string{"services.*.http.internal"}, Callee: "{}", CalleeAfter: "http: {internal: true}", Before: "needs: [NAMEb]",
			Lambda:     noted("update Route RolePolicy", "of the roles of those that need it; they must sign their requests from then on: first deploy callers that do"),
			Kubernetes: nothing("those that need it are let in alone already"),
		},
		{
			Fields: []string{"services.*.http.routes[]"}, Before: "kubernetes: {ingress: {class: nginx}}", After: "http: {routes: [GET /NAME/other]}",
			Lambda:     noted("create Route, delete Route", "a route that stays in the list is left alone"),
			Kubernetes: noted("update Ingress", "or the HTTPRoute; without either, nothing"),
		},
		{
			Fields: []string{
				"services.*.http.cors.origins[]", "services.*.http.cors.methods[]", "services.*.http.cors.headers[]",
				"services.*.http.cors.credentials", "services.*.http.cors.maxAge",
			},
			Before: `{http: {routes: [GET /NAME], cors: {origins: ["https://a.example.com"], maxAge: 1m}}, kubernetes: {gateway: {name: public}}}`,
			After:  `http: {routes: [GET /NAME], cors: {origins: ["https://b.example.com"], methods: [GET, PUT], headers: [X-New], credentials: true, maxAge: 1h}}`,
			Lambda: steps("update Api"), Kubernetes: noted("update HTTPRoute", "or the annotations of an Ingress of class nginx"),
		},
		{
			Fields:     []string{"services.*.http.auth.jwt.issuer", "services.*.http.auth.jwt.audience[]"},
			Title:      "the issuer, or its first audience",
			Before:     `{http: {routes: [GET /NAME], auth: {jwt: {issuer: "https://NAME.example.com", audience: [one]}}}, kubernetes: {auth: envoy, jwks: "https://NAME.example.com/keys", gateway: {name: public}}}`,
			After:      `http: {routes: [GET /NAME], auth: {jwt: {issuer: "https://NAME.example.org", audience: [two]}}}`,
			Lambda:     noted("create Authorizer, update Route, delete Authorizer", "the old authorizer guards the routes until the new one does"),
			Kubernetes: noted("update SecurityPolicy", "with kubernetes.auth: app, the Deployment; refused without either"),
		},
		{
			Fields: []string{"services.*.http.auth.jwt.audience[]"}, Title: "a further audience",
			Before:     `{http: {routes: [GET /NAME], auth: {jwt: {issuer: "https://NAME.example.com", audience: [one]}}}, kubernetes: {auth: app}}`,
			After:      `http: {routes: [GET /NAME], auth: {jwt: {issuer: "https://NAME.example.com", audience: [one, two]}}}`,
			Lambda:     noted("update Function Alias Authorizer", "with kubernetes.auth: app; else the Authorizer alone"),
			Kubernetes: noted(roll, "with kubernetes.auth: app; with envoy, the SecurityPolicy"),
		},
		{
			Fields:     []string{"services.*.http.domain"},
			Before:     "{http: {routes: [GET /NAME], domain: NAME.example.com}, kubernetes: {ingress: {class: nginx}}}",
			After:      "http: {routes: [GET /NAME], domain: NAME.example.org}",
			Lambda:     noted("create DomainName ApiMapping, delete DomainName ApiMapping", "the old name stops answering: list both names, on two services, while DNS moves; the API's own URL stays"),
			Kubernetes: noted("update Ingress", "or the HTTPRoute; the old host stops answering"),
		},
		{
			Fields: []string{"services.*.http.maxBody"},
			Before: "kubernetes: {ingress: {class: nginx}}", After: "http: {maxBody: 5Mi}",
			Lambda: nothing("an invocation takes 6 MB"), Kubernetes: noted("update Ingress", "of class nginx; else nothing"),
		},
		{
			Fields: []string{"services.*.schedule.cron", "services.*.schedule.timeZone", "services.*.schedule.input"},
			Before: daily, After: `schedule: {cron: "0 7 * * *", timeZone: Europe/Berlin, input: '"other"'}`,
			Lambda: steps("update Schedule"), Kubernetes: noted("update CronJob", "a run that is at work goes on as it began"),
		},
		{
			Fields: []string{"services.*.schedule.path"}, Before: daily, After: "schedule: {path: /runs}",
			Lambda: steps(publish), Kubernetes: steps("update CronJob"),
		},
		{
			Fields: []string{"services.*.schedule.attempts"}, Before: daily, After: "schedule: {attempts: 1}",
			Lambda: steps("update FunctionEventInvokeConfig"), Kubernetes: steps("update CronJob"),
		},
		{
			Fields: []string{"services.*.schedule.overlap"}, Before: daily, After: "schedule: {overlap: forbid}",
			Lambda: nothing("EventBridge Scheduler does not ask"), Kubernetes: steps("update CronJob"),
		},
		{
			Fields: []string{"services.*.timeout"}, Title: "of a service that runs at set times", Before: daily, After: "timeout: 20s",
			Lambda: steps("update Function Alias FunctionEventInvokeConfig MetricAlarm"), Kubernetes: steps("update CronJob"),
		},
		{
			Fields: []string{"services.*.kubernetes.namespace"}, Title: "of a service that runs at set times", Before: daily, After: "kubernetes: {namespace: other}",
			Lambda: nothing(""), Kubernetes: noted("replace CronJob NetworkPolicy ServiceAccount", "a run that is at work in the old namespace ends with it; one that is due in between may come twice"),
		},
		{
			Fields: []string{"services.*.scale.min"}, Before: "scale: {min: 1}", After: "scale: {min: 2}",
			Lambda: nothing("lambda.provisioned says what is kept warm"), Kubernetes: steps("update HorizontalPodAutoscaler"),
		},
		{
			Fields: []string{"services.*.scale.max"}, Before: "{scale: {max: 5}, lambda: {reserved: true}}", After: "scale: {max: 6}",
			Lambda: noted("update Function", "in place and without a new version; without lambda.reserved, nothing"), Kubernetes: steps("update HorizontalPodAutoscaler"),
		},
		{
			Fields: []string{"services.*.scale.cpu"}, Before: "scale: {cpu: 70}", After: "scale: {cpu: 60}",
			Lambda: nothing(""), Kubernetes: steps("update HorizontalPodAutoscaler"),
		},
		{
			Fields: []string{"services.*.scale.memory"}, Before: "scale: {memory: 70}", After: "scale: {memory: 60}",
			Lambda: nothing(""), Kubernetes: steps("update HorizontalPodAutoscaler"),
		},
		{
			Fields: []string{"services.*.scale.requests"}, Before: "{scale: {requests: 50/s}, kubernetes: {metric: rps}}", After: "scale: {requests: 60/s}",
			Lambda: nothing(""), Kubernetes: noted("update HorizontalPodAutoscaler", "or the ScaledObject"),
		},
		{
			Fields: []string{"services.*.lambda.architecture"}, After: "lambda: {architecture: arm64}",
			Lambda: noted(publish, "the image must be for it: change both in one update"), Kubernetes: nothing(""),
		},
		{
			Fields: []string{"services.*.lambda.image"}, Before: "lambda: {image: 123456789012.dkr.ecr.us-east-1.amazonaws.com/life:1}",
			After:  "lambda: {image: 123456789012.dkr.ecr.us-east-1.amazonaws.com/life:2}",
			Lambda: steps(publish), Kubernetes: nothing(""),
		},
		{
			Fields: []string{"services.*.lambda.zip"}, Before: "lambda: {zip: app/build/one.zip, handler: native}", After: "lambda: {zip: app/build/two.zip}",
			Lambda: noted(publish, "another path or other content: Pulumi compares the content"), Kubernetes: nothing(""),
		},
		{
			Fields: []string{"services.*.lambda.zip"}, Title: "a zip in place of an image, or an image in place of a zip",
			Before: "lambda: {handler: native}", After: "lambda: {zip: app/build/one.zip}",
			Lambda: noted("replace Function Alias Permission, update Integration MetricAlarm",
				"AWS cannot change how a function is packaged; the new one is complete before requests move to it, and the old one goes last"),
			Kubernetes: nothing(""),
		},
		{
			Fields: []string{"services.*.lambda.layers[]"},
			Before: `lambda: {zip: app/build/one.zip, layers: ["arn:aws:lambda:us-east-1:753240598075:layer:LambdaAdapterLayerX86:25"]}`,
			After:  `lambda: {layers: ["arn:aws:lambda:us-east-1:753240598075:layer:LambdaAdapterLayerX86:26"]}`,
			Lambda: steps(publish), Kubernetes: nothing(""),
		},
		{
			Fields: []string{"services.*.lambda.handler"}, After: "lambda: {handler: native}",
			Lambda: noted(publish, "the image must be for it: change both in one update"), Kubernetes: nothing(""),
		},
		{
			Fields: []string{"services.*.lambda.provisioned"}, Before: "lambda: {provisioned: 1}", After: "lambda: {provisioned: 2}",
			Lambda: steps("update ProvisionedConcurrencyConfig"), Kubernetes: nothing(""),
		},
		{
			Fields: []string{"services.*.lambda.provisioned"}, Title: "from none", After: "lambda: {provisioned: 2}",
			Lambda: steps("create ProvisionedConcurrencyConfig"), Kubernetes: nothing(""),
		},
		{
			Fields: []string{"services.*.lambda.reserved"}, After: "lambda: {reserved: true}",
			Lambda: noted("update Function", "in place and without a new version"), Kubernetes: nothing(""),
		},
		{
			Fields: []string{"services.*.lambda.memory"}, After: "lambda: {memory: 2Gi}",
			Lambda: steps(publish), Kubernetes: nothing(""),
		},
		{
			Fields: []string{"services.*.lambda.tracing"}, After: "lambda: {tracing: true}",
			Lambda: steps("update Function Alias RolePolicy"), Kubernetes: nothing(""),
		},
		{
			Fields: []string{"services.*.lambda.vpc"}, After: "lambda: {vpc: true}",
			Lambda: noted("update Function Alias RolePolicy", "the stack must have subnetIds and securityGroupIds first"), Kubernetes: nothing(""),
		},
		{
			Fields: []string{"services.*.lambda.logRetentionDays"}, After: "lambda: {logRetentionDays: 60}",
			Lambda:     noted("update LogGroup", "access logs are kept as long as the service that keeps its own for the longest; a shorter time deletes old lines"),
			Kubernetes: nothing(""),
		},
		{
			Fields: []string{"services.*.volumes.*.path"}, Before: kept, After: "volumes: {index: {path: /srv/index}}",
			Lambda: refused(), Kubernetes: noted("update StatefulSet", "each pod stops before the next one starts in its place, and finds what it kept"),
		},
		{
			Fields: []string{"services.*.volumes.*.size", "services.*.volumes.*.class", "services.*.volumes.*.access"},
			Before: kept, After: "volumes: {index: {size: 2Gi, class: gp3, access: ReadWriteOncePod}}",
			Lambda: refused(), Kubernetes: noted("replace StatefulSet", "with `pulumi up --skip-preview`, because the preview fails; all its pods stop, and start again with the claims that there are, which keep what is in them, and their size, class and access: [a new size](volumes.md#a-new-size) takes more"),
		},
		{
			Fields: []string{"services.*.volumes.*.path", "services.*.volumes.*.size"}, Title: "the first one", After: kept,
			Lambda: refused(), Kubernetes: noted("create Service StatefulSet, delete Deployment HorizontalPodAutoscaler", "old and new pods both serve until the old ones are deleted; without volumes again, the claims are kept"),
		},
		{
			Fields: []string{"services.*.scale.min", "services.*.scale.max"}, Title: "with volumes", Before: kept, After: "scale: {min: 2, max: 2}",
			Lambda: refused(), Kubernetes: noted("update StatefulSet", "the claims of pods that are taken away are kept, and paid for; the same pods find them again"),
		},
		{
			Fields: []string{"services.*.kubernetes.cpu"}, After: "kubernetes: {cpu: 1}",
			Lambda: nothing(""), Kubernetes: steps(roll),
		},
		{
			Fields: []string{"services.*.kubernetes.memory"}, After: "kubernetes: {memory: 2Gi}",
			Lambda: nothing(""), Kubernetes: steps(roll),
		},
		{
			Fields: []string{"services.*.kubernetes.namespace"}, After: "kubernetes: {namespace: other}",
			Lambda: nothing(""),
			Kubernetes: noted("replace Deployment HorizontalPodAutoscaler NetworkPolicy PodDisruptionBudget Service ServiceAccount",
				"an object cannot move: new ones are complete in the new namespace before the old ones go; the new Deployment starts with one pod, and its autoscaler grows it from there; "+
					"the service's address in the cluster is another one, and those that need it roll once the new pods are ready"),
		},
		{
			Fields: []string{"services.*.kubernetes.namespace"}, Title: "with an Ingress, KEDA and a ServiceMonitor",
			Before: "{scale: {min: 0, requests: 50/s}, kubernetes: {ingress: {class: nginx}, serviceMonitor: {path: /metrics}, scaleToZero: {keda: {prometheus: 'http://prometheus.example', query: up}}}}",
			After:  "kubernetes: {namespace: other}",
			Lambda: nothing(""),
			Kubernetes: noted("replace Deployment Ingress NetworkPolicy PodDisruptionBudget ScaledObject Service ServiceAccount ServiceMonitor",
				"so is an HTTPRoute; while both Ingresses are there, their controller picks one"),
		},
		{
			Fields: []string{"services.*.kubernetes.namespace"}, Title: "of a service that needs another one", Callee: "{}", Before: "needs: [NAMEb]", After: "kubernetes: {namespace: other}",
			Lambda: nothing(""),
			Kubernetes: noted("replace Deployment HorizontalPodAutoscaler NetworkPolicy PodDisruptionBudget Service ServiceAccount",
				"with the NetworkPolicy that lets it in where it calls: both are let in until the old pods have gone"),
		},
		{
			Fields: []string{"services.*.kubernetes.architecture", "services.*.kubernetes.user", "services.*.kubernetes.writableRoot"},
			After:  "kubernetes: {architecture: arm64, user: 1000, writableRoot: true}",
			Lambda: nothing(""), Kubernetes: steps(roll),
		},
		{
			Fields: []string{"services.*.kubernetes.auth"}, Title: "from app to envoy",
			Before: `{http: {routes: [GET /NAME], auth: {jwt: {issuer: "https://NAME.example.com", audience: [one]}}}, kubernetes: {auth: app, gateway: {name: public}}}`,
			After:  `kubernetes: {auth: envoy, jwks: "https://NAME.example.com/keys"}`,
			Lambda: noted(publish, "without the variables"),
			Kubernetes: noted("create SecurityPolicy, update Deployment",
				"for a moment either may check alone: the policy is there first"),
		},
		{
			Fields: []string{"services.*.kubernetes.jwks"},
			Before: `{http: {routes: [GET /NAME], auth: {jwt: {issuer: "https://NAME.example.com", audience: [one]}}}, kubernetes: {auth: envoy, jwks: "https://NAME.example.com/keys", gateway: {name: public}}}`,
			After:  `kubernetes: {jwks: "https://NAME.example.com/others"}`,
			Lambda: nothing(""), Kubernetes: steps("update SecurityPolicy"),
		},
		{
			Fields: []string{"services.*.kubernetes.pullSecrets[]"}, Before: "kubernetes: {pullSecrets: [one]}", After: "kubernetes: {pullSecrets: [two]}",
			Lambda: nothing(""), Kubernetes: steps(roll),
		},
		{
			Fields: []string{"services.*.kubernetes.identity"},
			Before: `{permissions: [{actions: ["s3:GetObject"], resources: ["arn:aws:s3:::NAME/*"]}], kubernetes: {identity: pod-identity}}`,
			After:  "kubernetes: {identity: irsa}",
			Lambda: nothing(""),
			Kubernetes: noted("update Role ServiceAccount, delete PodIdentityAssociation",
				"pods that run keep the way they started with until their credentials run out: restart them"),
		},
		{
			Fields: []string{"services.*.kubernetes.ingress.class"}, Before: "kubernetes: {ingress: {class: one}}", After: "kubernetes: {ingress: {class: two}}",
			Lambda: nothing(""), Kubernetes: noted("update Ingress", "the old class's controller stops serving it at once: where that matters, move DNS between two services instead"),
		},
		{
			Fields: []string{"services.*.kubernetes.ingress.tlsSecret"},
			Before: "{http: {routes: [GET /NAME], domain: NAME.example.com}, kubernetes: {ingress: {class: nginx, tlsSecret: one}}}",
			After:  "kubernetes: {ingress: {tlsSecret: two}}",
			Lambda: nothing(""), Kubernetes: steps("update Ingress"),
		},
		{
			Fields: []string{"services.*.kubernetes.ingress.scheme", "services.*.kubernetes.ingress.group"},
			Before: "kubernetes: {ingress: {class: alb}}", After: "kubernetes: {ingress: {scheme: internet-facing, group: shop}}",
			Lambda: nothing(""), Kubernetes: noted("update Ingress", "its controller makes another load balancer, with another address, and takes the old one away: point DNS at the new one; where requests must not fail meanwhile, add a second service with the new key first"),
		},
		{
			Fields: []string{"services.*.kubernetes.gateway.name", "services.*.kubernetes.gateway.namespace"},
			Before: "kubernetes: {gateway: {name: one, namespace: gateways}}", After: "kubernetes: {gateway: {name: two, namespace: others}}",
			Lambda: nothing(""), Kubernetes: steps("update HTTPRoute"),
		},
		{
			Fields: []string{"services.*.kubernetes.metric"}, Before: "{scale: {requests: 50/s}, kubernetes: {metric: rps}}", After: "kubernetes: {metric: requests}",
			Lambda: nothing(""), Kubernetes: steps("update HorizontalPodAutoscaler"),
		},
		{
			Fields: []string{"services.*.kubernetes.scaleToZero.floor"}, Title: "in place of KEDA",
			Before: "{scale: {min: 0, requests: 50/s}, kubernetes: {metric: rps, scaleToZero: {keda: {prometheus: 'http://prometheus.example', query: up}}}}",
			After:  "kubernetes: {scaleToZero: {keda: null, floor: true}}",
			Lambda: nothing(""), Kubernetes: noted("create HorizontalPodAutoscaler, delete ScaledObject",
				"for a moment both scale the pods, and KEDA's autoscaler goes with its ScaledObject"),
		},
		{
			Fields: []string{"services.*.kubernetes.scaleToZero.keda.prometheus", "services.*.kubernetes.scaleToZero.keda.query"},
			Before: "{scale: {min: 0, requests: 50/s}, kubernetes: {scaleToZero: {keda: {prometheus: 'http://one.example', query: up}}}}",
			After:  "kubernetes: {scaleToZero: {keda: {prometheus: 'http://two.example', query: sum(up)}}}",
			Lambda: nothing(""), Kubernetes: steps("update ScaledObject"),
		},
		{
			Fields: []string{"services.*.kubernetes.serviceMonitor.path"}, Before: "kubernetes: {serviceMonitor: {path: /one}}", After: "kubernetes: {serviceMonitor: {path: /two}}",
			Lambda: nothing(""), Kubernetes: steps("update ServiceMonitor"),
		},
		{
			Fields: usage("services.*."),
			Before: "usage: {requests: 1/s, duration: 10ms, cpuTime: 1ms, requestSize: 1, responseSize: 1, logSize: 1, outboundSize: 1, startTime: 1ms, shape: bursty, peakToMean: 2, burst: 1m}",
			After:  "usage: {requests: 2/s, duration: 20ms, cpuTime: 2ms, requestSize: 2, responseSize: 2, logSize: 2, outboundSize: 2, startTime: 2ms, peakToMean: 3, burst: 2m}",
			Lambda: nothing("what compare assumes"), Kubernetes: nothing("what compare assumes"),
		},
	}
}

// Whole lists the fields of the app as a whole, with what the tests do about them
// beside the changes of services.
func Whole() []Change {
	return []Change{
		{
			Fields:     []string{"name"},
			Lambda:     noted("create everything, delete everything", "every name begins with it, so it is another app: a new URL, new empty secrets, new logs. Deploy the new name as stacks of its own, move the traffic, and destroy the old ones"),
			Kubernetes: noted("create everything, delete everything", "every name begins with it, so it is another app. Deploy the new name as stacks of its own, move the traffic, and destroy the old ones"),
		},
		{
			Fields:     []string{"apiVersion"},
			Lambda:     nothing("there is only one"),
			Kubernetes: nothing("there is only one"),
		},
		{
			Fields:     []string{"image"},
			Lambda:     steps("update Function Alias"),
			Kubernetes: steps("update Deployment"),
		},
		{
			Fields:     []string{"targets[]"},
			Lambda:     nothing("a target that leaves the list leaves the program: its stacks refuse to update, and what they deployed stays. Destroy them first"),
			Kubernetes: nothing("the same"),
		},
		{
			Fields:     []string{"services.*.targets[]"},
			Lambda:     noted("delete everything of the service", "if the target leaves its list: with its logs, and its secrets unless other services read them. If it joins the list, it is created. A service with `queue` or `uploads` loses no message, but none is taken until the other target's stack has it: let the target join first, and the other one leave in a second update. While both have the service, `active` and `consumer` say which of them takes messages or runs a schedule; with one target, it is always on"),
			Kubernetes: noted("delete everything of the service", "the same"),
		},
		{
			Fields:     append(usage(""), "usage.batchSize"),
			Lambda:     nothing("what compare assumes"),
			Kubernetes: nothing("what compare assumes"),
		},
	}
}

func usage(prefix string) []string {
	var fields []string
	for _, key := range []string{
		"requests", "duration", "reportDuration", "cpuTime", "requestSize", "responseSize", "logSize", "outboundSize", "startTime", "shape", "peakToMean", "burst",
	} {
		fields = append(fields, prefix+"usage."+key)
	}
	return fields
}
