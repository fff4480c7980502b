package importer_test

import (
	"slices"
	"strings"
	"testing"

	"ambi/importer"
	"ambi/importer/draft"
	"ambi/importer/source"
)

// deployment is one with an app's container that has some more keys.
func deployment(more string) string {
	return `apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
        - name: web
          image: 123456789012.dkr.ecr.us-east-1.amazonaws.com/web:2.1.0
          ports: [{containerPort: 3000}]
` + more
}

// cronJob is one with some more keys of its own, and of its container.
func cronJob(schedule, own, more string) string {
	return `apiVersion: batch/v1
kind: CronJob
metadata: {name: night}
spec: {schedule: "` + schedule + `", ` + own + `jobTemplate: {spec: {template: {spec: {restartPolicy: Never, containers: [{name: main, image: "example.com/night:1.0.0"` + more + `}]}}}}}
`
}

// TestReasons holds what single values of the source become, and the reasons that the report
// gives where a spec cannot say the same.
func TestReasons(t *testing.T) {
	const (
		compose  = "services:\n  web:\n    image: example.com/web:1.0.0\n"
		score    = "apiVersion: score.dev/v1b1\nmetadata: {name: web}\ncontainers:\n  web:\n    image: example.com/web:1.0.0\n"
		function = "AWSTemplateFormatVersion: x\nResources:\n  Web:\n    Type: AWS::Serverless::Function\n    Properties:\n      CodeUri: a/\n"
		goes     = "which is left out: the image's own command runs"
		one      = "it takes a letter, and then one or more letters, digits or underscores"
		open     = "on Lambda its routes are public: set http.internal: true if only services of the app call it"
	)
	for name, test := range map[string]struct {
		text        string
		spec, lacks []string // what the spec has, and what it must not have
		why         []string // parts of reasons, all of which change how the app behaves
	}{
		"args of Kubernetes that need a secret": {
			text: deployment(`          command: ["/bin/sh", "-c"]
          args: ["serve --token $(TOK)"]
          env: [{name: TOK, valueFrom: {secretKeyRef: {name: web, key: token}}}]
`),
			lacks: []string{"command:", "args:"},
			why:   []string{"refers to $(TOK)", "goes with spec.template.spec.containers[0].args, " + goes},
		},
		"command of Kubernetes that needs a secret": {
			text:  deployment("          command: [\"/run-$(TOK)\"]\n          args: [serve]\n"),
			lacks: []string{"command:", "args:"},
			why:   []string{"refers to $(TOK)", "goes with spec.template.spec.containers[0].command, " + goes},
		},
		"command of Compose with a secret": {
			text:  compose + "    entrypoint: [/bin/sh, -c]\n    command: [serve, --api-key, hunter2]\n",
			lacks: []string{"command:", "args:"},
			why:   []string{"looks like a secret", "goes with command, " + goes},
		},
		"entrypoint of Compose with an open quote": {
			text:  compose + "    entrypoint: sh -c \"serve\n    command: [serve]\n",
			lacks: []string{"command:", "args:"},
			why:   []string{"a quote is left open", "goes with entrypoint, " + goes},
		},
		"entrypoint of Compose that takes the image's away": {
			text: compose + "    entrypoint: \"\"\n    command: [npm, start]\n",
			spec: []string{"command: [npm, start]"}, lacks: []string{"args:"},
		},
		"command of Score": {
			text: score + "    command: [/bin/sh, -c]\n    args: [serve]\n",
			spec: []string{"command: [/bin/sh, -c]", "args: [serve]"},
		},
		"args of Score with a secret": {
			text:  score + "    command: [/bin/sh]\n    args: [--api-key, hunter2]\n",
			lacks: []string{"command:", "args:"},
			why:   []string{"looks like a secret", "goes with containers.web.args, " + goes},
		},
		"function with a secret among its parameters": {
			text:  function + "      Environment: {Variables: {WORD: !Ref P}}\nParameters: {P: {Type: String, NoEcho: true, Default: hunter2}}\n",
			spec:  []string{"secrets:", "WORD: {name: x-web, key: WORD}"},
			lacks: []string{"hunter2", "env:"},
			why:   []string{"refers to the parameter P, which is secret"},
		},
		"function that only signed requests reach": {
			text: function + "      Events: {Get: {Type: HttpApi, Properties: {Path: /a, Method: get, Auth: {Authorizer: AWS_IAM}}}}\n",
			spec: []string{"auth: null # only callers with rights in AWS could call it"},
			why:  []string{"only callers with rights in AWS could call it"},
		},
		"function with routes for all and for some": {
			text: function + "      Events:\n        A: {Type: HttpApi, Properties: {Path: /a, Method: get}}\n        B: {Type: HttpApi, Properties: {Path: /b, Method: get, Auth: {Authorizer: AWS_IAM}}}\n",
			spec: []string{"  web:", "  web-authorized:"},
		},
		"schedule that counts days from the end": {
			text: function + "      Events: {S: {Type: Schedule, Properties: {Schedule: \"cron(0 0 L * ? *)\"}}}\n",
			spec: []string{"cron: cron(0 0 L * ? *) # "},
			why:  []string{"counts days from the end of a month"},
		},
		"function with a condition that does not hold": {
			text: strings.Replace(function, "Properties:", "Condition: C\n    Properties:", 1) + "  Other: {Type: \"AWS::Serverless::Function\", Properties: {CodeUri: b/}}\nParameters: {S: {Type: String, Default: dev}}\nConditions: {C: !Equals [!Ref S, prod]}\n",
			spec: []string{"  other:"}, lacks: []string{"  web:"},
		},
		"condition on what nothing says": {
			text: function + "      MemorySize: !If [C, 512, 1024]\nParameters: {S: {Type: String}}\nConditions: {C: !Equals [!Ref S, prod]}\n",
			spec: []string{"memory: ${C} # depends on the condition C, which the template does not decide"},
			why:  []string{"depends on the condition C"},
		},
		"function that a topic starts, too": {
			text:  "service: a\nprovider: aws\nfunctions: {web: {handler: a.b, events: [{sns: topic}, {httpApi: \"GET /a\"}]}}\n",
			spec:  []string{"GET /a"},
			lacks: []string{"topic"},
			why:   []string{"subscribe a queue to it"},
		},
		"Compose without a published port": {
			text: compose + "    expose: [3000]\n",
			spec: []string{"http: # nothing in the source publishes it: public on Lambda unless internal is true"},
			why:  []string{open},
		},
		"Compose without a published port, beside one that has it": {
			text: compose + "    expose: [3000]\n  shop: {image: \"example.com/shop:1.0.0\", ports: [\"80\"]}\n",
			spec: []string{"http: # nothing in the source publishes it", "routes: # /web was put in front"},
			why:  []string{open},
		},
		"Deployment without an Ingress": {text: deployment(""), why: []string{open}},
		"linked service of Compose": {
			text:  "services:\n  web: {image: \"example.com/web:1.0.0\", ports: [\"80\"], links: [\"api:old\"]}\n  api: {image: \"example.com/api:1.0.0\"}\n",
			lacks: []string{"worker"}, why: []string{open},
		},
		"service of Compose behind a web server": {
			text:  "services:\n  front: {image: \"nginx:1.29\", ports: [\"80:80\"], volumes: [\"./nginx.conf:/etc/nginx/nginx.conf\"]}\n  api: {image: \"example.com/api:1.0.0\"}\n",
			lacks: []string{"worker"}, why: []string{open},
		},
		"web server of Compose without ports": {
			text:  "services:\n  front: {image: \"nginx:1.29\"}\n",
			lacks: []string{"worker"}, why: []string{open},
		},
		"workload of Score without a route": {
			text: score + "service: {ports: {web: {port: 80, targetPort: 8080}}}\n",
			why:  []string{open},
		},
		"workload of Score without ports": {
			text: score,
			spec: []string{"worker: {}"}, lacks: []string{"health", "http", "port:"},
		},
		"workload of Score without ports that a probe asks": {
			text: score + "    readinessProbe: {httpGet: {path: /ready, port: 8080}}\n",
			spec: []string{"http:", "path: /ready"}, lacks: []string{"worker"},
		},
		"bucket of Score": {
			text:  score + "    variables: {BUCKET: \"${resources.files.name}\", FILES_BUCKET: \"${resources.files.name}\", HOST: \"${resources.files.endpoint}\"}\nresources: {files: {type: s3}}\n",
			lacks: []string{"BUCKET", "null", "env:"},
			why:   []string{"the app has the bucket's name in FILES_BUCKET: have it read that", "the app asks S3 itself"},
		},
		"database of Score": {
			text: score + "    variables: {HOST: \"${resources.db.host}\"}\nresources: {db: {type: mysql}}\n",
			spec: []string{"HOST: null"},
			why:  []string{"refers to resources.db.host, of the resource db (mysql), which stays outside of the app"},
		},
		"PostgreSQL and Redis of Score": {
			text: score + "    variables: {DB_HOST: \"${resources.db.host}\", DSN: \"postgres://${resources.db.host}\"}\nresources: {db: {type: postgres}, cache: {type: redis}}\n",
			spec: []string{"version: null", "cache: {valkey: {}}", "uses: {cache: [connect], db: [connect]}"}, lacks: []string{"DB_HOST:", "DSN:"},
			why: []string{"the app has DB_HOST, DB_PORT, DB_NAME, DB_SECRET in its place", "becomes a cache in ElastiCache Serverless", "becomes a database in RDS"},
		},
		"address with a path": {
			text: compose + "    environment: {API_URL: \"http://api:80/v1\"}\n  api: {image: \"example.com/api:1.0.0\", ports: [\"80\"]}\n",
			spec: []string{"# the old address of api: add needs: [api] and remove this line; API_URL then has the new address, without a path"},
		},
		"addresses in a circle": {
			text: compose + "    environment: {API_URL: \"http://api:80\"}\n  api: {image: \"example.com/api:1.0.0\", ports: [\"80\"], environment: {WEB_URL: \"http://web:80\"}}\n",
			spec: []string{"the old address of web, which calls this service: needs cannot go in a circle, so write the new address"},
		},
		"variable of one letter in Compose":    {text: compose + "    environment: {X: a}\n", lacks: []string{"env:"}, why: []string{one}},
		"variable of one letter in Score":      {text: score + "    variables: {X: a}\n", lacks: []string{"env:"}, why: []string{one}},
		"variable of one letter in Kubernetes": {text: deployment("          env: [{name: X, value: a}]\n"), lacks: []string{"env:"}, why: []string{one}},
		"key of a Secret that is no variable": {
			text:  deployment("          envFrom: [{secretRef: {name: web}}]\n") + "---\napiVersion: v1\nkind: Secret\nmetadata: {name: web}\ndata: {other-key: YQ==, TOKEN: YQ==}\n",
			spec:  []string{"secrets: {TOKEN: {name: web, key: TOKEN}}"},
			lacks: []string{"other-key"},
			why:   []string{one},
		},
		"CronJob without a pod": {
			text: deployment("") + "---\napiVersion: batch/v1\nkind: CronJob\nmetadata: {name: night}\nspec: {schedule: \"0 3 * * *\"}\n",
			why:  []string{"has no container"}, lacks: []string{"night"},
		},
		"CronJob that runs a command": {
			text:  cronJob("0 3 * * *", "", `, command: [/backup, "--password=hunter2"]`),
			spec:  []string{"command: null # ran to its end", `cron: 0 3 * * *`, "timeout: 900s"},
			lacks: []string{"backup,", "hunter2", "http:", "scale:", "attempts:"},
			why:   []string{"it ran to its end for each run", "nothing bounds a run", "says no backoffLimit"},
		},
		"CronJob with an hour by name":  {text: cronJob("@hourly", "", ""), spec: []string{"cron: 0 * * * *"}},
		"CronJob with question marks":   {text: cronJob("*/5 * ? * *", "", ""), spec: []string{"cron: '*/5 * * * *'"}},
		"CronJob with a zone within":    {text: cronJob("TZ=Europe/Berlin 0 3 * * *", "", ""), spec: []string{"cron: 0 3 * * *", "timeZone: Europe/Berlin"}},
		"CronJob at intervals":          {text: cronJob("@every 90s", "", ""), spec: []string{"cron: '@every 90s' # "}, why: []string{"has times that the two targets read differently"}},
		"CronJob that is suspended":     {text: cronJob("@daily", "suspend: true, ", ""), why: []string{"the setting active of each stack"}},
		"CronJob that replaces its run": {text: cronJob("@daily", "concurrencyPolicy: Replace, ", ""), spec: []string{"overlap: forbid"}, why: []string{"does not replace it"}},
	} {
		t.Run(name, func(t *testing.T) {
			result, err := importer.Import([]source.File{{Name: "x.yaml", Text: []byte(test.text)}}, importer.Options{})
			if err != nil {
				t.Fatal(err)
			}
			text := string(result.Spec)
			for _, want := range test.spec {
				if !strings.Contains(text, want) {
					t.Errorf("the spec lacks %s:\n%s", want, text)
				}
			}
			for _, bad := range test.lacks {
				if strings.Contains(text, bad) {
					t.Errorf("the spec has %s:\n%s", bad, text)
				}
			}
			for _, why := range test.why {
				if !slices.ContainsFunc(result.Items, func(i draft.Item) bool { return i.Changes && strings.Contains(i.Why, why) }) {
					t.Errorf("no reason says %s:\n%s", why, report(result))
				}
			}
		})
	}
}
