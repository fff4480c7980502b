package cloudformation

import (
	"cmp"
	"strconv"
	"strings"

	"ambi/importer/functions"
	"ambi/importer/source"
)

// event reads one event of a function of SAM's.
// Source: https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-property-function-eventsource.html
func (r *reading) event(f *functions.Function, name string, n *source.Node) {
	p := n.Get("Properties")
	kind := n.Get("Type").String()
	t := functions.Trigger{Object: f.Object, Name: name, At: n}
	f.Skip(n.Child("Type"))
	switch kind {
	case "Api", "HttpApi":
		r.route(f, t, kind, p)
		return
	case "Schedule", "ScheduleV2":
		schedule := functions.Schedule{Expression: p.Get("Schedule"), Zone: p.Get("ScheduleExpressionTimezone"), Input: p.Get("Input"), Attempts: p.Get("RetryPolicy", "MaximumRetryAttempts")}
		if schedule.Expression == nil {
			schedule.Expression = p.Get("ScheduleExpression")
		}
		if schedule.Enabled = p.Get("Enabled"); schedule.Enabled == nil {
			schedule.Enabled = p.Get("State")
		}
		f.Skip(p.Child("Name"), p.Child("Description"))
		t = t.Schedule(schedule)
	case "SQS":
		t = t.Queue(functions.Queue{
			Source: p.Get("Queue"), Batch: p.Get("BatchSize"), Window: p.Get("MaximumBatchingWindowInSeconds"), Most: p.Get("ScalingConfig", "MaximumConcurrency"),
			Failures: p.Get("FunctionResponseTypes"), Enabled: p.Get("Enabled"), Filter: p.Get("FilterCriteria"),
		})
	case "S3":
		events := functions.Items(p.Get("Events"))
		if !functions.Created(events) {
			f.Others = append(f.Others, "objects that are deleted or changed")
			f.Leave(n, "only new objects of a bucket start a service", true)
			return
		}
		u := functions.Uploads{Bucket: p.Get("Bucket"), Events: events}
		r.filter(&u, p.Get("Filter", "S3Key", "Rules"))
		t = t.Uploads(u)
	default:
		f.Others = append(f.Others, "an event of the kind "+kind)
		f.Leave(n, Other(kind), true)
		return
	}
	f.Triggers = append(f.Triggers, t)
}

// Other says what to do about an event that a spec does not have.
func Other(kind string) string {
	switch kind {
	case "SNS", "sns":
		return "no topic starts a service: subscribe a queue to it, and take its messages with queue"
	case "EventBridgeRule", "CloudWatchEvent", "eventBridge", "cloudwatchEvent":
		return "no event bus starts a service: have the rule send to a queue, and take its messages with queue"
	case "DynamoDB", "Kinesis", "MSK", "SelfManagedKafka", "stream", "msk", "kafka", "MQ", "DocumentDB":
		return "no stream starts a service: have a pipe send to a queue, and take its messages with queue"
	}
	return "starts no service: a service answers requests, or is started by a queue, uploads or a schedule"
}

func (r *reading) filter(u *functions.Uploads, rules *source.Node) {
	for _, rule := range rules.List() {
		switch strings.ToLower(rule.Get("Name").String()) {
		case "prefix":
			u.Prefix = rule.Get("Value")
		case "suffix":
			u.Suffix = rule.Get("Value")
		}
		rule.Child("Name").See()
	}
}

