package price_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"testing/iotest"

	"ambi/compare/price"
	"ambi/internal/pricelist"
)

// serve serves a Price List over HTTP and counts what is asked for.
func serve(t *testing.T, list map[string][]pricelist.Item) (price.Offers, map[string]int) {
	t.Helper()
	asked := map[string]int{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		service, rest, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/offers/v1.0/aws/"), "/")
		items, ok := list[service]
		if !ok || rest != "current/eu-west-1/index.json" {
			http.NotFound(w, r)
			return
		}
		asked[service]++
		w.Write(pricelist.File(service, items))
	}))
	t.Cleanup(server.Close)
	return price.HTTP(server.Client(), server.URL+"/offers/v1.0/aws/"), asked
}

var ireland = price.RefreshOptions{Region: "eu-west-1", Instances: []string{"m7g.large", "m7i.large", "db.t4g.medium"}, Compiled: "2026-11-23"}

func TestRefresh(t *testing.T) {
	server, asked := serve(t, pricelist.Offers())
	fresh, err := price.Refresh(t.Context(), server, book(t), ireland)
	if err != nil {
		t.Fatal(err)
	}
	for service, times := range asked {
		if times != 1 {
			t.Errorf("%s was downloaded %d times", service, times)
		}
	}
	sheet, err := book(t).Overlay(fresh).In("eu-west-1")
	if err != nil {
		t.Fatalf("a refreshed region is not complete: %v", err)
	}
	for key, want := range map[string]string{
		"lambda.requests": "0.0000002", "lambda.duration.arm64": "0.0000133334", "alb.hours": "0.0252", "alb.lcu": "0.008",
		"nat.hours": "0.048", "ec2.m7g.large": "0.091", "ec2.m7i.large": "0.1125", "eks.cluster": "0.1", "fargate.cpu.x86_64": "0.04048",
		"logs.ingestion": "0.57", "httpapi.requests": "0.00000111", "restapi.requests": "0.0000035", "egress.internet": "0.09", "ebs.gp3": "0.088",
		"sqs.requests": "0.0000004", "sqs.fifo": "0.0000005", "s3.storage": "0.023", "s3.writes": "0.000005", "s3.reads": "0.0000004",
		"dynamodb.writes": "0.000000706", "dynamodb.reads": "0.000000141", "dynamodb.storage": "0.283", "dynamodb.backups": "0.2264",
		"rds.storage": "0.127", "rds.backups": "0.095", "rds.db.t4g.medium": "0.072", "aurora.capacity": "0.14", "aurora.storage": "0.11", "aurora.io": "0.00000022", "aurora.backups": "0.022",
		"scheduler.invocations": "0.00000115",
	} {
		r, err := sheet.Rate(key)
		if err != nil {
			t.Error(err)
			continue
		}
		if r.First().String() != want || r.Status != price.Refreshed || r.Effective != "2026-09-19" || len(r.SKUs) == 0 {
			t.Errorf("%s: got %+v, want %s", key, r, want)
		}
	}
	requests, _ := sheet.Rate("lambda.requests")
	if !slices.Equal(requests.UsageTypes, []string{"EU-Request", "EU-Request-ARM"}) || len(requests.SKUs) != 2 {
		t.Errorf("a price of two products keeps %v, %v", requests.SKUs, requests.UsageTypes)
	}
	if requests.Free != 1_000_000 || !sheet.Has("lambda.url") {
		t.Errorf("what holds everywhere is missing: %d requests free, a function URL %v", requests.Free, sheet.Has("lambda.url"))
	}
	if tiers, _ := sheet.Rate("logs.ingestion.lambda"); len(tiers.Tiers) != 4 || tiers.Tiers[3].From != 51200 {
		t.Errorf("tiers: %+v", tiers.Tiers)
	}
	if r, _ := sheet.Rate("httpapi.requests"); r.Tiers[1].From != 300_000_000 {
		t.Errorf("tiers: %+v", r.Tiers)
	}
	if old, _ := book(t).In("us-east-1"); old == nil {
		t.Error("the base book changed")
	}
}

// A free allowance is AWS's, the same everywhere, and not in the Price List.
func TestOverlayKeepsFreeAllowances(t *testing.T) {
	us := pricelist.Offers()
	for _, items := range us {
		for i := range items {
			items[i].Usage = strings.Replace(items[i].Usage, "EU-", "USE1-", 1)
			if items[i].Attributes["regionCode"] != "" {
				items[i].Attributes["regionCode"] = "us-east-1"
			}
		}
	}
	files := fstest.MapFS{}
	for service, items := range us {
		files[service+".json"] = &fstest.MapFile{Data: pricelist.File(service, items)}
	}
	fresh, err := price.Refresh(t.Context(), price.Files(files), book(t), price.RefreshOptions{Region: "us-east-1", Instances: []string{"m7g.large"}})
	if err != nil {
		t.Fatal(err)
	}
	sheet, err := book(t).Overlay(fresh).In("us-east-1")
	if err != nil {
		t.Fatal(err)
	}
	if r, _ := sheet.Rate("lambda.requests"); r.Free != 1_000_000 || r.Status != price.Refreshed {
		t.Errorf("got %+v", r)
	}
	if r, _ := sheet.Rate("ec2.m7i.large"); r.Status != price.Verified {
		t.Errorf("an instance that was not refreshed is %s", r.Status)
	}
}

