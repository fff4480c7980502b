package generator

import (
	"cmp"
	"path"
	"slices"
	"strings"

	"ambi/internal/goname"
	"ambi/target/data"
)

// dataFeatures are in the order in which their parts stand in a file. They are of one
// of the data each; whatever is not its own kind's is empty.
//
//nolint:gochecknoglobals // a constant in all but name
var dataFeatures = []feature[datum]{
	{"bucket", func(d datum) bool { return d.Bucket != nil && !d.Bucket.Existing }},
	{"versioning", func(d datum) bool { return d.Bucket != nil && d.Bucket.Versioning }},
	{"expire", func(d datum) bool { return d.Bucket != nil && d.Bucket.ExpireDays > 0 }},
	{"cors", func(d datum) bool { return d.Bucket != nil && d.Bucket.CORS != nil }},
	{"uploads", func(d datum) bool { return d.Bucket != nil && len(d.Bucket.Uploads) > 0 }},
	{"queue", func(d datum) bool { return d.Queue != nil && !d.Queue.Existing }},
	{"fifo", func(d datum) bool { return d.Queue != nil && d.Queue.FIFO && !d.Queue.Existing }},
	{"notified", func(d datum) bool { return d.Notified() }},
	{"existing", datum.Existing},
	{"consumed", func(d datum) bool { return d.Queue != nil && d.Queue.Consumer != "" }},
	{"switched", func(d datum) bool { return d.Queue != nil && d.Queue.Switched }},
	{"table", func(d datum) bool { return d.Table != nil }},
	{"subnets", func(d datum) bool { return d.Valkey != nil || d.Postgres != nil && !d.Postgres.Existing }},
	{"group", datum.InNetwork},
	{"database", func(d datum) bool { return d.Postgres != nil }},
	{"postgres", func(d datum) bool { return d.Postgres != nil && !d.Postgres.Existing }},
	{"instance", func(d datum) bool { return d.Postgres != nil && d.Postgres.Class != "" }},
	{"serverless", func(d datum) bool { return d.Postgres != nil && d.Postgres.Serverless != nil }},
	{"valkey", func(d datum) bool { return d.Valkey != nil }},
	{"elsewhere", func(d datum) bool { return d.Postgres != nil && d.Postgres.Existing }},
}

// datum is one of the data; one of its fields is set.
type datum struct {
	Bucket   *data.Bucket
	Queue    *data.Queue
	Table    *data.Table
	Postgres *data.Postgres
	Valkey   *data.Valkey
}

// Existing reports whether this program only passes on where it is.
func (d datum) Existing() bool {
	return d.Queue != nil && d.Queue.Existing || d.Bucket != nil && d.Bucket.Existing
}

// InNetwork reports whether services reach it through the network of a VPC.
func (d datum) InNetwork() bool { return d.Postgres != nil || d.Valkey != nil }

// FIFO reports whether it is a queue that keeps the order of message groups.
func (d datum) FIFO() bool { return d.Queue != nil && d.Queue.FIFO }

// Notified reports whether it is a queue for a bucket's events.
func (d datum) Notified() bool { return d.Queue != nil && d.Queue.Bucket != "" }

// dataView is the program of the data.
type dataView struct {
	App             string
	SettingsImport  string
	StacktestImport string
	Kept            keptWords
	Data            []dataService // each after those that its bucket's events go to
	features        []string
}

func (v dataView) featureNames() (string, []string) { return "data", v.features }

// keptWords name the kinds of data that there are.
type keptWords struct {
	Plural  string // such as "buckets and queues"
	Each    string // such as "bucket and queue"
	Buckets bool   // are among them
}

// wordsOf names the kinds of a model's data. Where there are no tables it names buckets and
// queues, whichever of them there are.
func wordsOf(m *data.Model) keptWords {
	kinds := []string{"bucket", "queue"}
	if m != nil && len(m.Tables)+len(m.Postgres)+len(m.Caches) > 0 {
		kinds = nil
		for _, s := range dataOf(m) {
			kinds = append(kinds, s.called())
		}
		slices.Sort(kinds)
		kinds = slices.Compact(kinds)
	}
	var plurals []string
	for _, kind := range kinds {
		plurals = append(plurals, kind+"s")
	}
	return keptWords{Plural: sentence(plurals, "and"), Each: sentence(kinds, "and"), Buckets: slices.Contains(kinds, "bucket")}
}

