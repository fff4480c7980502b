package serverless

import (
	"cmp"
	"strings"

	"ambi/importer/cloudformation"
	"ambi/importer/functions"
	"ambi/importer/source"
)

// event reads one event of a function: a mapping with one key, its kind.
func (r *reading) event(f *functions.Function, event *source.Node) {
	if event.Kind != source.Map || len(event.Keys) == 0 {
		f.Leave(event, "is no event that ambi reads", true)
		return
	}
	kind := event.Keys[0]
	n := event.Child(kind)
	t := functions.Trigger{Object: f.Object, Name: kind, At: n}
	switch kind {
	case "http", "httpApi":
		r.route(f, t, n, kind == "http")
	case "schedule":
		rates := functions.Items(cmp.Or(n.Get("rate"), n))
		for _, rate := range rates {
			t := t
			t.At = rate
			if name := n.Get("name"); name.String() != "" && name.Why == "" && len(rates) == 1 {
				t.Name = name.Text
			}
			s := functions.Schedule{Expression: rate}
			if n.Kind == source.Map {
				s.Input, s.Zone, s.Enabled = n.Get("input"), n.Get("timezone"), n.Get("enabled")
				f.Skip(n.Child("name"), n.Child("description"), n.Child("method"))
			}
			f.Triggers = append(f.Triggers, t.Schedule(s))
		}
	case "sqs":
		q := functions.Queue{Source: n}
		if n.Kind == source.Map {
			q = functions.Queue{
				Source: n.Get("arn"), Batch: n.Get("batchSize"), Window: n.Get("maximumBatchingWindow"), Most: n.Get("maximumConcurrency"),
				Failures: n.Get("functionResponseType"), Enabled: n.Get("enabled"), Filter: n.Get("filterPatterns"),
			}
		}
		f.Triggers = append(f.Triggers, t.Queue(q))
	case "s3":
		r.uploads(f, t, n)
	default:
		f.Others = append(f.Others, "an event of the kind "+kind)
		f.Leave(event, cloudformation.Other(kind), true)
	}
}

// route reads a route: a method and a path, in one text or two keys.
func (r *reading) route(f *functions.Function, t functions.Trigger, n *source.Node, old bool) {
	method, path := "", ""
	at := n
	if n.Kind == source.Map {
		method, path = n.Get("method").String(), n.Get("path").String()
		at = cmp.Or(n.Get("path"), n)
		f.Skip(n.Get("method"))
	} else if fields := strings.Fields(n.Text); len(fields) == 2 {
		method, path = fields[0], fields[1]
	} else if len(fields) == 1 {
		path = fields[0]
	}
	if n.Why != "" || at.Why != "" {
		f.Leave(at, cmp.Or(at.Why, n.Why)+": write its routes", true)
		return
	}
	if old && strings.Trim(path, "/") == "" {
		path = "/"
	}
	routes, why := functions.Routes(method, path)
	if routes == nil {
		f.Leave(at, why, true)
		return
	}
	t.Kind, t.HTTP = "http", &functions.HTTP{Routes: routes, At: at, Why: why, Old: old}
	t.HTTP.Authorizer = r.authorizer(n, old)
	for _, cors := range []*source.Node{n.Get("cors"), r.provider.Get("httpApi", "cors")} {
		if cors != nil && (old == (cors == n.Get("cors"))) && cors.String() != "false" {
			t.HTTP.CORS = corsOf(cors)
		}
	}
	f.Triggers = append(f.Triggers, t)
}

// corsOf reads which pages may call an API; true stands for all of them.
func corsOf(n *source.Node) *functions.CORS {
	c := &functions.CORS{At: n}
	if n.Kind == source.Scalar {
		c.Origins = []string{"*"}
		return c
	}
	list := func(keys ...string) []string {
		var all []string
		for _, key := range keys {
			for _, item := range functions.Items(n.Get(key)) {
				for _, part := range strings.Split(item.Text, ",") {
					all = append(all, strings.Trim(strings.TrimSpace(part), "'\""))
				}
			}
		}
		return all
	}
	c.Origins = list("origin", "origins", "allowedOrigins")
	c.Methods, c.Headers = list("allowedMethods", "methods"), list("headers", "allowedHeaders")
	c.Credentials = cmp.Or(n.Get("allowCredentials"), n.Get("allowedCredentials")).String() == "true"
	c.MaxAge, _ = n.Get("maxAge").Int()
	if len(c.Origins) == 0 {
		c.Origins = []string{"*"}
	}
	if c.Origins[0] == "*" {
		c.Credentials = false
	}
	return c
}

