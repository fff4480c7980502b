package main

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"ambi/compare/price"
	"ambi/internal/flags"
	"ambi/internal/outfile"
	"ambi/internal/pricerefresh"
	"ambi/internal/problem"
	"ambi/internal/project"
	"ambi/internal/terminal"
)

func newPricesCommand(io streams, options *project.Folder) *cobra.Command {
	var (
		priced flags.Prices
		asJSON bool
	)
	cmd := &cobra.Command{
		Use:   "prices",
		Short: "List the prices that compare uses: each with its date, age and source",
		Long: `List a region's prices as "ambi compare" uses them: ambi's own, overridden by those in
app/prices.json, and these by --price and --discount. Dollars are
for one unit; a price with a + has more tiers, which --json shows. Each has the
date from which its source says it holds, and how many days ago that was.

A recalled price, which was not read in a source, is never used: compare refuses a
region that lacks a source for a price it needs.`,
		Example: `  ambi prices
  ambi prices --discount ec2=30 --price nat.hours=0.02`,
		Args: flags.CommandsOnly,
		RunE: func(*cobra.Command, []string) error {
			root, err := options.Find()
			if err != nil && options.Dir != "" {
				return err
			}
			list, err := listPrices(&priced, root)
			if err != nil {
				return problem.As(problem.Misuse, err)
			}
			if asJSON {
				return printJSON(io.out, list)
			}
			return printText(io.out, list.text(time.Now()))
		},
	}
	priced.Register(cmd.Flags())
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON, whose schema \"ambi schema prices\" prints")
	cmd.AddCommand(newRefreshCommand(io, options))
	return cmd
}

// pricesFormat names what prices --json prints.
const pricesFormat = "ambi.prices/v1"

// PriceList is a region's prices, listed.
type PriceList struct {
	Format   string       `json:"format"`
	Region   string       `json:"region"`
	Compiled string       `json:"compiled"`       // when the book was put together
	Book     string       `json:"book,omitempty"` // the user's, which overrides ambi's own
	Complete []string     `json:"complete"`       // regions that compare can count with
	Rates    []price.Rate `json:"rates"`

	typed map[string]bool // keys of prices that --price gave
}

// list is a region's prices, those without a source included.
func listPrices(f *flags.Prices, root string) (*PriceList, error) {
	changes, err := f.Changes()
	if err != nil {
		return nil, err
	}
	book, name, err := f.Books(root)
	if err != nil {
		return nil, err
	}
	if !slices.Contains(book.Regions(), f.Region) {
		return nil, problem.Flag("region", "no prices are known for region %q", f.Region).Hint("ambi has prices for %s", strings.Join(book.Regions(), ", "))
	}
	list := &PriceList{Format: pricesFormat, Region: f.Region, Compiled: book.Compiled(), Book: name, Complete: book.Complete(), Rates: book.List(f.Region)}
	if len(changes) == 0 {
		return list, nil
	}
	sheet, err := book.In(f.Region, changes...)
	if err != nil {
		return nil, flags.InChanges(err, changes)
	}
	list.Rates, list.typed = sheet.List(), map[string]bool{}
	for _, c := range changes {
		list.typed[c.Key] = true
	}
	return list, nil
}

// text prints the list in 80 columns but for what is said about single prices,
// ages as of a day.
func (l *PriceList) text(day time.Time) string {
	var b strings.Builder
	// What is in a book is anybody's text: it makes no line of its own.
	line := func(format string, args ...any) { b.WriteString(terminal.Line(fmt.Sprintf(format, args...)) + "\n") }
	line("Prices in %s, US dollars a unit, compiled %s", l.Region, l.Compiled)
	if l.Book != "" {
		line("%s overrides ambi's own prices.", l.Book)
	}
	row := func(key, dollars, unit, date, days, from string) {
		line("%s%s %-12s %-10s %5s %s", key, fmt.Sprintf("%*s", max(46-len(key), len(dollars)+1), dollars), unit, date, days, from)
	}
	b.WriteByte('\n')
	row("price", "dollars", "for one", "dated", "days", "in")
	var sources []string
	recalled, undated := 0, 0
	// Instances are many, and come last.
	isInstance := func(r price.Rate) bool { return r.Service() == "ec2" }
	rates := slices.DeleteFunc(slices.Clone(l.Rates), isInstance)
	for _, r := range l.Rates {
		if isInstance(r) {
			rates = append(rates, r)
		}
	}
	for _, r := range rates {
		at := slices.Index(sources, r.Source)
		if at < 0 {
			at = len(sources)
			sources = append(sources, r.Source)
		}
		dollars := r.First().String()
		if len(r.Tiers) > 1 {
			dollars += "+"
		}
		status := ""
		if r.Status != price.Verified {
			status = " " + string(r.Status)
		}
		date := r.Effective
		switch _, known := r.Age(day); {
		case l.typed[r.Key]: // now
			date = day.Format(time.DateOnly)
		case !known:
			// The source has no date, but was read on this one.
			undated++
			date, status = l.Compiled, " undated"+status
		}
		age := ""
		if days, known := (price.Rate{Effective: date}).Age(day); known {
			age = fmt.Sprint(max(days, 0))
		}
		if r.Discount != "" {
			status += fmt.Sprintf(", %s %% off", r.Discount)
		}
		if !r.Status.Usable() {
			recalled++
		}
		row(r.Key, dollars, r.Unit, date, age, fmt.Sprintf("[%d]%s", at+1, status))
	}
	b.WriteByte('\n')
	for i, source := range sources {
		line("[%d] %s", i+1, source)
	}
	if undated > 0 {
		fmt.Fprintf(&b, "\n%d of these are undated: their source gives no date. The one shown is when it was\nadded to the book, and the price may be older.\n", undated)
	}
	if recalled > 0 {
		fmt.Fprintf(&b, "\n%d of these are recalled or derived, not read in a source: they are not used.\n", recalled)
	}
	if slices.Contains(l.Complete, l.Region) {
		return b.String()
	}
	b.WriteByte('\n')
	line("\"ambi compare\" refuses %s: it lacks a source for some prices.", l.Region)
	line("hint: \"ambi prices refresh --region %s\" reads them from the AWS Price List", l.Region)
	return b.String()
}

