package price_test

import (
	"bytes"
	"errors"
	"math"
	"math/big"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"ambi/compare/price"
)

func book(t testing.TB) *price.Book {
	t.Helper()
	b, err := price.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func rate(t testing.TB, key string) price.Rate {
	t.Helper()
	sheet, err := book(t).In("us-east-1")
	if err != nil {
		t.Fatal(err)
	}
	r, err := sheet.Rate(key)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestTierEdgesAreExact(t *testing.T) {
	for _, c := range []struct {
		key      string
		already  float64
		quantity float64
		want     string // dollars
	}{
		{"lambda.requests", 0, 1_000_000, "0.2"},
		// 300 M x $1.00/M; one more at $0.90/M
		{"httpapi.requests", 0, 300_000_000, "300"},
		{"httpapi.requests", 0, 300_000_001, "300.0000009"},
		{"httpapi.requests", 300_000_000, 1, "0.0000009"},
		{"httpapi.requests", 299_999_999, 2, "0.0000019"},
		// 6 G x 0.0000166667 = 100,000.20; 9 G x 0.000015 = 135,000; 1 G x 0.0000133334 = 13,333.40
		{"lambda.duration.x86_64", 0, 16e9, "248333.6"},
		// 7.5 G x 0.0000133334 = 100,000.50; 11.25 G x 0.0000120001 = 135,001.125; 1.25 G x 0.0000106667 = 13,333.375
		{"lambda.duration.arm64", 0, 20e9, "248335"},
		// 60 TB of Lambda's logs in binary TB: 10,240 x .5 + 20,480 x .25 + 20,480 x .1 + 10,240 x .05
		{"logs.ingestion.lambda", 0, 61440, "12800"},
		{"egress.internet", 0, 10240.5, "921.6425"}, // 10,240 x .09 + .5 x .085
		{"lambda.url", 0, 1e12, "0"},
		{"nat.hours", 0, 0, "0"},
		{"nat.hours", 0, -5, "0"},
		{"nat.hours", 0, math.NaN(), "0"},
		{"nat.hours", math.NaN(), 1, "0.045"},
	} {
		got, _ := rate(t, c.key).CostBeyond(c.already, c.quantity).MarshalJSON()
		if string(got) != c.want {
			t.Errorf("%s: %v beyond %v costs %s, want %s", c.key, c.quantity, c.already, got, c.want)
		}
	}
}

// naive prices a quantity with rational numbers from the tiers alone.
func naive(r price.Rate, already, quantity float64) *big.Rat {
	from, total := new(big.Rat).SetFloat64(already), new(big.Rat)
	to := new(big.Rat).Add(from, new(big.Rat).SetFloat64(quantity))
	for i, tier := range r.Tiers {
		low, high := new(big.Rat).SetInt64(tier.From), to
		if i+1 < len(r.Tiers) {
			if next := new(big.Rat).SetInt64(r.Tiers[i+1].From); next.Cmp(high) < 0 {
				high = next
			}
		}
		if from.Cmp(low) > 0 {
			low = from
		}
		if high.Cmp(low) > 0 {
			price, _ := new(big.Rat).SetString(tier.Price.String())
			total.Add(total, price.Mul(price, new(big.Rat).Sub(high, low)))
		}
	}
	return total
}

func TestCostAgreesWithRationalNumbers(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	var rates []price.Rate
	for _, r := range book(t).List("us-east-1") {
		if len(r.Tiers) > 1 || !strings.HasPrefix(r.Key, "ec2.") {
			rates = append(rates, r)
		}
	}
	within := big.NewRat(501, 1e12) // half a billionth, and a picodollar for the fraction
	for range 20_000 {
		r := rates[random.IntN(len(rates))]
		quantity := math.Exp(random.Float64() * 27) // to 5e11
		already := 0.0
		if random.IntN(2) == 0 {
			already = math.Floor(math.Exp(random.Float64() * 25))
			quantity = math.Floor(quantity) // a fraction would be lost in the float64 sum that the reference takes apart
		}
		amount := r.CostBeyond(already, quantity)
		got := new(big.Rat).SetFrac64(int64(amount), int64(price.Dollar))
		want := naive(r, already, quantity)
		if want.Cmp(big.NewRat(1_000_000_000, 1)) > 0 && amount >= price.Most {
			continue // more than is counted; at the edge, Most by rounding
		}
		off := got.Sub(got, want)
		if off.Abs(off).Cmp(within) > 0 {
			t.Fatalf("%s: %v beyond %v is %s dollars off", r.Key, quantity, already, off.FloatString(12))
		}
	}
}

func TestCostNeverFalls(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	for _, r := range book(t).List("us-east-1") {
		if len(r.Tiers) == 1 {
			continue
		}
		for range 2000 {
			edge := float64(r.Tiers[1+random.IntN(len(r.Tiers)-1)].From)
			a := max(0, edge+random.NormFloat64()*edge/3)
			b := a + random.Float64()*random.Float64()*edge/1e6
			if r.Cost(a) > r.Cost(b) {
				t.Fatalf("%s: %v costs more than %v", r.Key, a, b)
			}
			// What is billed later in the month costs what it would have cost at once.
			split := math.Floor(a)
			whole := math.Floor(b)
			if diff := r.Cost(split) + r.CostBeyond(split, whole-split) - r.Cost(whole); diff < -1 || diff > 1 {
				t.Fatalf("%s: %v in two parts differs by %d billionths", r.Key, whole, diff)
			}
		}
	}
}

func TestCostBeyondMost(t *testing.T) {
	dollar := price.Tiers{{Price: 1e12}}
	for quantity, want := range map[float64]price.USD{
		1e9: price.Most, 1e9 + 1: price.Beyond, 1e12: price.Beyond, 1e300: price.Beyond, math.Inf(1): price.Beyond,
	} {
		if got := dollar.CostBeyond(0, quantity); got != want {
			t.Errorf("%v dollars are %d", quantity, got)
		}
	}
	free := price.Tiers{{Price: 0}}
	if got := free.CostBeyond(0, price.MaxUnits); got != 0 {
		t.Errorf("nothing a unit is %d", got)
	}
	if got := free.CostBeyond(1, price.MaxUnits); got != price.Beyond {
		t.Errorf("a quantity that is not counted is %d", got)
	}
	if got := price.Beyond.Plus(price.Beyond); got != price.Beyond {
		t.Errorf("the sum is %d", got)
	}
}

func TestPart(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 6))
	for range 20_000 {
		u, part, whole := random.Int64N(int64(price.Most)), random.Int64N(1<<60)>>random.IntN(60), 1+random.Int64N(1<<60)>>random.IntN(60)
		want := new(big.Int).Mul(big.NewInt(u), big.NewInt(part))
		want.Add(want, big.NewInt(whole/2)).Quo(want, big.NewInt(whole))
		if want.Cmp(big.NewInt(int64(price.Most))) > 0 {
			want.SetInt64(int64(price.Beyond))
		}
		if got := price.USD(u).Part(part, whole); int64(got) != want.Int64() {
			t.Fatalf("%d x %d / %d is %d, want %v", u, part, whole, got, want)
		}
	}
}

