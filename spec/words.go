package spec

import (
	"reflect"
	"slices"
	"strings"
	"sync"
)

// Word is a key of other tools that a spec does not have.
type Word struct {
	Names []string // as other tools write it; case, hyphens and underscores do not count
	Ours  []string // the keys that say it here, such as scale.min; none if ambi has nothing like it
	Note  string   // what differs, or why there is nothing like it
	in    reflect.Type
}

// Answer is the hint for a key by one of the word's names.
func (w Word) Answer(name string) string {
	if len(w.Ours) == 0 {
		if section := w.Section(); section != "" && w.in != reflect.TypeFor[Service]() {
			name = section + "." + name
		}
		return "ambi has no " + bare(name) + ": " + w.Note
	}
	answer := "ambi's word is " + w.Ours[0]
	if len(w.Ours) > 1 {
		answer = "ambi's words are " + listed(w.Ours, " and ")
	}
	if w.Note != "" {
		answer += ": " + w.Note
	}
	return answer
}

// Section is where a spec would have the word, such as health; "" is anywhere.
func (w Word) Section() string {
	if w.in == nil {
		return ""
	}
	return strings.TrimPrefix(placesOfTypes()[w.in][0], "services.*.")
}

// Words lists the keys of Compose files, Kubernetes objects, charts, SAM
// templates, serverless.yml and their like with what says the same in a spec.
//
// A test requires that no word is a key of the grammar.
func Words() []Word {
	inEmitted := func(file string) string { return "only one target has it; edit " + file }
	all := []Word{
		anywhere("replicas replicaCount numReplicas desiredCount instances instanceCount numInstances", "scale.min, scale.max", "an autoscaler sets the number between the two"),
		anywhere("minReplicas minReplicaCount minInstances minScale minCapacity minSize minimum", "scale.min", ""),
		anywhere("maxReplicas maxReplicaCount maxInstances maxScale maxCapacity maxSize maximum", "scale.max", ""),
		anywhere("autoscaling autoscale autoscaler horizontalPodAutoscaler hpa scaling scaledObject", "scale", ""),
		anywhere("targetCPUUtilizationPercentage targetCPU averageUtilization cpuUtilization cpuThreshold", "scale.cpu", "in percent"),
		anywhere("targetMemoryUtilizationPercentage targetMemory memoryUtilization", "scale.memory", "in percent"),
		anywhere("behavior stabilizationWindowSeconds cooldown cooldownPeriod pollingInterval", "", inEmitted("stacks/kubernetes/autoscaler.go")),
		anywhere("containerConcurrency maxConcurrency maxConcurrentRequests", "concurrency", ""),

		anywhere("image_tag tag imageName imageUri repository", "image", "one string, with its tag or digest"),
		anywhere("build dockerfile context buildArgs buildpacks builder", "image", "ambi does not build images; push one and set its name"),
		anywhere("imagePullPolicy pullPolicy", "", "an image has a tag other than latest, or a digest, so pulling it again changes nothing"),
		anywhere("imagePullSecrets registryCredentials", "kubernetes.pullSecrets", ""),
		anywhere("entrypoint entrypoints runCommand startCommand", "command", "a list of words"),
		anywhere("cmd arguments", "args", "a list of words; command replaces the entry point"),
		anywhere("workingDir workdir", "", "the image sets it: WORKDIR in the Dockerfile"),
		anywhere("runtime codeUri package deploymentPackage", "image, lambda.zip", "both include their own runtime"),
		anywhere("architectures platform platforms arch cpuArchitecture", "lambda.architecture, kubernetes.architecture", ""),

		anywhere("environment environmentVariables envVars env_variables envs variables vars", "env", "a mapping of names to strings"),
		anywhere("envFrom env_file dotenv configMap configMapRef configMaps configs config", "env", "the spec is one file, and each stack's configuration can override sizes and counts"),
		anywhere("secretRef secretKeyRef secretEnv externalSecrets", "secrets", "each under the name of its variable"),

		anywhere("ports portMappings containerPort targetPort hostPort expose exposedPorts listen", "port", "one number: the port that the app listens on"),
		anywhere("networks network networkMode links dns extraHosts", "needs", "services that need another one get its address in a variable"),
		anywhere("depends_on dependencies requires", "needs", "the services that this one calls; services do not wait for each other to start"),
		anywhere("restart restartPolicy", "", "both targets restart an app that exits"),

		anywhere("resources limits reservations", "cpu, memory", "the size of one instance, for both targets"),
		anywhere("deploy", "scale, cpu, memory", "these are separate keys"),
		anywhere("cpus vcpu vcpus cores millicores cpuLimit cpuRequest", "cpu", ""),
		anywhere("mem memoryMB memorySize memLimit memoryLimit memoryRequest ram", "memory", ""),
		anywhere("timeoutSeconds timeoutSec requestTimeout executionTimeout maxDuration timeoutInMillis timeoutMs", "timeout", ""),
		anywhere("terminationGracePeriodSeconds stop_grace_period gracePeriod preStop lifecycle", "timeout", "a stopping pod gets this long to finish its requests"),
		anywhere("volume volumeMounts mounts persistence persistentVolumeClaim volumeClaimTemplates persistentVolumeClaims disk disks", "volumes", "a disk for each instance, by name, on Kubernetes alone: functions have none"),
		anywhere("tmpfs ephemeralStorage", "", "instances can write to /tmp, which is not kept"),
		within[Volume]("mountPath target mount", "volumes.*.path", ""),
		within[Volume]("storageClass storageClassName", "volumes.*.class", ""),
		within[Volume]("capacity", "volumes.*.size", "such as 20Gi"),
		within[Volume]("accessModes accessMode", "volumes.*.access", "one of ReadWriteOnce, ReadWriteOncePod, ReadWriteMany"),
		anywhere("gpu gpus accelerator accelerators nvidia.com/gpu", "", "Lambda has no GPUs, and ambi is for services that either target can run"),

		anywhere("healthcheck healthChecks healthCheckPath probe probes livenessProbe readinessProbe startupProbe liveness readiness", "health.path", "all probes use one path, which must answer 200"),
		within[Health]("initialDelaySeconds startPeriod startupTime startTimeout", "health.startup", "the maximum time that the app may take to start"),
		within[Health]("port interval timeout retries test command periodSeconds failureThreshold httpGet", "", inEmitted("stacks/kubernetes/workload.go")),

		anywhere("paths pathPrefix pathType basePath url endpoint endpoints httpApi api rules method events", "http.routes", "a method and a path each, such as GET /users/{id}"),
		anywhere("path prefix route", "http.routes", "a list of methods with paths, such as [GET /users]"),
		within[HTTP]("methods", "http.routes", "a list of methods with paths, such as [GET /users]"),
		anywhere("host hosts hostname hostnames domainName domains customDomain", "http.domain", "one host name"),
		anywhere("tls ssl https certificate certificateArn acmCertificateArn", "kubernetes.ingress.tlsSecret", "on Lambda the stack's configuration names a certificate"),
		anywhere("ingressClassName ingressClass", "kubernetes.ingress.class", ""),
		anywhere("httpRoute gatewayClass gatewayName parentRefs", "kubernetes.gateway", ""),
		anywhere("allowOrigins allowedOrigins allowOrigin origin", "http.cors.origins", ""),
		anywhere("allowMethods allowedMethods", "http.cors.methods", ""),
		anywhere("allowHeaders allowedHeaders", "http.cors.headers", ""),
		anywhere("allowCredentials", "http.cors.credentials", ""),
		anywhere("authorizer authorizers jwtAuthorizer oidc oauth oauth2 cognito authentication", "http.auth.jwt", ""),
		anywhere("issuerUrl issuerUri iss", "http.auth.jwt.issuer", ""),
		anywhere("audiences aud", "http.auth.jwt.audience", ""),
		anywhere("websocket websockets websocketApi ws", "", "an HTTP API on Lambda only supports requests and responses, and ambi is for services that either target can run"),
		anywhere("streaming stream responseStreaming invokeMode sse serverSentEvents", "", "an HTTP API on Lambda only returns complete responses"),
		anywhere("grpc http2 h2c protocol appProtocol tcp udp", "", "a service answers HTTP; API Gateway supports neither gRPC nor TCP"),

		anywhere("cronJob cronTab cronExpression scheduleExpression cronjobs", "schedule.cron", "five fields, such as 0 6 * * MON-FRI"),
		anywhere("timezone tz scheduleExpressionTimezone", "schedule.timeZone", ""),
		anywhere("concurrencyPolicy", "schedule.overlap", "allow or forbid"),
		anywhere("backoffLimit maximumRetryAttempts maxRetries", "schedule.attempts", "the number of attempts of a run, including the first"),

		anywhere("reservedConcurrency reservedConcurrentExecutions", "lambda.reserved", "true or false: the number is scale.max times concurrency"),
		anywhere("provisionedConcurrency provisionedConcurrentExecutions provisionedConcurrencyConfig", "lambda.provisioned", ""),
		anywhere("vpcConfig subnets subnetIds securityGroups securityGroupIds", "lambda.vpc", "true or false: each stack's configuration names the subnets and groups"),
		anywhere("logRetention logRetentionInDays retentionInDays", "lambda.logRetentionDays", ""),
		within[LambdaOptions]("url functionUrl functionUrlConfig", "", "an HTTP API serves http.routes"),
		anywhere("snapStart", "", "it supports neither images nor custom runtimes"),
		anywhere("iam iamRoleStatements policies policy role roleArn statements", "permissions", ""),

		anywhere("serviceAccount serviceAccountName podIdentity workloadIdentity", "kubernetes.identity", "how pods get the role that has the service's permissions"),
		within[KubernetesOptions]("context kubeconfig cluster clusterName", "", "each stack's configuration names the cluster: kubernetes:context"),
		anywhere("nodeSelector nodeName affinity tolerations topologySpreadConstraints priorityClassName runtimeClassName", "", inEmitted("stacks/kubernetes/workload.go")),
		anywhere("runAsUser runAsGroup uid", "kubernetes.user", "the numeric ID of both the user and the group"),
		anywhere("readOnlyRootFilesystem readOnly", "kubernetes.writableRoot", "true if the app writes to its root file system"),
		anywhere("maxConnections connectionLimit poolSize", "connections", "the total of all instances"),
		anywhere("securityContext podSecurityContext privileged cap_add cap_drop", "", inEmitted("stacks/kubernetes/workload.go")),
		anywhere("initContainers sidecars sidecar containers extraContainers", "", inEmitted("stacks/kubernetes/workload.go")),
		anywhere("strategy updateStrategy rollingUpdate updateConfig podDisruptionBudget pdb minAvailable", "", inEmitted("stacks/kubernetes/workload.go")),
		anywhere("labels annotations podAnnotations podLabels", "", inEmitted("stacks/kubernetes/workload.go")),
		anywhere("tags", "", "set aws:defaultTags in Pulumi.lambda.yaml, which applies to all AWS resources"),
		anywhere("monitoring podMonitor scrape prometheus", "kubernetes.serviceMonitor", ""),
		anywhere("logging logDriver logConfiguration", "", "both targets collect what the app prints"),

		anywhere("rps qps tps requestRate requestsPerSecond throughput traffic", "usage.requests", "a rate such as 100/s"),
		within[Scale]("rps qps tps requestsPerSecond targetRPS", "scale.requests", "a rate per instance, such as 100/s"),
		within[Usage]("latency responseTime", "usage.duration", ""),
		within[Usage]("coldStart initDuration startupTime", "usage.startTime", ""),
		within[Usage]("payload payloadSize bodySize", "usage.requestSize, usage.responseSize", ""),
		within[Usage]("egress dataTransfer bandwidth", "usage.responseSize, usage.outboundSize", "bytes per request, on average"),
		within[Usage]("peak peakRequests", "usage.peakToMean", "a multiple of the mean"),
		within[Secret]("value valueFrom from", "secrets.*.name, secrets.*.key", "the spec never contains the value"),

		within[Service]("storage", "", "instances have no persistent disk, because functions have none"),
		within[Data]("rds aurora postgresql pg database db", "data.*.postgres", ""),
		within[Postgres]("engineVersion majorVersion", "data.*.postgres.version", ""),
		within[Postgres]("instanceClass instanceType size", "data.*.postgres.class", ""),
		within[Postgres]("allocatedStorage disk diskSize", "data.*.postgres.storage", ""),
		within[Postgres]("backupRetentionPeriod backupRetention retention", "data.*.postgres.backups", "how far back the database can be restored, such as 7d"),
		within[Postgres]("password masterPassword masterUserPassword username masterUsername", "", "RDS makes the password of the user postgres and keeps it in Secrets Manager"),
		within[Postgres]("subnets subnetIds vpc securityGroups vpcSecurityGroupIds", "", "settings of the data stack: subnetIds and NAME.securityGroupId"),
		within[Service]("name serviceName container_name", "services", "a service's name is its key there"),
		within[Service]("type kind", "http", "the kind of a service follows from its trigger"),
		within[App]("version", "apiVersion", "write apiVersion: "+APIVersion),
		within[App]("app appName application project title", "name", ""),
		within[App]("service", "name", "what runs is under services"),
		within[App]("functions applications components workloads containers", "services", "a mapping of names to services"),
		within[App]("kind metadata spec template", "name, services", "a spec is not a Kubernetes object: both are at its top level"),
		within[App]("provider plugins custom region account stage stages profile profiles environments include extends", "", "one spec is for all deployments; differences are in each stack's configuration"),
	}
	return all
}