// sentence joins words as one does: a, b and c.
func sentence(words []string, last string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:len(words)-1], ", ") + " " + last + " " + words[len(words)-1]
}

// dataService is the file of one of the data.
type dataService struct {
	datum
	App             string
	Name, Kind      string
	Ident           string // begins its variables
	Title           string // stands within its functions
	File            string
	Uploads         []uploadView
	StacktestImport string
	features        []string
}

func (s dataService) featureNames() (string, []string) { return "data", s.features }

// template is what its file is made of.
func (s dataService) template() string {
	switch {
	case s.Existing():
		return "data/existing.go.tmpl"
	case s.Postgres != nil && s.Postgres.Existing:
		return "data/elsewhere.go.tmpl"
	}
	return "data/" + s.Kind + ".go.tmpl"
}

// called is what one of its kind is called.
func (s dataService) called() string {
	if called, other := map[string]string{"postgres": "database", "valkey": "cache"}[s.Kind]; other {
		return called
	}
	return s.Kind
}

// ARN is one of the form that AWS gives it.
func (s dataService) ARN() string {
	return fake(s.App, data.Output{Data: s.Name, Kind: s.Kind, Key: "arn", FIFO: s.FIFO()})
}

// Key is what the other stacks find it by, beside its ARN.
func (s dataService) Key() string { return map[string]string{"bucket": "name", "queue": "url"}[s.Kind] }

// Location is what that is.
func (s dataService) Location() string {
	return fake(s.App, data.Output{Data: s.Name, Kind: s.Kind, Key: s.Key(), FIFO: s.FIFO()})
}

// uploadView is a filter of a bucket's notifications.
type uploadView struct {
	data.Upload
	Ident string // of the queue
}

// outputView is an output of the data's stacks.
type outputView struct {
	Name string // such as originals.arn
	Fake string // what tests take it for
}

// fieldView is one of the data as the other programs read it.
type fieldView struct{ Name, Type, Reader, Data string }

// dataField is what one of the data is called in Go.
func dataField(name, kind string) string { return goname.Exported(name) + goname.Exported(kind) }

// dataIdent is the same for a variable.
func dataIdent(name, kind string) string { return goname.Unexported(name) + goname.Exported(kind) }

// outputField is where the other programs find an output.
func outputField(o data.Output) string {
	return dataField(o.Data, o.Kind) + "." + map[string]string{
		"name": "Name", "url": "URL", "arn": "ARN", "host": "Host", "port": "Port", "secret": "Secret", "group": "Group",
	}[o.Key]
}

// fake is what tests take an output for.
func fake(app string, o data.Output) string { return o.Example(app+"-"+o.Data+"-fake", "us-east-1") }

// grantView is a statement of a role's policy about data.
type grantView struct {
	data.Grant
	Field   string   // of the data
	Located string   // the field with the ARN
	Named   string   // the data stack's output with it
	Of      string   // the method that names a part of it
	Parts   []string // what the method is asked for; none for the whole
	Listing []string // prefixes that a listing must ask for
}

// Sorted are the actions for comparison.
func (g grantView) Sorted() []string { return slices.Sorted(slices.Values(g.Actions)) }

func grantViews(access data.Access) []grantView {
	var views []grantView
	for _, g := range access.Grants {
		view := grantView{Grant: g, Field: dataField(g.Data, g.Kind), Located: outputField(g.Output()), Named: g.Output().Name()}
		switch {
		case g.Part == data.Secret:
			view.Part = data.Whole // all of what has the ARN
		case g.Part == data.Objects && len(g.Prefixes) == 0:
			view.Of, view.Parts = "Objects", []string{""}
		case g.Part == data.Objects:
			view.Of, view.Parts = "Objects", g.Prefixes
		case g.Part == data.Indexes:
			view.Of, view.Parts = "Index", g.Indexes
		default:
			view.Listing = g.Prefixes
		}
		views = append(views, view)
	}
	return views
}

