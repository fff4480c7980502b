# Commands for contributors. They need Go, make and git; other tools are taken from PATH or
# built into .bin/ from the modules under tools/.

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help go tools preview test test-page test-hpa delivery test-delivery cluster test-cluster race fuzz lint cross-vet generate charts check bench dist clean

BIN := .bin
export AMBI_TOOLS ?= $(CURDIR)/$(BIN)
GOTEST ?= go test

# The user's own Pulumi comes first; its language host is beside it, or also on PATH.
PULUMI := $(shell command -v pulumi)
HOST := $(or $(shell command -v pulumi-language-go),$(wildcard $(dir $(realpath $(PULUMI)))pulumi-language-go))
TOOLS := $(if $(PULUMI),,$(BIN)/pulumi) $(if $(and $(PULUMI),$(HOST)),,$(BIN)/pulumi-language-go)

# The version that the CLI reports is set when it is linked.
CLI_VERSION = $(shell sed -n 's,.*github.com/pulumi/pulumi/pkg/v3 ,,p' tools/pulumi/go.mod | head -n 1)
VERSION_VARIABLE := github.com/pulumi/pulumi/sdk/v3/go/common/version.Version

# The parts of the cluster that test-cluster starts, the tools that check objects and query
# the cluster, and the provider that deploys to it.
CLUSTER_PARTS := etcd kube-apiserver kube-controller-manager kube-scheduler kwok metrics-server
CLUSTER := $(CLUSTER_PARTS:%=$(BIN)/%) $(BIN)/keda-operator $(BIN)/keda-adapter $(BIN)/kube-score $(BIN)/kubectl $(BIN)/pulumi-resource-kubernetes

help: ## show this help
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 20

tools: go $(TOOLS) ## get the Pulumi engine: from PATH, or built into .bin/ (6 minutes the first time)
	@echo "pulumi: $(or $(PULUMI),$(BIN)/pulumi)"

preview: tools ## preview the data and both stacks, without an account or a cluster, then show the plan and the comparison
	go run ./cmd/ambi preview --offline
	go run ./cmd/ambi plan
	go run ./cmd/ambi compare

test: tools ## vet and test everything (5 minutes of compiling the first time)
	go vet ./...
	$(GOTEST) ./...

test-page: go ## test the comparison page in Chromium (needs Node, npm and Chromium)
	scripts/test-page

test-hpa: go ## compare the autoscaler's arithmetic with Kubernetes' own controller (2 minutes of compiling the first time)
	cd tools/hpa && $(GOTEST) -count=1 -timeout 10m .

delivery: go $(BIN)/bento $(BIN)/aws-lambda-rie

test-delivery: delivery ## deliver messages to the example app with Bento and with Lambda's emulator (9 minutes of building the first time)
	$(GOTEST) -tags delivery -count=1 -timeout 15m ./internal/delivery

cluster: go $(CLUSTER)

test-cluster: tools cluster ## deploy to a real Kubernetes API server (25 minutes of building the first time)
	$(GOTEST) -tags cluster -count=1 -timeout 30m -parallel 4 -v -run '^Test(Cluster|KEDA)$$' ./internal/cluster

race: go ## test all packages that do not compile a provider SDK under the race detector
	go test -race $$(scripts/packages-without-sdks)

# Time for each target, as Go writes it; see scripts/fuzz.
FUZZTIME ?= 30s

fuzz: go ## run every fuzz target for FUZZTIME (default 30s): make fuzz FUZZTIME=5m
	@FUZZTIME=$(FUZZTIME) scripts/fuzz

lint: go $(BIN)/golangci-lint ## lint, including the direction of imports
	$(BIN)/golangci-lint run ./...

# Vetting compiles all imports for each platform, which for the provider SDKs would take
# minutes and gigabytes, so only packages whose tests import neither SDK are vetted.
cross-vet: go ## vet all packages that do not compile a provider SDK for macOS, Windows and arm64
	GOOS=darwin GOARCH=arm64 go vet $$(scripts/packages-without-sdks)
	GOOS=windows GOARCH=amd64 go vet $$(scripts/packages-without-sdks)
	GOOS=linux GOARCH=arm64 go vet $$(scripts/packages-without-sdks)

generate: go ## update everything generated: stacks/, the golden projects, the JSON schemas, pages of docs/
	go test ./generator ./internal/updateimpact ./internal/kinds ./internal/reference -run '^(TestGolden|TestPage)$$' -update
	go test ./compare ./cmd/ambi -run '^TestSchemas?$$' -update
	go run ./cmd/ambi generate

charts: ## rebuild the chart library of the comparison page from tools/charts (needs npm)
	cd tools/charts && npm ci --no-fund --no-audit && npm run build

check: go ## fail if something generated is stale, or a result could differ between machines
	go run ./cmd/ambi generate --check
	go run ./cmd/ambi diff # --check lets edits pass, and here there must be none
	scripts/update-project-module --check
	scripts/check-portable-floats

bench: tools ## run the benchmarks
	go test -run '^$$' -bench . -benchmem $$(scripts/packages-without-sdks)
	AMBI_BENCH=9 go test ./internal/engine -run AgainstHandWritten -v -count=1 -timeout 30m

dist: go ## build a release into dist/: archives for Linux, macOS and Windows with completions, and checksums
	go run ./internal/dist