func anywhere(names, ours, note string) Word {
	w := Word{Names: strings.Fields(names), Note: note}
	if ours != "" {
		w.Ours = strings.Split(ours, ", ")
	}
	return w
}

func within[T any](names, ours, note string) Word {
	w := anywhere(names, ours, note)
	w.in = reflect.TypeFor[T]()
	return w
}

// wordFor finds the word for a key of another tool.
func wordFor(key string, in reflect.Type) (Word, bool) {
	w, ok := wordsByName()[foreignKey{plain(key), in}]
	if !ok {
		w, ok = wordsByName()[foreignKey{plain(key), nil}]
	}
	return w, ok
}

type foreignKey struct {
	name string
	in   reflect.Type // nil is anywhere
}

//nolint:gochecknoglobals // a constant in all but name
var wordsByName = sync.OnceValue(func() map[foreignKey]Word {
	all := map[foreignKey]Word{}
	for _, w := range Words() {
		for _, name := range w.Names {
			all[foreignKey{plain(name), w.in}] = w
		}
	}
	return all
})

// plain returns a key without case, hyphens, underscores and spaces, which tools write differently.
func plain(key string) string {
	return strings.ToLower(strings.NewReplacer("_", "", "-", "", " ", "").Replace(key))
}

// valueHints returns hints for a text that is not one of the allowed ones.
func valueHints(text string, allowed []string) []string {
	for _, a := range allowed {
		if plain(a) == plain(text) || slices.Contains(otherValues()[a], plain(text)) {
			return []string{"write " + a}
		}
	}
	if near := nearestOf(text, allowed); near != "" && len(allowed) > 1 {
		return []string{"did you mean " + near + "?"}
	}
	return nil
}

// otherValues are the values of other tools for those of a spec.
func otherValues() map[string][]string {
	return map[string][]string{
		string(X8664):         {"amd64", "x64", "x86", "intel", "linux/amd64"},
		string(ARM64):         {"aarch64", "arm", "armv8", "graviton", "linux/arm64"},
		string(Kubernetes):    {"k8s", "kube", "eks", "gke", "aks", "openshift"},
		string(Lambda):        {"awslambda", "serverless", "function", "functions", "faas"},
		string(Steady):        {"constant", "flat", "uniform", "even"},
		string(Diurnal):       {"daily", "daynight", "businesshours"},
		string(Bursty):        {"burst", "bursts", "spiky", "spikes", "peaky"},
		string(Sporadic):      {"rare", "occasional", "intermittent", "idle"},
		string(HandlerNative): {"runtime", "custom"},
	}
}