// authorizer is who may call a route.
func (r *reading) authorizer(n *source.Node, old bool) *functions.Authorizer {
	if n.Kind != source.Map {
		return nil
	}
	if key := n.Get("private"); key.String() == "true" {
		return &functions.Authorizer{At: key, Kind: "callers with an API key"}
	}
	by := n.Get("authorizer")
	if by == nil {
		return nil
	}
	kind := cmp.Or(by.Get("type").String(), by.String())
	name := cmp.Or(by.Get("name").String(), by.String())
	if strings.EqualFold(kind, "aws_iam") {
		return &functions.Authorizer{At: by, Kind: "callers with rights in AWS"}
	}
	if of := r.provider.Get("httpApi", "authorizers", name); !old && of != nil {
		if issuer := cmp.Or(of.Get("issuerUrl"), of.Get("issuer")); issuer != nil && !strings.EqualFold(of.Get("type").String(), "request") {
			audience := of.Get("audience")
			if audience != nil && audience.Kind == source.Scalar {
				list := audience.Empty(source.List)
				list.Items = []*source.Node{audience}
				audience = list
			}
			of.See()
			return &functions.Authorizer{At: by, Kind: "callers with a token", Issuer: issuer, Audience: audience}
		}
		r.checks[of.Get("functionName").String()] = true
	}
	if arn := cmp.Or(by.Get("arn"), by); strings.Contains(strings.ToLower(kind), "cognito") || strings.Contains(arn.Text, ":cognito-idp:") || strings.Contains(arn.Text, "UserPool") {
		id := arn.Text
		if logical, _ := functions.Refers(arn); logical != "" {
			id = "${" + logical + "}"
		}
		return &functions.Authorizer{
			At: by, Kind: "callers with a token",
			Issuer: by.Open("https://cognito-idp.${AWS::Region}.amazonaws.com/"+id[strings.LastIndex(id, "/")+1:], "is a user pool of Cognito's, whose region and audience the file does not say"),
		}
	}
	r.checks[name] = true
	return &functions.Authorizer{At: by, Kind: "what the authorizer " + name + " lets through"}
}

// uploads reads a bucket whose new objects start a function. One that no resource is comes with
// the event, unless it exists.
func (r *reading) uploads(f *functions.Function, t functions.Trigger, n *source.Node) {
	bucket := n
	u := functions.Uploads{}
	if n.Kind == source.Map {
		bucket = n.Get("bucket")
		u.Events = functions.Items(n.Get("event"))
		if !functions.Created(u.Events) {
			f.Others = append(f.Others, "objects that are deleted or changed")
			f.Leave(n, "only new objects of a bucket start a service", true)
			return
		}
		for _, rule := range n.Get("rules").List() {
			u.Prefix, u.Suffix = cmp.Or(rule.Get("prefix"), u.Prefix), cmp.Or(rule.Get("suffix"), u.Suffix)
		}
		if n.Get("existing").String() == "true" {
			f.Skip(n.Get("existing"))
			u.Bucket = bucket
			f.Triggers = append(f.Triggers, t.Uploads(u))
			return
		}
	}
	u.Bucket = bucket
	f.Triggers = append(f.Triggers, t.Uploads(u))
	if bucket == nil || bucket.Why != "" || r.buckets[bucket.Text] {
		return
	}
	r.buckets[bucket.Text] = true
	r.app.Implied = append(r.app.Implied, &functions.Datum{
		Object: f.Object, Node: bucket, Logical: bucket.Text, Physical: bucket.Text, Kind: "bucket",
		Fill: func(*functions.App, *functions.Datum, string) {},
	})
}