clean: ## remove everything built; Go's caches stay
	rm -rf $(BIN) dist .dist-* stacks/bin app/build internal/engine/testdata/tiny/stacks/bin

go:
	@command -v go >/dev/null || { echo "go is not on PATH: install Go from https://go.dev/dl" >&2; exit 1; }

$(BIN)/pulumi: tools/pulumi/go.mod | go
	@scripts/build-tool tools/pulumi github.com/pulumi/pulumi/pkg/v3/cmd/pulumi $@ \
		"the Pulumi CLI $(CLI_VERSION): 5 minutes the first time" "-X $(VERSION_VARIABLE)=$(CLI_VERSION)"

$(BIN)/pulumi-language-go: tools/language-go/pulumi-language-go $(BIN)/pulumi-language-go-host
	@cp $< $@ && chmod +x $@

$(BIN)/pulumi-language-go-host: tools/language-go/go.mod | go
	@scripts/build-tool tools/language-go github.com/pulumi/pulumi/sdk/v3/go/pulumi-language-go $@ \
		"Pulumi's Go language host: 1 minute the first time"

$(BIN)/golangci-lint: tools/lint/go.mod | go
	@scripts/build-tool tools/lint github.com/golangci/golangci-lint/v2/cmd/golangci-lint $@ \
		"golangci-lint: 4 minutes the first time"

$(BIN)/gotestsum: tools/gotestsum/go.mod | go
	@scripts/build-tool tools/gotestsum gotest.tools/gotestsum $@ "gotestsum, which counts tests: 1 minute the first time"

# Built without cgo: a C compiler is not needed for them.
$(BIN)/bento $(BIN)/aws-lambda-rie: export CGO_ENABLED = 0

$(BIN)/bento: tools/bento/go.mod tools/bento/main.go | go
	@scripts/build-tool tools/bento . $@ "Bento, which takes messages from queues: 9 minutes the first time"

$(BIN)/aws-lambda-rie: tools/rie/go.mod | go
	@scripts/build-tool tools/rie github.com/aws/aws-lambda-runtime-interface-emulator/cmd/aws-lambda-rie $@ \
		"AWS's emulator of Lambda's runtime: 1 minute the first time"

# One module pins all parts, so that they share most of what is compiled. The API
# server serves as the version that is set when it is linked.
KUBERNETES = $(shell sed -n 's,.*k8s.io/kubernetes v,,p' tools/cluster/go.mod | head -n 1)
KUBERNETES_PARTS = $(subst ., ,$(KUBERNETES))
KUBERNETES_FLAGS = $(foreach set,gitVersion=v$(KUBERNETES) gitMajor=$(word 1,$(KUBERNETES_PARTS)) \
	gitMinor=$(word 2,$(KUBERNETES_PARTS)) gitTreeState=clean,-X k8s.io/component-base/version.$(set))

# Built without cgo: a C compiler is not needed for them.
$(CLUSTER): export CGO_ENABLED = 0

$(BIN)/etcd: tools/cluster/go.mod | go
	@scripts/build-tool tools/cluster go.etcd.io/etcd/server/v3 $@ "etcd: 1 minute the first time"

$(BIN)/kube-%: tools/cluster/go.mod | go
	@scripts/build-tool tools/cluster k8s.io/kubernetes/cmd/kube-$* $@ \
		"kube-$* $(KUBERNETES): up to 6 minutes the first time" "$(KUBERNETES_FLAGS)"

$(BIN)/kwok: tools/cluster/go.mod | go
	@scripts/build-tool tools/cluster sigs.k8s.io/kwok/cmd/kwok $@ "kwok, which stands in for nodes: 2 minutes the first time"

$(BIN)/metrics-server: tools/cluster/go.mod | go
	@scripts/build-tool tools/cluster sigs.k8s.io/metrics-server/cmd/metrics-server $@ "metrics-server: 1 minute the first time"

$(BIN)/keda-%: tools/keda/go.mod | go
	@scripts/build-tool tools/keda github.com/kedacore/keda/v2/cmd/$* $@ "KEDA's $*: 4 minutes the first time"

$(BIN)/kube-score: tools/kube-score/go.mod | go
	@scripts/build-tool tools/kube-score github.com/zegl/kube-score/cmd/kube-score $@ "kube-score: 1 minute the first time"

$(BIN)/kubectl: tools/kubectl/go.mod tools/kubectl/main.go | go
	@scripts/build-tool tools/kubectl . $@ "kubectl: 1 minute the first time"

# The provider embeds two files of its own module, which are not ours to keep.
PROVIDER := github.com/pulumi/pulumi-kubernetes/provider/v4
PROVIDER_VERSION = $(shell sed -n 's,.*pulumi-kubernetes/sdk/v4 v,,p' go.mod | head -n 1)

$(BIN)/pulumi-resource-kubernetes: tools/provider-kubernetes/go.mod tools/provider-kubernetes/main.go | go
	@cd tools/provider-kubernetes && go mod download $(PROVIDER) && \
		for file in schema terraform-mapping; do \
			cat "$$(go list -m -f '{{.Dir}}' $(PROVIDER))/cmd/pulumi-resource-kubernetes/$$file.json" >$$file.json || exit 1; \
		done
	@scripts/build-tool tools/provider-kubernetes . $@ \
		"Pulumi's Kubernetes provider: 7 minutes the first time" "-X main.version=$(PROVIDER_VERSION)"
