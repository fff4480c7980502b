package price

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"path"
	"slices"
	"strings"

	"ambi/internal/outfile"
	"ambi/internal/problem"
)

// PriceList is where AWS publishes its offer files; no credentials are needed.
// docs.aws.amazon.com/awsaccountbilling/latest/aboutv2/using-the-aws-price-list-bulk-api.html
const PriceList = "https://pricing.us-east-1.amazonaws.com/offers/v1.0/aws"

// Offers opens the current offer file of a service in a region. The caller
// closes what it returns.
type Offers interface {
	Open(ctx context.Context, service, region string) (io.ReadCloser, error)
}

// offerPath is an offer file's place below the Price List's address.
func offerPath(service, region string) string {
	return path.Join(service, "current", region, "index.json")
}

// HTTP reads offer files below an address, which is PriceList but in tests.
func HTTP(client *http.Client, address string) Offers {
	return &httpOffers{client, strings.TrimSuffix(address, "/")}
}

type httpOffers struct {
	client  *http.Client
	address string
}

func (h *httpOffers) Open(ctx context.Context, service, region string) (io.ReadCloser, error) {
	address := h.address + "/" + offerPath(service, region)
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, err
	}
	response, err := h.client.Do(request)
	if err != nil {
		return nil, err
	}
	if response.StatusCode != http.StatusOK {
		response.Body.Close()
		return nil, fmt.Errorf("GET %s: %s", address, response.Status)
	}
	return response.Body, nil
}

// Files reads offer files that were downloaded: at the path that they have
// below the Price List's address, or as SERVICE.json at the top.
func Files(dir fs.FS) Offers { return fileOffers{dir} }

type fileOffers struct{ dir fs.FS }

func (f fileOffers) Open(_ context.Context, service, region string) (io.ReadCloser, error) {
	long, short := offerPath(service, region), service+".json"
	file, err := f.dir.Open(long)
	if errors.Is(err, fs.ErrNotExist) {
		file, err = f.dir.Open(short)
	}
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("neither %s nor %s is there", long, short)
	}
	return file, err
}

// RefreshOptions say what Refresh reads.
type RefreshOptions struct {
	Region    string
	Instances []string // EC2 types, such as m7g.large, and RDS classes, such as db.t4g.medium
	Skip      []string // keys to leave as they are
	Compiled  string   // today, as 2026-11-22; the book keeps it
}

// Refresh reads a region's prices from the AWS Price List and returns a book
// of them alone, for Overlay. Every rate keeps its SKUs, usage types and the
// file's publication date.
//
// Nothing is guessed. A selector that matches no product, or several, is an
// error, and so are products that should have one price and differ, tiers with
// a gap, and a price more than ten times that of base, or less than a tenth:
// then AWS has changed what the unit is. All problems are reported at once,
// and no book comes back with them.
func Refresh(ctx context.Context, offers Offers, base *Book, options RefreshOptions) (*Book, error) {
	if prefixes(options.Region) == nil {
		return nil, problem.New("region %s: its usage types are not known", options.Region).Hint("give the prices one by one with --price").Of(problem.Misuse)
	}
	wanted := slices.DeleteFunc(selectors(options.Instances), func(s selector) bool { return slices.Contains(options.Skip, s.key) })
	byOffer := map[string][]selector{}
	var names []string
	for _, s := range wanted {
		if byOffer[s.offer] == nil {
			names = append(names, s.offer)
		}
		byOffer[s.offer] = append(byOffer[s.offer], s)
	}
	rates := map[string]Rate{}
	var problems []error
	for _, name := range names {
		if err := refreshOffer(ctx, offers, name, byOffer[name], options.Region, base, rates); err != nil {
			problems = append(problems, err)
		}
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
	}
	if err := errors.Join(problems...); err != nil {
		return nil, problem.Hinted(err, "--skip KEY leaves a price as it is")
	}
	everywhere(rates, base)
	return &Book{compiled: options.Compiled, regions: map[string]map[string]Rate{options.Region: rates}}, nil
}

