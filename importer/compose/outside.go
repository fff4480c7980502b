package compose

import (
	"path"
	"strings"

	"ambi/internal/lazyregexp"
)

// kind is what an image is known for that is no service of an app.
type kind struct {
	images *lazyregexp.Regexp
	why    string // why it stays outside; empty of what becomes data
	data   string // the kind of data that it becomes, such as bucket
}

// kinds are images that run beside an app, by their names without registry, folder and tag.
func kinds() []kind {
	const outside = "stays outside the app, since its data must outlive it: "
	return []kind{
		{postgres, "", "postgres"},
		{pooler, outside + "say existing: true of postgres under data for its database, or write its address under env", ""},
		{mysql, outside + "use Amazon RDS, or one in the cluster, and write its address under env", ""},
		{redis, "", "valkey"},
		{modules, outside + "say valkey under data where the app needs none of its modules; or write the address of another one under env", ""},
		{memcached, outside + "say valkey under data where the app can speak to it, or write the address of another one under env", ""},
		{dynamo, "stands for DynamoDB: say under data which tables there are, and under uses which service uses them", ""},
		{cloud, "stands for AWS itself: say under data which buckets, queues and tables there are, and under uses which service uses them", ""},
		{minio, "", "bucket"},
		{minioClient, "makes buckets in MinIO: those under data are made by the data's stack", ""},
		{broker, outside + "use one that is run for you, or a queue under data", ""},
		{store, outside + "use one that is run for you, or one in the cluster, and write its address under env", ""},
		{proxy, "API Gateway, or the cluster's Ingress or Gateway, leads requests to services", ""},
		{watcher, "looks after the machine's containers; a cluster and Lambda look after theirs", ""},
	}
}

var (
	postgres    = lazyregexp.New(`^(postgres|postgresql|postgis|pgvector|pgautoupgrade|postgres-.*)$`)
	pooler      = lazyregexp.New(`^(cockroach|timescaledb(-ha)?|pgbouncer|pgpool|pgcat|postgresql-repmgr)$`)
	mysql       = lazyregexp.New(`^(mysql|mysql-server|mariadb|percona(-server)?|mssql/server|azure-sql-edge)$`)
	redis       = lazyregexp.New(`^(redis|valkey|keydb|dragonfly)$`)
	modules     = lazyregexp.New(`^(redismod|redis-stack(-server)?|redis-sentinel|redis-cluster|valkey-bundle|valkey-sentinel|valkey-cluster)$`)
	memcached   = lazyregexp.New(`^(memcached)$`)
	dynamo      = lazyregexp.New(`^(dynamodb-local)$`)
	cloud       = lazyregexp.New(`^(localstack(-pro)?|elasticmq(-native)?|goaws|moto|fake-gcs-server|azurite)$`)
	minio       = lazyregexp.New(`^(minio)$`)
	minioClient = lazyregexp.New(`^(mc|minio-client)$`)
	broker      = lazyregexp.New(`^(rabbitmq|kafka|cp-kafka|cp-server|kafka-native|redpanda|zookeeper|cp-zookeeper|nats|nats-streaming|activemq.*|eclipse-mosquitto|pulsar|nsq|cp-schema-registry|beanstalkd)$`) //nolint:misspell // a broker is called so
	store       = lazyregexp.New(`^(mongo|mongodb|mongodb-community-server|elasticsearch(-oss)?|opensearch|clickhouse(-server)?|cassandra|scylla|influxdb|etcd|neo4j|couchdb|consul|rethinkdb|arangodb|solr|meilisearch|typesense|qdrant|weaviate|milvus|vault)$`)
	proxy       = lazyregexp.New(`^(traefik|nginx-proxy|nginx-proxy-manager|caddy-docker-proxy|acme-companion|letsencrypt-nginx-proxy-companion|docker-gen|swag)$`)
	webServer   = lazyregexp.New(`^(nginx|nginx-unprivileged|openresty|httpd|caddy|haproxy|envoy)$`)
	watcher     = lazyregexp.New(`^(watchtower|autoheal|portainer(-ce|-ee)?|cadvisor|node-exporter|dozzle)$`)
)

// kindOf is what an image is known for.
func kindOf(image string) (kind, bool) {
	folder, last := imageName(image)
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

// isServer reports whether a service's image is a web server, which an app may have in front of it.
func (s *service) isServer() bool {
	_, name := imageName(s.image)
	return webServer.MatchString(name)
}

// imageName is an image's own name, and the registry and folders before it.
func imageName(image string) (folder, name string) {
	image, _, _ = strings.Cut(image, "@")
	folder, name = path.Split(image)
	name, _, _ = strings.Cut(name, ":")
	return folder, name
}