func TestRefreshFromFiles(t *testing.T) {
	files := fstest.MapFS{}
	for i, service := range slices.Sorted(maps.Keys(pricelist.Offers())) {
		name := service + ".json"
		if i%2 == 0 {
			name = service + "/current/eu-west-1/index.json"
		}
		files[name] = &fstest.MapFile{Data: pricelist.File(service, pricelist.Offers()[service])}
	}
	if _, err := price.Refresh(t.Context(), price.Files(files), book(t), ireland); err != nil {
		t.Error(err)
	}
	delete(files, "AmazonVPC.json")
	delete(files, "AmazonVPC/current/eu-west-1/index.json")
	_, err := price.Refresh(t.Context(), price.Files(files), book(t), ireland)
	if err == nil || !strings.Contains(err.Error(), "AmazonVPC: neither AmazonVPC/current/eu-west-1/index.json nor AmazonVPC.json is there") {
		t.Errorf("got %v", err)
	}
}

func TestRefreshRefuses(t *testing.T) {
	for name, c := range map[string]struct {
		bend func(map[string][]pricelist.Item)
		want []string
	}{
		"no product": {
			func(l map[string][]pricelist.Item) { l["AmazonVPC"][0].Usage = "EU-PublicIPv4:Other" },
			[]string{"AmazonVPC: ipv4.hours: 0 products match usage type PublicIPv4:InUseAddress instead of one", "hint: --skip"},
		},
		"two products": {
			func(l map[string][]pricelist.Item) { l["AWSELB"] = append(l["AWSELB"], l["AWSELB"][0]) },
			[]string{"AWSELB: alb.hours: 2 products match usage type LoadBalancerUsage instead of one: AWSELB0000 EU-LoadBalancerUsage, AWSELB0010 EU-LoadBalancerUsage"},
		},
		"several problems": {
			func(l map[string][]pricelist.Item) {
				l["AmazonVPC"] = nil
				l["AmazonEKS"] = nil
			},
			[]string{"ipv4.hours", "eks.cluster", "eks.extended"},
		},
		"disagreement": {
			func(l map[string][]pricelist.Item) { l["AWSLambda"][1].Prices[0][1] = "0.0000003000" },
			[]string{"lambda.requests: AWSLAMBDA0000 and AWSLAMBDA0001 should have one price, and differ"},
		},
		"no service": {
			func(l map[string][]pricelist.Item) { delete(l, "AmazonEKS") },
			[]string{"AmazonEKS: GET http", "404 Not Found"},
		},
		"another unit": {
			func(l map[string][]pricelist.Item) {
				l["AWSLambda"][0].Prices[0][1], l["AWSLambda"][1].Prices[0][1] = "0.2", "0.2"
			},
			[]string{"lambda.requests: 0.2 dollars for one request is far from 0.0000002"},
		},
		"a gap between tiers": {
			func(l map[string][]pricelist.Item) { l["AmazonApiGateway"][0].Prices[0][0] = "5" },
			[]string{"httpapi.requests", "leave a gap"},
		},
		"not a number": {
			func(l map[string][]pricelist.Item) { l["AmazonVPC"][0].Prices[0][1] = "free" },
			[]string{"ipv4.hours", "pricePerUnit", "must be a decimal number"},
		},
		"no price": {
			func(l map[string][]pricelist.Item) { l["AmazonVPC"][0].Prices = nil },
			[]string{"ipv4.hours", "do not reach from zero"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			list := pricelist.Offers()
			c.bend(list)
			server, _ := serve(t, list)
			fresh, err := price.Refresh(t.Context(), server, book(t), ireland)
			if err == nil || fresh != nil {
				t.Fatalf("got %v, %v", fresh, err)
			}
			for _, want := range c.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("got %v\nwant %s", err, want)
				}
			}
		})
	}
	list := pricelist.Offers()
	list["AmazonVPC"] = nil
	server, _ := serve(t, list)
	options := ireland
	options.Skip = []string{"ipv4.hours"}
	if fresh, err := price.Refresh(t.Context(), server, book(t), options); err != nil || len(fresh.List("eu-west-1")) == 0 {
		t.Errorf("a skipped price is asked for: %v", err)
	}
	options.Region = "xx-north-9"
	if _, err := price.Refresh(t.Context(), server, book(t), options); err == nil || !strings.Contains(err.Error(), "usage types are not known") {
		t.Errorf("got %v", err)
	}
	stopped, stop := context.WithCancel(t.Context())
	stop()
	if _, err := price.Refresh(stopped, server, book(t), ireland); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

