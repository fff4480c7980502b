package format_test

import (
	"testing"

	"ambi/compare/format"
	"ambi/compare/price"
)

func TestMoney(t *testing.T) {
	for u, want := range map[price.USD]string{
		0:                             "$0.00",
		1:                             "<$0.01",
		price.Dollar / 200:            "$0.01",
		price.Dollar/200 - 1:          "<$0.01",
		1234567 * price.Dollar / 100:  "$12,345.67",
		999 * price.Dollar:            "$999.00",
		9_999_999 * price.Dollar:      "$9,999,999.00",
		10_000_000*price.Dollar + 5e8: "$10,000,000",
		-1500*price.Dollar - 25e7:     "$-1,500.25",
	} {
		if got := format.Money(u); got != want {
			t.Errorf("%d is shown as %s, want %s", u, got, want)
		}
	}
	five := 5 * price.Dollar
	less := -five
	zero := price.USD(0)
	for u, want := range map[*price.USD]string{nil: "? ?", &five: "$5.00 +$5.00", &less: "$-5.00 -$5.00", &zero: "$0.00 $0.00"} {
		if got := format.MoneyOr(u) + " " + format.Rise(u); got != want {
			t.Errorf("shown as %s, want %s", got, want)
		}
	}
}

func TestGrouped(t *testing.T) {
	for whole, want := range map[string]string{"": "", "1": "1", "999": "999", "1000": "1,000", "-1000": "-1,000", "-100": "-100", "123456": "123,456", "1234567": "1,234,567"} {
		if got := format.Grouped(whole); got != want {
			t.Errorf("%q is shown as %q, want %q", whole, got, want)
		}
	}
}

func TestSentence(t *testing.T) {
	for text, want := range map[string]string{
		"": "", "a node": "A node", "élan": "Élan", "m7g.large, 2 at least": "m7g.large, 2 at least", "api: a duration": "api: a duration", "CPU": "CPU",
		"1,000 requests": "1,000 requests", "lambda.image is not used": "lambda.image is not used",
	} {
		if got := format.Sentence(text); got != want {
			t.Errorf("%q begins as %q, want %q", text, got, want)
		}
	}
}

func TestPlural(t *testing.T) {
	for n, want := range map[int]string{0: "0 requests", 1: "1 request", 2: "2 requests", 12_000: "12,000 requests"} {
		if got := format.Plural(n, "request"); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestFigure(t *testing.T) {
	for n, want := range map[float64]string{0: "0", 100: "100", 10_000: "10,000", 23_456.7: "23,460", 9.99661: "9.997", .012345: "0.01235", -1.5: "-1.5"} {
		if got := format.Figure(n, 4); got != want {
			t.Errorf("%g is shown as %s, want %s", n, got, want)
		}
	}
}