func TestAmountsThatAreRead(t *testing.T) {
	for text, ok := range map[string]bool{
		"1000000000": true, "-1000000000": true, "1000000000.000000001": false, "-9223372036.8": false, "9223372036.8": false, "9223372037": false,
	} {
		var u price.USD
		if err := u.UnmarshalJSON([]byte(text)); (err == nil) != ok {
			t.Errorf("%s: %v", text, err)
		}
	}
	for text, ok := range map[string]bool{"1000000": true, "1000000.000000000001": false, "9000000": false} {
		if _, err := price.ParsePerUnit(text); (err == nil) != ok {
			t.Errorf("%s: %v", text, err)
		}
	}
}

func TestRecalledFiguresPriceNothing(t *testing.T) {
	for _, region := range book(t).Regions() {
		sheet, err := book(t).In(region)
		if region == "us-east-1" {
			if err != nil {
				t.Fatal(err)
			}
			for _, r := range book(t).List(region) {
				if got, err := sheet.Rate(r.Key); r.Status == price.Recalled == (err == nil) {
					t.Errorf("%s is %s: %v, %v", r.Key, r.Status, got, err)
				}
			}
			continue
		}
		var refused *price.RegionError
		if !errors.As(err, &refused) {
			t.Fatalf("%s: got %v", region, err)
		}
		if !slices.Equal(refused.Complete, []string{"us-east-1"}) {
			t.Errorf("%s: complete regions %v", region, refused.Complete)
		}
	}
	_, err := book(t).In("eu-west-1")
	if text := err.Error(); !strings.Contains(text, "eks.cluster") || !strings.Contains(text, "alb.hours") ||
		strings.Contains(text, "httpapi.requests") || !strings.Contains(text, "hint: the price book has them for us-east-1") {
		t.Error(text)
	}
}