// route reads a route of a function.
func (r *reading) route(f *functions.Function, t functions.Trigger, kind string, p *source.Node) {
	routes, why := functions.Routes(p.Get("Method").String(), p.Get("Path").String())
	if why != "" && routes == nil {
		f.Leave(t.At, why, true)
		return
	}
	at := cmp.Or(p.Get("Path"), p, t.At)
	t.Kind, t.HTTP = "http", &functions.HTTP{Routes: routes, At: at, Why: why, Old: kind == "Api"}
	name, api := r.target(p.Get("RestApiId"))
	section := "RestApi"
	if kind == "HttpApi" {
		name, api = r.target(p.Get("ApiId"))
		section = "HttpApi"
	}
	settings := properties{api.Get("Properties"), r.globals.Get(map[string]string{"RestApi": "Api", "HttpApi": "HttpApi"}[section])}
	r.used[name] = true
	t.HTTP.Authorizer = r.authorizer(p.Get("Auth"), settings.get("Auth"))
	f.Skip(p.Get("Method"), p.Get("RestApiId"), p.Get("ApiId"))
	if cors := settings.get("CorsConfiguration"); cors != nil {
		t.HTTP.CORS = corsOf(cors, "Allow")
	} else if cors := settings.get("Cors"); cors != nil {
		t.HTTP.CORS = corsOf(cors, "Allow")
	}
	f.Leave(p.Get("RequestParameters"), "the app checks its requests itself", true)
	f.Leave(p.Get("RequestModel"), "the app checks its requests itself", true)
	if seconds, ok := p.Get("TimeoutInMillis").Int(); ok && seconds > 0 {
		f.Leave(p.Get("TimeoutInMillis"), "a service has one timeout", false)
	}
	f.Skip(p.Get("PayloadFormatVersion"))
	f.Triggers = append(f.Triggers, t)
}

// authorizer is who may call a route, by what it and its API say.
func (r *reading) authorizer(own, api *source.Node) *functions.Authorizer {
	name := own.Get("Authorizer")
	if name == nil {
		name = api.Get("DefaultAuthorizer")
	}
	if name == nil {
		if key := own.Get("ApiKeyRequired"); key.String() == "true" {
			return &functions.Authorizer{At: key, Kind: "callers with an API key"}
		}
		if key := api.Get("ApiKeyRequired"); key.String() == "true" && !own.Has("ApiKeyRequired") {
			return &functions.Authorizer{At: key, Kind: "callers with an API key"}
		}
		return nil
	}
	switch text := name.String(); text {
	case "NONE", "":
		name.See()
		return nil
	case "AWS_IAM":
		return &functions.Authorizer{At: name, Kind: "callers with rights in AWS"}
	}
	of := api.Get("Authorizers", name.String())
	if jwt := of.Get("JwtConfiguration"); jwt != nil {
		a := &functions.Authorizer{At: name, Kind: "callers with a token", Issuer: jwt.Get("issuer"), Audience: jwt.Get("audience")}
		if a.Issuer == nil {
			a.Issuer = of.Open("${"+name.String()+"}", "names no issuer")
		}
		of.See()
		return a
	}
	if pool := of.Get("UserPoolArn"); pool != nil {
		of.See()
		id := pool.Text
		if logical, _ := functions.Refers(pool); logical != "" {
			id = "${" + logical + "}"
		} else if i := strings.LastIndex(id, "/"); i >= 0 {
			id = id[i+1:]
		}
		return &functions.Authorizer{
			At: name, Kind: "callers with a token",
			Issuer: pool.Open("https://cognito-idp.${AWS::Region}.amazonaws.com/"+id, "is a user pool of Cognito's, whose region and audience the files do not say"),
		}
	}
	of.See()
	return &functions.Authorizer{At: name, Kind: "what the authorizer " + name.String() + " lets through"}
}

// corsOf reads which pages may call an API. Lists are lists, or quoted text with commas.
func corsOf(n *source.Node, prefix string) *functions.CORS {
	c := &functions.CORS{At: n}
	list := func(keys ...string) []string {
		for _, key := range keys {
			v := n.Get(key)
			if v == nil {
				continue
			}
			var all []string
			items := v.List()
			if v.Kind == source.Scalar {
				items = nil
				for _, part := range strings.Split(v.Text, ",") {
					items = append(items, v.Value(part))
				}
			}
			for _, item := range items {
				all = append(all, strings.Trim(strings.TrimSpace(item.Text), "'\""))
			}
			return all
		}
		return nil
	}
	if n.Kind == source.Scalar {
		if text := strings.Trim(n.Text, "'\""); text == "true" || text == "*" {
			c.Origins = []string{"*"}
		} else if text != "false" {
			c.Origins = []string{text}
		}
		return c
	}
	c.Origins = list(prefix+"Origins", prefix+"Origin")
	c.Methods = list(prefix + "Methods")
	c.Headers = list(prefix + "Headers")
	c.Credentials = n.Get(prefix+"Credentials").String() == "true"
	c.MaxAge, _ = strconv.Atoi(strings.Trim(n.Get("MaxAge").String(), "'\""))
	return c
}
