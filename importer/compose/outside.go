package compose

import (
	"path"
	"slices"
	"strings"

	"ambi/importer/draft"
	"ambi/importer/source"
	"ambi/internal/lazyregexp"
	"ambi/spec"
)

// kind is what an image is known for that is no service of an app.
type kind struct {
	images *lazyregexp.Regexp
	why    string
	bucket bool // it becomes a bucket
}

// kinds are images that run beside an app, by their names without registry, folder and tag.
func kinds() []kind {
	const outside = "stays outside the app, since its data must outlive it: "
	return []kind{
		{postgres, outside + "say postgres under data, with a version and a class, and connect under uses, which gives the service its address and its secret; or write the address of another one under env", false},
		{mysql, outside + "use Amazon RDS, or one in the cluster, and write its address under env", false},
		{redis, outside + "say valkey under data, and connect under uses, which gives the service its address; or write the address of another one under env", false},
		{dynamo, "stands for DynamoDB: say under data which tables there are, and under uses which service uses them", false},
		{cloud, "stands for AWS itself: say under data which buckets, queues and tables there are, and under uses which service uses them", false},
		{minio, "", true},
		{minioClient, "makes buckets in MinIO: those under data are made by the data's stack", false},
		{broker, outside + "use one that is run for you, or a queue under data", false},
		{store, outside + "use one that is run for you, or one in the cluster, and write its address under env", false},
		{proxy, "API Gateway, or the cluster's Ingress or Gateway, leads requests to services", false},
		{watcher, "looks after the machine's containers; a cluster and Lambda look after theirs", false},
	}
}

var (
	postgres    = lazyregexp.New(`^(postgres|postgresql|postgis|timescaledb(-ha)?|pgvector|pgautoupgrade|postgres-.*|cockroach|pgbouncer)$`)
	mysql       = lazyregexp.New(`^(mysql|mysql-server|mariadb|percona(-server)?|mssql/server|azure-sql-edge)$`)
	redis       = lazyregexp.New(`^(redis|redis-stack(-server)?|valkey|keydb|dragonfly|memcached|redis-sentinel|redis-cluster)$`)
	dynamo      = lazyregexp.New(`^(dynamodb-local)$`)
	cloud       = lazyregexp.New(`^(localstack(-pro)?|elasticmq(-native)?|goaws|moto|fake-gcs-server|azurite)$`)
	minio       = lazyregexp.New(`^(minio)$`)
	minioClient = lazyregexp.New(`^(mc|minio-client)$`)
	broker      = lazyregexp.New(`^(rabbitmq|kafka|cp-kafka|cp-server|kafka-native|redpanda|zookeeper|cp-zookeeper|nats|nats-streaming|activemq.*|eclipse-mosquitto|pulsar|nsq|cp-schema-registry|beanstalkd)$`) //nolint:misspell // a broker is called so
	store       = lazyregexp.New(`^(mongo|mongodb|mongodb-community-server|elasticsearch(-oss)?|opensearch|clickhouse(-server)?|cassandra|scylla|influxdb|etcd|neo4j|couchdb|consul|rethinkdb|arangodb|solr|meilisearch|typesense|qdrant|weaviate|milvus|vault)$`)
	proxy       = lazyregexp.New(`^(traefik|nginx-proxy|nginx-proxy-manager|caddy-docker-proxy|acme-companion|letsencrypt-nginx-proxy-companion|docker-gen|swag)$`)
	watcher     = lazyregexp.New(`^(watchtower|autoheal|portainer(-ce|-ee)?|cadvisor|node-exporter|dozzle)$`)
)

// kindOf is what an image is known for.
func kindOf(image string) (kind, bool) {
	name, _, _ := strings.Cut(image, "@")
	folder, last := path.Split(name)
	last, _, _ = strings.Cut(last, ":")
	if strings.HasSuffix(folder, "mssql/") {
		last = "mssql/" + last // whose own name is server
	}
	for _, k := range kinds() {
		if k.images.MatchString(last) {
			return k, true
		}
	}
	return kind{}, false
}

// used notes that a service uses what becomes a bucket.
func (s *service) used(by *service) {
	if s.kind.bucket {
		s.users = append(s.users, by)
	}
}

// buckets turns MinIO into a bucket of the app's data, which its users may read and write.
func (im *importer) buckets() {
	for _, b := range im.outside {
		if !b.kind.bucket {
			continue
		}
		for _, s := range im.services {
			if depends := s.node.Get("depends_on"); depends != nil && slices.Contains(depends.Keys, b.name) {
				b.used(s)
			}
		}
		name := im.app.ServiceName(b.name)
		im.app.Set("data."+name+".bucket", map[string]any{})
		for _, s := range b.users {
			s.draft.SetIn([]string{"uses"}, name, []string{"read", "write", "delete"})
			s.draft.Set("kubernetes.identity", "pod-identity")
		}
		b.Note(b.node, draft.Item{
			Fate: draft.Approximated, To: "data." + name, Changes: true,
			Why: "becomes a bucket in S3, whose name its users have in " + spec.DataVariables(name, "bucket")[0] + ": they ask S3 itself, as the role that they run as",
		})
		b.Rest(b.node, saysNothing(reason{}), func(*source.Node) (string, bool) { return "configures MinIO, which S3 stands in for", false })
	}
}