// readers opens a text for every service.
type readers func(service string) io.Reader

func (r readers) Open(_ context.Context, service, _ string) (io.ReadCloser, error) {
	return io.NopCloser(r(service)), nil
}

func TestRefreshRefusesBrokenFiles(t *testing.T) {
	whole := string(pricelist.File("AmazonVPC", pricelist.Offers()["AmazonVPC"]))
	for name, c := range map[string]struct{ text, want string }{
		"empty":       {"", "unexpected EOF"},
		"list":        {"[]", "expected an object"},
		"no products": {`{"publicationDate":"2026-09-19T00:00:00Z"}`, "holds no products"},
		"terms first": {`{"terms":{"OnDemand":{}},"products":{}}`, "terms come before products"},
		"cut":         {whole[:len(whole)/2], "unexpected EOF"},
		"huge value":  {`{"disclaimer":"` + strings.Repeat("x", 9<<20) + `","products":{}}`, "longer than 4 MiB"},
	} {
		_, err := price.Refresh(t.Context(), readers(func(string) io.Reader { return strings.NewReader(c.text) }), book(t), ireland)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want %s", name, err, c.want)
		}
	}
	_, err := price.Refresh(t.Context(), readers(func(string) io.Reader { return iotest.ErrReader(errors.New("line dropped")) }), book(t), ireland)
	if err == nil || !strings.Contains(err.Error(), "line dropped") {
		t.Errorf("got %v", err)
	}
}