// refreshFlags say what is read, from where and to where.
type refreshFlags struct {
	region, from, out string
	instances, skip   []string
}

func newRefreshCommand(io streams, options *project.Folder) *cobra.Command {
	var given refreshFlags
	cmd := &cobra.Command{
		Use:   "refresh",
		Short: "Read a region's prices from the AWS Price List, for compare",
		Long: `Read a region's prices from the AWS Price List, over the network without
credentials, or from files that were downloaded: --from DIR holds them as
SERVICE.json, or at the path that they have below the Price List's address. The
file of EC2 has some 400 MB; no file is kept, and little memory is needed.

The prices are written to app/prices.json, which "ambi compare" uses from then on;
commit it, so that everybody gets the same figures. Other regions in it stay. If
anything is wrong, nothing is written: a price that is for another product, for
several products, or ten times what it was means that AWS has changed something
that a person should look at.`,
		Example: `  ambi prices refresh --region eu-west-1 --instance m7g.large,m7i.large
  ambi prices refresh --region eu-west-1 --from price-list --out prices.json`,
		Args: flags.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := given.check(); err != nil {
				return problem.As(problem.Misuse, err)
			}
			out := given.out
			if out == "" {
				root, err := options.Find()
				if err != nil {
					return problem.Hinted(err, "or give --out FILE, and compare with --prices FILE")
				}
				out = filepath.Join(root, flags.PricesFile)
				if short, err := project.Relative(out); err == nil && options.Dir == "" {
					out = short
				}
			}
			if err := outfile.Check("out", out); err != nil {
				return err
			}
			return given.refresh(cmd.Context(), io, out)
		},
	}
	set := cmd.Flags()
	set.StringVar(&given.region, "region", "", "the AWS `REGION`, such as eu-west-1")
	set.StringVar(&given.from, "from", "", "a `FOLDER` of downloaded files, or another address for the Price List")
	set.StringVar(&given.out, "out", "", "the price book `FILE` to write (default: "+flags.PricesFile+" of the project)")
	set.StringSliceVar(&given.instances, "instance", pricerefresh.UsualInstances(), "EC2 `TYPES` and RDS classes to read the prices of")
	set.StringSliceVar(&given.skip, "skip", nil, "the `KEYS` of prices to leave as they are")
	return cmd
}

// check reports what is wrong with the flags, all at once.
func (f *refreshFlags) check() error {
	var problems problem.List
	if f.region == "" {
		problems.Add(problem.Flag("region", "must be given, such as eu-west-1"))
	}
	for _, key := range f.skip {
		if _, known := price.UnitOf(key); !known {
			problems.Add(problem.Flag("skip", "no price %s", key).Hint("\"ambi prices\" lists them"))
		}
	}
	return problems.Err()
}

// refresh reads the prices, writes them and says what was written.
func (f *refreshFlags) refresh(ctx context.Context, io streams, out string) error {
	done, err := pricerefresh.Run(ctx, pricerefresh.Options{
		Region: f.region, Instances: f.instances, Skip: f.skip, From: f.from, Out: out, Now: time.Now(), Progress: io.err,
	})
	if err != nil {
		return err
	}
	fmt.Fprintf(io.out, "wrote %s: %d prices of %s, from %s\n", out, done.Prices, f.region, done.From)
	if !done.Complete {
		fmt.Fprintf(io.out, "\"ambi compare --region %s\" needs more: what was skipped has no source\n", f.region)
		return nil
	}
	fmt.Fprintf(io.out, "\"ambi compare --region %s\" uses them", f.region)
	if f.out != "" {
		fmt.Fprintf(io.out, ", given --prices %s", out)
	}
	fmt.Fprintln(io.out)
	return nil
}
