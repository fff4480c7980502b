// Package price is ambi's price book: what AWS charges for a unit, with the
// unit, tiers, region, date, source and status of every figure.
//
//	book, err := price.Embedded()
//	sheet, err := book.In("us-east-1")
//	rate, err := sheet.Rate("lambda.requests")
//	cost := rate.Cost(3_000_000)
//
// The embedded book restates AWS's public list prices, on-demand, in dollars,
// from the sources that it names. Refresh reads newer ones from the AWS Price
// List into a user's book, which Overlay puts over the embedded one.
//
// A figure that was recalled rather than read is kept for the record and never
// prices anything: a region that lacks a source for what a comparison needs is
// refused. Users may give figures of their own with Override and Discount;
// they are marked as theirs wherever they appear.
package price

import (
	"embed"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"ambi/internal/problem"
)

// HoursPerMonth is the month that AWS's calculators bill by.
const HoursPerMonth = 730

//go:embed book.json
var embedded embed.FS

// Book holds prices by region.
type Book struct {
	compiled string
	sources  map[string]string
	regions  map[string]map[string]Rate // by region and key
}

// Embedded is the book that is built into ambi.
func Embedded() (*Book, error) {
	file, err := embedded.Open("book.json")
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return Read(file)
}

// file is a book as JSON. A rate's source is a name in sources, or free text.
type file struct {
	Currency string            `json:"currency"`
	Compiled string            `json:"compiled"`
	Sources  map[string]string `json:"sources,omitempty"`
	Regions  map[string][]Rate `json:"regions"`
}

// Read reads a book and refuses one with an unknown field, a rate without a
// source or tiers that do not ascend.
func Read(r io.Reader) (*Book, error) {
	decoder := json.NewDecoder(r)
	decoder.DisallowUnknownFields()
	var f file
	if err := decoder.Decode(&f); err != nil {
		return nil, fmt.Errorf("price book: %w", err)
	}
	if f.Currency != "USD" {
		return nil, fmt.Errorf("price book: must be in USD, got %q", f.Currency)
	}
	book := &Book{compiled: f.Compiled, sources: f.Sources, regions: map[string]map[string]Rate{}}
	for region, rates := range f.Regions {
		book.regions[region] = map[string]Rate{}
		for _, rate := range rates {
			if err := rate.check(); err != nil {
				return nil, fmt.Errorf("price book: %s: %w", region, err)
			}
			if _, twice := book.regions[region][rate.Key]; twice {
				return nil, fmt.Errorf("price book: %s: price %s: given twice", region, rate.Key)
			}
			if text, ok := f.Sources[rate.Source]; ok {
				rate.Source = text
			}
			book.regions[region][rate.Key] = rate
		}
	}
	return book, nil
}

// WriteTo writes the book as JSON that Read reads: regions and keys sorted.
func (b *Book) WriteTo(w io.Writer) (int64, error) {
	f := file{Currency: "USD", Compiled: b.compiled, Regions: map[string][]Rate{}}
	for region := range b.regions {
		f.Regions[region] = b.List(region)
	}
	text, err := json.MarshalIndent(f, "", " ")
	if err != nil {
		return 0, err
	}
	n, err := w.Write(append(text, '\n'))
	return int64(n), err
}

// Compiled is the day on which the book was put together, as 2026-11-22.
func (b *Book) Compiled() string { return b.compiled }

// List lists a region's rates by key, those without a source included.
func (b *Book) List(region string) []Rate {
	var rates []Rate
	for _, key := range slices.Sorted(maps.Keys(b.regions[region])) {
		rates = append(rates, b.regions[region][key])
	}
	return rates
}

// Regions lists every region of which the book has a figure, sorted.
func (b *Book) Regions() []string { return slices.Sorted(maps.Keys(b.regions)) }

// Complete lists the regions with a source for every price that a comparison
// needs, sorted.
func (b *Book) Complete() []string {
	var regions []string
	for _, region := range b.Regions() {
		if len(b.missing(region)) == 0 {
			regions = append(regions, region)
		}
	}
	return regions
}

// Overlay returns a book with the figures of newer over those of b. Free
// allowances, which the Price List does not hold, stay.
func (b *Book) Overlay(newer *Book) *Book {
	merged := &Book{compiled: max(b.compiled, newer.compiled), regions: map[string]map[string]Rate{}}
	for _, book := range []*Book{b, newer} {
		for region, rates := range book.regions {
			if merged.regions[region] == nil {
				merged.regions[region] = map[string]Rate{}
			}
			for key, rate := range rates {
				if old, ok := merged.regions[region][key]; ok && rate.Free == 0 {
					rate.Free = old.Free
				}
				merged.regions[region][key] = rate
			}
		}
	}
	return merged
}

