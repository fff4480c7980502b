package main

import (
	"bytes"
	"encoding/json"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"ambi/internal/flags"
	"ambi/internal/pricelist"
)

// A region that ambi has no prices for is refused, refreshed from a server, and
// then compared; what goes wrong later leaves the book as it was.
func TestPricesAreRefreshed(t *testing.T) {
	list := pricelist.Offers()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		service, rest, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/offers/v1.0/aws/"), "/")
		if list[service] == nil || rest != "current/eu-west-1/index.json" {
			http.NotFound(w, r)
			return
		}
		w.Write(pricelist.File(service, list[service]))
	}))
	defer server.Close()
	dir := projectWith(t, pageSpec)
	book := filepath.Join(dir, "app", "prices.json")
	here := []string{"compare", "--region", "eu-west-1"}
	runIn(t, dir, exitUsage, `hint: "ambi prices refresh --region eu-west-1"`, here...)

	refresh := []string{"prices", "refresh", "--region", "eu-west-1", "--from", server.URL + "/offers/v1.0/aws", "--instance", "m7g.large,m7i.large"}
	out := string(runIn(t, dir, exitDone, "reading AmazonEC2", refresh...))
	if !strings.Contains(out, "prices of eu-west-1, from "+server.URL) || !strings.Contains(out, `"ambi compare --region eu-west-1" uses them`) {
		t.Errorf("said %s", out)
	}
	first, err := os.ReadFile(book)
	if err != nil {
		t.Fatal(err)
	}
	text := string(runIn(t, dir, exitDone, "", append(here, "--full")...))
	for _, want := range []string{
		"thumbs in eu-west-1: Lambda", "$0.00000111/request", "$0.0252/hour",
		"prices: the project's own price book overrides ambi's [app/prices.json]",
	} {
		if !strings.Contains(strings.Join(strings.Fields(text), " "), want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
	// ambi's own region is as it was, and --prices names another book.
	runIn(t, dir, exitDone, "", "compare")
	other := filepath.Join(t.TempDir(), "book.json")
	out = string(runIn(t, dir, exitDone, "reading", append(refresh, "--out", other)...))
	if !strings.Contains(out, "given --prices "+other) {
		t.Errorf("said %s", out)
	}
	if err := os.Remove(book); err != nil {
		t.Fatal(err)
	}
	runIn(t, dir, exitDone, "", append(here, "--prices", other)...)
	if err := os.WriteFile(book, first, 0o600); err != nil {
		t.Fatal(err)
	}

	spoil := func(name string, wantErr string, bend func()) {
		t.Helper()
		bend()
		runIn(t, dir, exitUsage, wantErr, refresh...)
		list = pricelist.Offers()
		now, err := os.ReadFile(book)
		if err != nil || !bytes.Equal(now, first) {
			t.Errorf("%s: the book changed, %v", name, err)
		}
		if entries, _ := os.ReadDir(filepath.Dir(book)); len(entries) != 2 {
			t.Errorf("%s: left behind %v", name, entries)
		}
	}
	spoil("no service", "AmazonEKS: GET "+server.URL, func() { delete(list, "AmazonEKS") })
	spoil("two products", "2 products match", func() { list["AWSELB"] = append(list["AWSELB"], list["AWSELB"][0]) })
	spoil("another unit", "nothing was written", func() { list["AmazonVPC"][0].Prices[0][1] = "5" })

	// A book that is no book is not overwritten.
	if err := os.WriteFile(book, []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	runIn(t, dir, exitUsage, "hint: remove it, or give another --out", refresh...)
	runIn(t, dir, exitUsage, `writes it anew`, "compare")
	if now, _ := os.ReadFile(book); string(now) != "mine" {
		t.Error("it was overwritten")
	}
}

// Files that were downloaded do as well, and a second region joins the first.
func TestPricesAreRefreshedFromFiles(t *testing.T) {
	files := t.TempDir()
	for _, service := range slices.Sorted(maps.Keys(pricelist.Offers())) {
		if err := os.WriteFile(filepath.Join(files, service+".json"), pricelist.File(service, pricelist.Offers()[service]), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	dir := projectWith(t, pageSpec)
	before := `{"currency": "USD", "compiled": "2020-01-01", "regions": {"us-east-1": [
		{"key": "httpapi.requests", "unit": "request", "tiers": [{"from": 0, "price": "0.0000007"}], "source": "our agreement", "status": "override"}]}}`
	book := filepath.Join(dir, "app", "prices.json")
	if err := os.WriteFile(book, []byte(before), 0o600); err != nil {
		t.Fatal(err)
	}
	runIn(t, dir, exitDone, "reading", "prices", "refresh", "--region", "eu-west-1", "--from", files, "--instance", "m7g.large,m7i.large")
	runIn(t, dir, exitDone, "", "compare", "--region", "eu-west-1")
	if text := runIn(t, dir, exitDone, "", "compare", "--full"); !bytes.Contains(text, []byte("$0.0000007/request")) {
		t.Errorf("the other region's prices are gone:\n%s", text)
	}
	var list PriceList
	if err := json.Unmarshal(runIn(t, dir, exitDone, "", "prices", "--region", "eu-west-1", "--json"), &list); err != nil {
		t.Fatal(err)
	}
	if list.Book != "app/prices.json" || list.Compiled != time.Now().UTC().Format(time.DateOnly) || !slices.Equal(list.Complete, []string{"eu-west-1", "us-east-1"}) {
		t.Errorf("%s, %s, %v", list.Book, list.Compiled, list.Complete)
	}
	runIn(t, dir, exitUsage, "--from: no folder", "prices", "refresh", "--region", "eu-west-1", "--from", "nowhere")
	runIn(t, dir, exitUsage, "neither AWSLambda/current/eu-west-2/index.json", "prices", "refresh", "--region", "eu-west-2", "--from", t.TempDir())
	runIn(t, dir, exitUsage, "its usage types are not known", "prices", "refresh", "--region", "xx-north-9", "--from", files)
}

// Ages are as of the day on which somebody looks.
func TestPricesHaveAges(t *testing.T) {
	list, err := listPrices(&flags.Prices{Region: "us-east-1"}, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	text := list.text(time.Date(2026, 10, 9, 12, 0, 0, 0, time.UTC))
	for _, want := range []string{
		"\nlambda.requests                      0.0000002 request      2026-09-19    20 [",
		"\nnat.hours                                0.045 hour         2026-09       38 [",
		"] AWS Price List, AWSLambda, us-east-1, publication 2026-09-19",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
	for _, r := range list.Rates {
		if !strings.Contains(text, "\n"+r.Key+" ") || !strings.Contains(text, r.Source) {
			t.Errorf("%s or its source is not listed", r.Key)
		}
	}
}