// everywhere adds what holds in every region and is in no offer file: free
// allowances, which count all regions together, that a function URL has no
// price of its own, and what the pages of X-Ray and of burstable instances name for all of them,
// CloudFront, whose prices are by where clients are, and Route 53, which is in no region.
func everywhere(rates map[string]Rate, base *Book) {
	known := base.regions["us-east-1"]
	for key, rate := range rates {
		rate.Free = known[key].Free
		rates[key] = rate
	}
	for _, key := range []string{"lambda.url", "xray.traces", "credits.t3", "credits.t4g", "cdn.requests", "cdn.egress", "cdn.origin", "route53.zones", "route53.checks", "route53.features", "route53.queries"} {
		if rate := known[key]; rate.Status.Usable() {
			rates[key] = rate
		}
	}
}

// refreshOffer reads the rates that one offer file holds.
func refreshOffer(ctx context.Context, offers Offers, name string, wanted []selector, region string, base *Book, rates map[string]Rate) error {
	file, err := offers.Open(ctx, name, region)
	if err != nil {
		return problem.In(name, err)
	}
	defer file.Close()
	o, err := readOffer(file, func(p product) bool {
		return slices.ContainsFunc(wanted, func(s selector) bool { return s.matches(p, region) })
	})
	if err != nil {
		return problem.In(name, err)
	}
	var problems []error
	for _, s := range wanted {
		rate, err := o.rate(s, region)
		if err == nil {
			err = plausible(rate, base)
		}
		if previous, again := rates[s.key]; err == nil && again {
			if !slices.Equal(previous.Tiers, rate.Tiers) {
				err = fmt.Errorf("%s and %s should have one price, and differ", strings.Join(previous.SKUs, ", "), rate.SKUs[0])
			}
			rate.SKUs = append(previous.SKUs, rate.SKUs...)
			rate.UsageTypes = append(previous.UsageTypes, rate.UsageTypes...)
		}
		if err != nil {
			problems = append(problems, problem.In(name+": "+s.key, err))
			continue
		}
		rates[s.key] = rate
	}
	return errors.Join(problems...)
}

// rate is the rate of the one product that a selector matches.
func (o *offer) rate(s selector, region string) (Rate, error) {
	var found []product
	for _, p := range o.products {
		if s.matches(p, region) {
			found = append(found, p)
		}
	}
	if len(found) != 1 {
		var names []string
		for _, p := range found {
			names = append(names, p.SKU+" "+p.Attributes["usagetype"])
		}
		slices.Sort(names)
		return Rate{}, fmt.Errorf("%d products match %s instead of one%s", len(found), s.name(), within(names))
	}
	p := found[0]
	tiers, _, err := o.tiers(p.SKU)
	if err != nil {
		return Rate{}, err
	}
	if s.allowance && len(tiers) == 2 && tiers[0].Price == 0 {
		tiers = Tiers{{Price: tiers[1].Price}}
	}
	unit, _ := UnitOf(s.key)
	return Rate{
		Key: s.key, Unit: unit, Tiers: tiers, Effective: o.published, Status: Refreshed,
		Source: "AWS Price List, " + s.offer + ", " + region + ", publication " + o.published,
		SKUs:   []string{p.SKU}, UsageTypes: []string{p.Attributes["usagetype"]},
	}, nil
}

func within(names []string) string {
	if len(names) == 0 {
		return ""
	}
	return ": " + strings.Join(names, ", ")
}

// plausible refuses a price that cannot be for the same unit as the one in
// the base book. Regions differ by half at most.
func plausible(rate Rate, base *Book) error {
	known, ok := base.regions["us-east-1"][rate.Key]
	if !ok || known.First() == 0 {
		return nil
	}
	if was, is := known.First().Dollars(), rate.First().Dollars(); is > 10*was || is < was/10 {
		return fmt.Errorf("%s dollars for one %s is far from %s in us-east-1: its unit may have changed", rate.First(), rate.Unit, known.First())
	}
	return nil
}

// Save writes the book to a file, as [outfile] does.
func (b *Book) Save(name string) error {
	file, err := outfile.Create(name)
	if err != nil {
		return err
	}
	defer func() { _ = file.Discard() }() // nothing is left of it once it is committed
	if _, err := b.WriteTo(file); err != nil {
		return err
	}
	return file.Commit()
}
