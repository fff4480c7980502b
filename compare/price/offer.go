package price

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// offer is what one offer file says about the products that were asked for.
type offer struct {
	published string // 2026-09-19
	products  []product
	terms     map[string]onDemand // by SKU
}

// onDemand is a product's terms, by the term's code.
type onDemand map[string]struct {
	Dimensions map[string]dimension `json:"priceDimensions"`
}

// dimension is one tier of a term.
type dimension struct {
	Unit  string            `json:"unit"`
	Begin string            `json:"beginRange"`
	End   string            `json:"endRange"`
	Price map[string]string `json:"pricePerUnit"`
}

// readOffer reads an offer file as a stream and keeps the products that want
// accepts, with their on-demand terms. Memory stays bounded however long the
// file is: one product, or one product's terms, is held at a time.
//
// The file's shape: {publicationDate, products: {sku: {productFamily,
// attributes}}, terms: {OnDemand: {sku: {code: {priceDimensions: …}}}, …}},
// products before terms, as AWS writes them.
func readOffer(r io.Reader, want func(product) bool) (*offer, error) {
	limited := &leash{r: r}
	o := &offer{terms: map[string]onDemand{}}
	s := &stream{dec: json.NewDecoder(limited), leash: limited}
	wanted := map[string]bool{}
	sawProducts := false
	err := s.object(func(key string) error {
		switch key {
		case "publicationDate":
			var published string
			err := s.value(&published)
			o.published, _, _ = strings.Cut(published, "T")
			return err
		case "products":
			sawProducts = true
			return s.object(func(sku string) error {
				var p product
				if err := s.value(&p); err != nil {
					return err
				}
				if want(p) {
					p.SKU = sku
					wanted[sku] = true
					o.products = append(o.products, p)
				}
				return nil
			})
		case "terms":
			if !sawProducts {
				return errors.New("terms come before products, which this reader does not know")
			}
			return s.object(func(kind string) error {
				if kind != "OnDemand" {
					return s.object(func(string) error { return s.value(&skip{}) })
				}
				return s.object(func(sku string) error {
					if !wanted[sku] {
						return s.value(&skip{})
					}
					var terms onDemand
					err := s.value(&terms)
					o.terms[sku] = terms
					return err
				})
			})
		default:
			return s.value(&skip{})
		}
	})
	if err == nil && !sawProducts {
		err = errors.New("it holds no products")
	}
	return o, err
}

// stream walks a JSON document object by object.
type stream struct {
	dec   *json.Decoder
	leash *leash
}

// object calls member for each key of the object that comes next; member must
// consume the key's value.
func (s *stream) object(member func(key string) error) error {
	s.leash.reset()
	if token, err := s.dec.Token(); err != nil {
		return unexpectedEnd(err)
	} else if token != json.Delim('{') {
		return fmt.Errorf("expected an object, got %v", token)
	}
	for s.dec.More() {
		s.leash.reset()
		token, err := s.dec.Token()
		if err != nil {
			return unexpectedEnd(err)
		}
		key, ok := token.(string)
		if !ok {
			return fmt.Errorf("expected a key, got %v", token)
		}
		if err := member(key); err != nil {
			return err
		}
	}
	_, err := s.dec.Token()
	return unexpectedEnd(err)
}

// value decodes the value that comes next.
func (s *stream) value(into any) error {
	s.leash.reset()
	return unexpectedEnd(s.dec.Decode(into))
}

// unexpectedEnd calls the end of the input within a document what it is.
func unexpectedEnd(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}

// skip takes any value and keeps nothing of it.
type skip struct{}

func (*skip) UnmarshalJSON([]byte) error { return nil }

// maxValue bounds one product or one product's terms, which take kilobytes.
const maxValue = 4 << 20

// leash fails when a single value grows beyond maxValue, so that no file can
// make the decoder's buffer grow without end.
type leash struct {
	r    io.Reader
	used int
}

func (l *leash) reset() { l.used = 0 }

func (l *leash) Read(p []byte) (int, error) {
	if l.used > maxValue {
		return 0, fmt.Errorf("a single value is longer than %d MiB", maxValue>>20)
	}
	n, err := l.r.Read(p)
	l.used += n
	return n, err
}

// tiers turns a product's only on-demand term into tiers and AWS's name of
// their unit.
func (o *offer) tiers(sku string) (Tiers, string, error) {
	terms := o.terms[sku]
	if len(terms) != 1 {
		return nil, "", fmt.Errorf("%s has %d on-demand terms instead of one", sku, len(terms))
	}
	var tiers Tiers
	var unit string
	ends := map[int64]bool{}
	for _, term := range terms {
		for _, d := range term.Dimensions {
			from, err := wholeUnits(d.Begin)
			if err != nil {
				return nil, "", fmt.Errorf("%s: beginRange: %w", sku, err)
			}
			price, err := ParsePerUnit(d.Price["USD"])
			if err != nil {
				return nil, "", fmt.Errorf("%s: pricePerUnit: %w", sku, err)
			}
			if d.End != "Inf" {
				end, err := wholeUnits(d.End)
				if err != nil {
					return nil, "", fmt.Errorf("%s: endRange: %w", sku, err)
				}
				ends[end] = true
			}
			if unit != "" && unit != d.Unit {
				return nil, "", fmt.Errorf("%s: its tiers are in %s and %s", sku, unit, d.Unit)
			}
			unit = d.Unit
			tiers = append(tiers, Tier{From: from, Price: price})
		}
	}
	slices.SortFunc(tiers, func(a, b Tier) int { return int(min(max(a.From-b.From, -1), 1)) })
	for i, tier := range tiers {
		if (i == 0) != (tier.From == 0) || (i > 0 && !ends[tier.From]) {
			return nil, "", fmt.Errorf("%s: its tiers leave a gap or overlap at %d", sku, tier.From)
		}
	}
	if len(tiers) == 0 || len(ends) != len(tiers)-1 {
		return nil, "", fmt.Errorf("%s: its tiers do not reach from zero to infinity", sku)
	}
	return tiers, unit, nil
}

// wholeUnits reads a tier's bound.
func wholeUnits(s string) (int64, error) { return parseDecimal(s, 0) }
