package page

// Figure is a chart as data, with the table behind it. A figure has either a
// curve, which may have several panels over one axis, or stacked bars.
type Figure struct {
	ID      string `json:"id"`      // of the element that it is drawn in
	Title   string `json:"title"`   // for those who cannot see it
	Summary string `json:"summary"` // what it shows, in a sentence
	Curve   *Curve `json:"curve,omitempty"`
	Bars    []Bars `json:"bars,omitempty"` // ways to look at the same; the first is shown
	Caption string `json:"-"`              // what it says below, for those who see it
	Table   Table  `json:"-"`              // the page's HTML has both
}

// Curve is lines over one horizontal axis, in panels one above another.
type Curve struct {
	X      Axis    `json:"x"`
	Panels []Panel `json:"panels"`
	Marks  []Mark  `json:"marks"`
}

// Axis is how an axis is scaled and its numbers printed.
type Axis struct {
	Name   string `json:"name"`
	Format Format `json:"format"`
	Log    bool   `json:"log,omitempty"`
	// From and To are the range shown before zooming; both 0 means everything.
	From float64 `json:"from,omitempty"`
	To   float64 `json:"to,omitempty"`
}

// Format says how the script prints a number.
type Format string

// The formats.
const (
	Dollars Format = "dollars" // of US dollars
	Number  Format = "number"  // with k, M or G
	Percent Format = "percent" // of a part, from 0 to 1
	Seconds Format = "seconds" // a length of time or a moment, from seconds
)

// Panel is lines with one vertical axis.
type Panel struct {
	Y      Axis     `json:"y"`
	Series []Series `json:"series"`
}

// Series is one line, and the band around it.
type Series struct {
	Name string `json:"name"`
	Tone Tone   `json:"tone"`
	Step bool   `json:"step,omitempty"` // a value holds until the next point
	// Points are x and y, and low and high where there is a band; x ascends.
	Points [][]float64 `json:"points"`
}

// Tone names a color, which differs in light and in dark.
type Tone string

// Mark is a place on the horizontal axis.
type Mark struct {
	X     float64 `json:"x"`
	Label string  `json:"label"`
	Many  string  `json:"many,omitempty"` // what several that stand close together are called
	Here  bool    `json:"here,omitempty"` // the current usage
}

// Bars are horizontal bars, each a stack of parts.
type Bars struct {
	Name   string   `json:"name"`
	X      Axis     `json:"x"`
	Labels []string `json:"labels"` // of the bars, from the top
	Parts  []Part   `json:"parts"`
}

// Part is one part of each bar.
type Part struct {
	Name   string    `json:"name"`
	Tone   Tone      `json:"tone"`
	Values []float64 `json:"values"` // one a bar
}

// Table is what a figure shows, in cells of text.
type Table struct {
	Head []string
	Rows [][]string // the first cell of each is its name
}
