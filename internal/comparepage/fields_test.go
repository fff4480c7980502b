package comparepage

import (
	"testing"

	"ambi/internal/flags"
)

// A slider's stops rise, or it could not be moved to a value.
func TestStopsRise(t *testing.T) {
	all := map[string][]string{"requests": rates()}
	for _, figure := range (&flags.Usage{}).Figures() {
		_, _, all[figure.Flag], _ = usageField(figure.Input)
	}
	for _, choice := range flags.AllChoices() {
		_, _, all[choice.Flag] = choiceField(choice.Flag)
	}
	rising := 0
	for name, stops := range all {
		for i := 1; i < len(stops); i++ {
			before, ok := measure(stops[i-1])
			after, okToo := measure(stops[i])
			if !ok || !okToo || after <= before {
				t.Errorf("%s: stop %s follows %s", name, stops[i], stops[i-1])
			}
			rising++
		}
	}
	if rising < 100 {
		t.Errorf("only %d stops", rising)
	}
}