func TestChanges(t *testing.T) {
	parse := func(c price.Change, err error) price.Change {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	sheet, err := book(t).In("us-east-1",
		parse(price.ParseOverride("nat.hours=0.02")),
		parse(price.ParseDiscount("ec2=30%")),
		parse(price.ParseDiscount("httpapi=12.5")))
	if err != nil {
		t.Fatal(err)
	}
	nat, _ := sheet.Rate("nat.hours")
	if nat.First().String() != "0.02" || nat.Status != price.Override {
		t.Errorf("override: %+v", nat)
	}
	node, _ := sheet.Rate("ec2.m7g.large") // .0816 x .7
	if node.First().String() != "0.05712" || node.Discount != "30" {
		t.Errorf("discount: %+v", node)
	}
	api, _ := sheet.Rate("httpapi.requests")
	if api.Tiers[1].Price.String() != "0.0000007875" { // .0000009 x .875
		t.Errorf("discount on tiers: %+v", api)
	}
	if again := rate(t, "ec2.m7g.large"); again.Discount != "" {
		t.Error("a sheet's changes reached the book")
	}

	for text, want := range map[string]string{
		"nat.hours": "must be KEY=DOLLARS", "nat.hours=x": "must be a decimal number", "nat.hours=-1": "must not be negative",
		"nat.hours=0.0000000000001": "at most 12 decimals",
	} {
		if _, err := price.ParseOverride(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %s", text, err, want)
		}
	}
	for text, want := range map[string]string{"ec2": "must be SERVICE=PERCENT", "ec2=101": "must be 0 to 100"} {
		if _, err := price.ParseDiscount(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %s", text, err, want)
		}
	}
	for _, change := range []price.Change{{Key: "nat.hour"}, {Service: "nut"}} {
		if _, err := book(t).In("us-east-1", change); err == nil || !strings.Contains(err.Error(), "no such") {
			t.Errorf("%v: got %v", change, err)
		}
	}
}

func TestBookSurvivesWriting(t *testing.T) {
	var first, second bytes.Buffer
	if _, err := book(t).WriteTo(&first); err != nil {
		t.Fatal(err)
	}
	again, err := price.Read(bytes.NewReader(first.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := again.WriteTo(&second); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(first.Bytes(), second.Bytes()) {
		t.Error("writing a book that was read gives other bytes")
	}
}

func TestReadRefuses(t *testing.T) {
	one := func(rate string) string {
		return `{"currency":"USD","regions":{"r":[` + rate + `]}}`
	}
	for name, c := range map[string]struct{ text, want string }{
		"currency":    {`{"currency":"EUR","regions":{}}`, "must be in USD"},
		"field":       {`{"currency":"USD","regionen":{}}`, "unknown field"},
		"key":         {one(`{"key":"nut.hours"}`), "no such key"},
		"unit":        {one(`{"key":"nat.hours","unit":"month"}`), `must be for one hour, got "month"`},
		"tiers":       {one(`{"key":"nat.hours","unit":"hour","source":"s","status":"verified"}`), "must start at 0"},
		"order":       {one(`{"key":"nat.hours","unit":"hour","source":"s","status":"verified","tiers":[{"from":0,"price":"1"},{"from":0,"price":"1"}]}`), "must ascend"},
		"source":      {one(`{"key":"nat.hours","unit":"hour","status":"verified","tiers":[{"from":0,"price":"1"}]}`), "must name its source"},
		"status":      {one(`{"key":"nat.hours","unit":"hour","source":"s","status":"sure","tiers":[{"from":0,"price":"1"}]}`), "unknown status"},
		"twice":       {one(`{"key":"nat.hours","unit":"hour","source":"s","status":"verified","tiers":[{"from":0,"price":"1"}]},{"key":"nat.hours","unit":"hour","source":"s","status":"verified","tiers":[{"from":0,"price":"1"}]}`), "given twice"},
		"not decimal": {one(`{"key":"nat.hours","unit":"hour","source":"s","status":"verified","tiers":[{"from":0,"price":"1e-7"}]}`), "decimal number"},
	} {
		if _, err := price.Read(strings.NewReader(c.text)); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want %s", name, err, c.want)
		}
	}
}

func TestAge(t *testing.T) {
	day := time.Date(2026, 11, 22, 8, 0, 0, 0, time.UTC)
	for effective, want := range map[string]int{"2026-11-20": 2, "2026-11": 21, "2026": 325, "": -1} {
		days, known := price.Rate{Effective: effective}.Age(day)
		if known != (want >= 0) || known && days != want {
			t.Errorf("%q is %d days old, %v, want %d", effective, days, known, want)
		}
	}
}

func TestMoneyPrints(t *testing.T) {
	for amount, want := range map[price.USD][2]string{
		219_061_000_000: {"219.06", "219.061"},
		5_000_000:       {"0.01", "0.005"},
		-1_234_567_891:  {"-1.23", "-1.234567891"},
		0:               {"0.00", "0"},
	} {
		text, _ := amount.MarshalJSON()
		if amount.String() != want[0] || string(text) != want[1] {
			t.Errorf("%d prints %s and %s, want %v", int64(amount), amount, text, want)
		}
		var back price.USD
		if err := back.UnmarshalJSON(text); err != nil || back != amount {
			t.Errorf("%s reads back as %d, %v", text, int64(back), err)
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte(`{"currency":"USD","regions":{"r":[{"key":"nat.hours","unit":"hour","source":"s","status":"verified","tiers":[{"from":0,"price":"1"}]}]}}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		b, err := price.Read(bytes.NewReader(text))
		if err != nil {
			return
		}
		var out bytes.Buffer
		if _, err := b.WriteTo(&out); err != nil {
			t.Fatal(err)
		}
		if _, err := price.Read(&out); err != nil {
			t.Fatalf("a book that was read is refused when written: %v", err)
		}
	})
}

func BenchmarkCost(b *testing.B) {
	r := rate(b, "lambda.duration.arm64")
	for b.Loop() {
		r.Cost(8e9 + .5)
	}
}

// A savings plan on Lambda covers no requests; who has other terms names the price.
func TestDiscounts(t *testing.T) {
	book, err := price.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string][]string{
		"lambda=17":          {"lambda.duration.arm64", "lambda.duration.x86_64", "lambda.provisioned.arm64"},
		"lambda.requests=10": {"lambda.requests"},
		"lambda.duration=12": {"lambda.duration.arm64", "lambda.duration.x86_64"},
		"ec2.m7g.large=30":   {"ec2.m7g.large"},
	} {
		change, err := price.ParseDiscount(text)
		if err != nil {
			t.Fatal(err)
		}
		sheet, err := book.In("us-east-1", change)
		if err != nil {
			t.Fatal(err)
		}
		for _, key := range []string{"lambda.duration.arm64", "lambda.duration.x86_64", "lambda.provisioned.arm64", "lambda.requests", "ec2.m7g.large", "ec2.m7g.xlarge"} {
			rate, err := sheet.Rate(key)
			if err != nil {
				t.Fatal(err)
			}
			if discounted := rate.Discount != ""; discounted != slices.Contains(want, key) {
				t.Errorf("%s: %s is discounted: %v", text, key, discounted)
			}
		}
	}
}