// needed lists the prices without which nothing can be compared. Alternatives
// such as Fargate are asked for only when they are chosen.
func needed() []string {
	return []string{
		"lambda.requests", "lambda.duration.x86_64", "lambda.duration.arm64", "httpapi.requests",
		"logs.ingestion", "logs.ingestion.lambda", "logs.storage", "eks.cluster", "alb.hours", "alb.lcu",
		"ipv4.hours", "nat.hours", "nat.data", "zone.transfer", "ebs.gp3", "egress.internet",
		"secrets.secret", "secrets.calls",
	}
}

// missing lists the needed prices that a region has no usable figure for; an
// instance of any type counts as one of them.
func (b *Book) missing(region string) []string {
	var list []string
	rates := b.regions[region]
	for _, key := range needed() {
		if !rates[key].Status.Usable() {
			list = append(list, key)
		}
	}
	for key, rate := range rates {
		if strings.HasPrefix(key, "ec2.") && rate.Status.Usable() {
			return list
		}
	}
	return append(list, "ec2.*")
}

// RegionError is a region whose prices the book does not have.
type RegionError struct {
	Region   string
	Missing  []string // the needed prices without a source
	Complete []string // the regions that have them all
}

func (e *RegionError) Error() string { return e.Problems().Error() }

// Problems names what is missing, and what to do instead.
func (e *RegionError) Problems() problem.List {
	missing := strings.Join(e.Missing, ", ")
	if len(e.Missing) > len(needed()) {
		missing = "not one of those that a comparison needs"
	}
	p := problem.New("no sourced prices for region %s: %s", e.Region, missing).Of(problem.Misuse).
		Hint("the price book has them for %s", strings.Join(e.Complete, ", "))
	if prefixes(e.Region) == nil {
		return problem.List{p.Hint("%s is no region that ambi knows: --price gives prices one by one", e.Region)}
	}
	return problem.List{p.Hint("\"ambi prices refresh --region %s\" reads them from the AWS Price List", e.Region)}
}

// Sheet is one region's usable prices, with the user's changes applied.
type Sheet struct {
	Region  string
	rates   map[string]Rate
	shared  map[string]*Rate // the same
	changes []Change
}

// In returns the sheet of a region with changes made in their order. It
// returns a *RegionError when a price that every comparison needs has no
// source; a change may supply it.
func (b *Book) In(region string, changes ...Change) (*Sheet, error) {
	sheet := &Sheet{Region: region, rates: maps.Clone(b.regions[region]), changes: changes}
	if sheet.rates == nil {
		sheet.rates = map[string]Rate{}
	}
	var problems problem.List
	for _, change := range changes {
		problems.Add(change.apply(sheet.rates))
	}
	if err := problems.Err(); err != nil {
		return nil, err
	}
	changed := &Book{regions: map[string]map[string]Rate{region: sheet.rates}}
	if missing := changed.missing(region); len(missing) > 0 {
		return nil, &RegionError{Region: region, Missing: missing, Complete: b.Complete()}
	}
	sheet.shared = make(map[string]*Rate, len(sheet.rates))
	for key, rate := range sheet.rates {
		sheet.shared[key] = &rate
	}
	return sheet, nil
}

// Rate returns a price, or an error that says why there is none to use.
func (s *Sheet) Rate(key string) (Rate, error) {
	rate, err := s.Shared(key)
	if err != nil {
		return Rate{}, err
	}
	return *rate, nil
}

// Shared is Rate without a copy: it must not be changed.
func (s *Sheet) Shared(key string) (*Rate, error) {
	rate := s.shared[key]
	switch {
	case rate == nil:
		return nil, problem.New("no price %s for region %s", key, s.Region).Hint("give one with --price %s=DOLLARS", key).Of(problem.Misuse)
	case !rate.Status.Usable():
		return nil, problem.New("price %s of region %s is %s, not sourced, and prices nothing", key, s.Region, rate.Status).
			Hint("give one with --price %s=DOLLARS", key).Of(problem.Misuse)
	}
	return rate, nil
}

// List lists the sheet's rates by key, those without a source included.
func (s *Sheet) List() []Rate {
	return (&Book{regions: map[string]map[string]Rate{s.Region: s.rates}}).List(s.Region)
}

// Has reports whether Rate returns a price.
func (s *Sheet) Has(key string) bool { return s.rates[key].Status.Usable() }

// Unsourced is a rate without a source, which prices nothing and tells only whether its price
// could matter. It is false for a rate that has a source, or that the book does not know.
func (s *Sheet) Unsourced(key string) (rate Rate, known bool) {
	rate = s.rates[key]
	return rate, rate.Status == Recalled
}

// Changes lists what the user changed, in order.
func (s *Sheet) Changes() []Change { return s.changes }