func FuzzRefresh(f *testing.F) {
	base := book(f)
	for service, items := range pricelist.Offers() {
		f.Add(pricelist.File(service, items))
	}
	f.Add([]byte(`{"products":{"A":{"attributes":{"group":"AWS-Lambda-Requests"}}},"terms":{"OnDemand":{"A":{"T":{"priceDimensions":{"D":{"beginRange":"0","endRange":"0","pricePerUnit":{"USD":"-1"}}}}}}}}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		fresh, err := price.Refresh(t.Context(), readers(func(string) io.Reader { return strings.NewReader(string(text)) }), base, ireland)
		if (fresh == nil) == (err == nil) {
			t.Errorf("got %v and %v", fresh, err)
		}
	})
}

func TestSaveIsAtomic(t *testing.T) {
	name := filepath.Join(t.TempDir(), "prices.json")
	if err := os.WriteFile(name, []byte("old"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := book(t).Save(name); err != nil {
		t.Fatal(err)
	}
	file, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if _, err := price.Read(file); err != nil {
		t.Error(err)
	}
	if err := book(t).Save(filepath.Join(t.TempDir(), "missing", "prices.json")); err == nil {
		t.Error("a missing folder is no error")
	}
	// A book that cannot take the file's place leaves nothing behind.
	taken := t.TempDir()
	if err := os.MkdirAll(filepath.Join(taken, "prices.json", "child"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := book(t).Save(filepath.Join(taken, "prices.json")); err == nil {
		t.Error("a folder in the file's place is no error")
	}
	if entries, _ := os.ReadDir(taken); len(entries) != 1 {
		t.Errorf("left behind: %v", entries)
	}
}

// writeLarge writes an EC2 file of the real size: the products of EC2 among
// very many others, with on-demand and reserved terms.
func writeLarge(w io.Writer, bytes int) error {
	out := bufio.NewWriterSize(w, 1<<16)
	text := string(pricelist.File("AmazonEC2", pricelist.Offers()["AmazonEC2"]))
	head, rest, _ := strings.Cut(text, `"products":{`)
	products, rest, _ := strings.Cut(rest, `},"terms":{"OnDemand":{`)
	onDemand, _, _ := strings.Cut(rest, `},"Reserved"`)
	count := bytes / 4400 // measured: what one decoy takes in all three places
	out.WriteString(head + `"products":{`)
	for i := range count {
		fmt.Fprintf(out, `"SKU%08d":{"sku":"SKU%08d","productFamily":"Compute Instance","attributes":{"servicecode":"AmazonEC2","location":"EU (Ireland)","locationType":"AWS Region","instanceType":"x%d.large","currentGeneration":"Yes","instanceFamily":"General purpose","vcpu":"2","physicalProcessor":"AWS Graviton3 Processor","clockSpeed":"2.6 GHz","memory":"8 GiB","storage":"EBS only","networkPerformance":"Up to 12500 Megabit","processorArchitecture":"64-bit","tenancy":"Shared","operatingSystem":"Linux","licenseModel":"No License required","usagetype":"EU-BoxUsage:x%d.large","operation":"RunInstances","availabilityzone":"NA","capacitystatus":"Used","classicnetworkingsupport":"false","dedicatedEbsThroughput":"Up to 10000 Mbps","ecu":"NA","enhancedNetworkingSupported":"Yes","gpuMemory":"NA","instancesku":"NA","intelAvx2Available":"No","marketoption":"OnDemand","normalizationSizeFactor":"4","preInstalledSw":"NA","regionCode":"eu-west-1","servicename":"Amazon Elastic Compute Cloud","vpcnetworkingsupport":"true"}},`, i, i, i, i)
	}
	out.WriteString(products + `},"terms":{"OnDemand":{`)
	for i := range count {
		fmt.Fprintf(out, `"SKU%08d":{"SKU%08d.JRTCKXETXF":{"offerTermCode":"JRTCKXETXF","sku":"SKU%08d","effectiveDate":"2026-09-01T00:00:00Z","priceDimensions":{"SKU%08d.JRTCKXETXF.6YS6EN2CT7":{"rateCode":"SKU%08d.JRTCKXETXF.6YS6EN2CT7","description":"$0.0910 per On Demand Linux x%d.large Instance Hour","beginRange":"0","endRange":"Inf","unit":"Hrs","pricePerUnit":{"USD":"0.0910000000"},"appliesTo":[]}},"termAttributes":{}}},`, i, i, i, i, i, i)
	}
	out.WriteString(onDemand + `},"Reserved":{`)
	for i := range count {
		fmt.Fprintf(out, `"SKU%08d":{`, i)
		for term := range 6 {
			if term > 0 {
				out.WriteByte(',')
			}
			fmt.Fprintf(out, `"SKU%08d.TERM%04d":{"offerTermCode":"TERM%04d","sku":"SKU%08d","effectiveDate":"2026-09-01T00:00:00Z","priceDimensions":{"SKU%08d.TERM%04d.6YS6EN2CT7":{"rateCode":"SKU%08d.TERM%04d.6YS6EN2CT7","description":"Linux/UNIX (Amazon VPC), x%d.large reserved instance applied","beginRange":"0","endRange":"Inf","unit":"Hrs","pricePerUnit":{"USD":"0.0601000000"},"appliesTo":[]}},"termAttributes":{"LeaseContractLength":"1yr","OfferingClass":"standard","PurchaseOption":"No Upfront"}}`, i, term, term, i, i, term, i, term, i)
		}
		out.WriteString("},")
	}
	out.WriteString(`"END":{}}},"attributesList":{}}`)
	return out.Flush()
}

// watched counts what is read and notes the heap now and then.
type watched struct {
	r          io.Reader
	read, next int
	peakHeap   uint64
}

func (w *watched) Read(p []byte) (int, error) {
	n, err := w.r.Read(p)
	w.read += n
	if w.read >= w.next {
		w.next += 4 << 20
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		w.peakHeap = max(w.peakHeap, m.HeapInuse)
	}
	return n, err
}

// TestRefreshDecodesLargeFiles reads a generated EC2 file of 400 MB, the size
// of a real one, with less than 64 MB of heap in use.
func TestRefreshDecodesLargeFiles(t *testing.T) {
	if testing.Short() {
		t.Skip("reads 400 MB")
	}
	const size = 400 << 20
	// The collector keeps garbage for as long as nobody minds; what is alive it cannot drop.
	defer debug.SetMemoryLimit(debug.SetMemoryLimit(48 << 20))
	var large *watched
	fresh, err := price.Refresh(t.Context(), readers(func(service string) io.Reader {
		if service != "AmazonEC2" {
			return strings.NewReader(string(pricelist.File(service, pricelist.Offers()[service])))
		}
		in, out := io.Pipe()
		go func() { out.CloseWithError(writeLarge(out, size)) }()
		large = &watched{r: in}
		return large
	}), book(t), ireland)
	if err != nil {
		t.Fatal(err)
	}
	if large.read < size {
		t.Errorf("the file had only %d MB", large.read>>20)
	}
	if large.peakHeap > 64<<20 {
		t.Errorf("%d MB of heap were in use", large.peakHeap>>20)
	}
	t.Logf("%d MB read, at most %d MB of heap in use", large.read>>20, large.peakHeap>>20)
	if i := slices.IndexFunc(fresh.List("eu-west-1"), func(r price.Rate) bool { return r.Key == "ec2.m7g.large" }); i < 0 {
		t.Error("the instance's price was not found")
	}
}