func usesData(access data.Access) bool { return len(access.Grants)+len(access.Variables) > 0 }

func listsPrefixes(access data.Access) bool {
	return slices.ContainsFunc(access.Grants, func(g data.Grant) bool { return g.Part == data.Whole && len(g.Prefixes) > 0 })
}

func usesIndexes(access data.Access) bool {
	return slices.ContainsFunc(access.Grants, func(g data.Grant) bool { return g.Part == data.Indexes })
}

// dataOf lists the data of a model by kind and name, queues before buckets: a bucket's
// notifications need theirs.
func dataOf(m *data.Model) []dataService {
	var list []dataService
	for i := range m.Queues {
		list = append(list, dataService{datum: datum{Queue: &m.Queues[i]}, Name: m.Queues[i].Name, Kind: "queue"})
	}
	for i := range m.Buckets {
		list = append(list, dataService{datum: datum{Bucket: &m.Buckets[i]}, Name: m.Buckets[i].Name, Kind: "bucket"})
	}
	for i := range m.Tables {
		list = append(list, dataService{datum: datum{Table: &m.Tables[i]}, Name: m.Tables[i].Name, Kind: "table"})
	}
	for i := range m.Caches {
		list = append(list, dataService{datum: datum{Valkey: &m.Caches[i]}, Name: m.Caches[i].Name, Kind: "valkey"})
	}
	for i := range m.Postgres {
		list = append(list, dataService{datum: datum{Postgres: &m.Postgres[i]}, Name: m.Postgres[i].Name, Kind: "postgres"})
	}
	slices.SortStableFunc(list, func(a, b dataService) int { return -cmp.Compare(a.Kind, b.Kind) })
	return list
}

func newDataView(in Input) dataView {
	view := dataView{
		App:             in.App,
		SettingsImport:  path.Join(in.Module, "stacks/settings"),
		StacktestImport: path.Join(in.Module, "stacks/stacktest"),
		Kept:            wordsOf(in.Data),
	}
	var all []datum
	for _, s := range dataOf(in.Data) {
		s.Title = dataField(s.Name, s.Kind)
		s.Ident, s.File = dataIdent(s.Name, s.Kind), goname.File(s.Name, s.Kind)
		s.App, s.StacktestImport = in.App, view.StacktestImport
		s.features = namesOf(dataFeatures, s.datum)
		if s.Bucket != nil {
			for _, u := range s.Bucket.Uploads {
				s.Uploads = append(s.Uploads, uploadView{u, dataIdent(u.Queue, "queue")})
			}
		}
		all = append(all, s.datum)
		view.Data = append(view.Data, s)
	}
	view.features = namesOf(dataFeatures, all...)
	return view
}

// readData adds what the other programs read of the data.
func (v *sharedView) readData(m *data.Model) {
	v.features, v.Kept = []string{"data"}, wordsOf(m)
	for _, o := range m.Outputs() {
		v.Outputs = append(v.Outputs, outputView{Name: o.Name(), Fake: fake(v.App, o)})
	}
	for _, s := range dataOf(m) {
		v.Fields = append(v.Fields, fieldView{dataField(s.Name, s.Kind), goname.Exported(s.Kind), s.Kind, s.Name})
	}
	if len(m.Buckets) > 0 {
		v.features = append(v.features, "bucket")
	}
	if len(m.Queues) > 0 {
		v.features = append(v.features, "queue")
	}
	if len(m.Tables) > 0 {
		v.features = append(v.features, "table")
	}
	if len(m.Caches) > 0 {
		v.features = append(v.features, "valkey")
	}
	if len(m.Postgres) > 0 {
		v.features = append(v.features, "postgres")
	}
	if m.Switched() {
		v.features = append(v.features, "switched")
	}
}
