package flags

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/pflag"

	"ambi/compare/price"
	"ambi/internal/inputfile"
	"ambi/internal/problem"
	"ambi/internal/project"
)

// PricesFile is where a project keeps prices of its own: what "ambi prices refresh" has read.
// It belongs to the project, not to a user, so that the whole team and CI get the same figures.
const PricesFile = "app/prices.json"

// Prices say which prices count.
type Prices struct {
	Region    string
	book      string
	overrides []string
	discounts []string
}

// Register defines the flags.
func (f *Prices) Register(flags *pflag.FlagSet) {
	flags.StringVar(&f.Region, "region", "us-east-1", "the AWS `REGION` whose prices count")
	flags.StringVar(&f.book, "prices", "", "a price book `FILE` that overrides ambi's own prices (default: "+PricesFile+" if it exists)")
	flags.StringArrayVar(&f.overrides, "price", nil, "a price of your own: `KEY=DOLLARS`, keys as \"ambi prices\" has them")
	flags.StringArrayVar(&f.discounts, "discount", nil, "percentage off a service's list prices: `SERVICE=PERCENT`, such as ec2=30")
}

// Books is ambi's prices with the user's over them, and the name of the
// user's book: as it was given, or from the project's folder, so that a report is
// the same from any folder. None has an empty name.
func (f *Prices) Books(root string) (*price.Book, string, error) {
	book, err := price.Embedded()
	if err != nil {
		return nil, "", problem.As(problem.Machine, err)
	}
	name, file := f.book, f.book
	if name == "" {
		name = PricesFile
		if file, err = pricesOf(root); err != nil || file == "" {
			return book, "", err
		}
	}
	own, err := readBook(file)
	if err != nil {
		return nil, "", err
	}
	return book.Overlay(own), name, nil
}

// pricesOf is a project's price book, or nothing where it has none.
func pricesOf(root string) (string, error) {
	file := filepath.Join(root, PricesFile)
	switch _, err := os.Stat(file); {
	case errors.Is(err, fs.ErrNotExist):
		return "", nil
	case err != nil:
		return "", problem.As(problem.Machine, err)
	}
	if filepath.IsAbs(file) {
		if short, err := project.Relative(file); err == nil && !strings.HasPrefix(short, "..") {
			return short, nil
		}
	}
	return file, nil
}

// maxBook bounds a price book; ambi's own has 34 kB.
const maxBook = 64 << 20

// readBook reads a price book from a file.
func readBook(name string) (*price.Book, error) {
	file, err := inputfile.Open("prices", name, "\"ambi prices refresh\" writes one")
	if err != nil {
		return nil, err
	}
	defer file.Close()
	text, err := inputfile.Read(file, name, maxBook)
	if err != nil {
		return nil, problem.InFlag("prices", err)
	}
	book, err := price.Read(bytes.NewReader(text))
	if err != nil {
		return nil, problem.Hinted(problem.InFile(name, problem.As(problem.Misuse, err)), "\"ambi prices refresh\" writes it anew")
	}
	return book, nil
}

// Changes are the user's own figures. All problems come back at once.
func (f *Prices) Changes() ([]price.Change, error) {
	var changes []price.Change
	var problems problem.List
	given := map[string]bool{}
	for _, text := range f.overrides {
		change, err := price.ParseOverride(text)
		problems.Add(problem.InFlag("price", err))
		if err == nil && given[change.Key] {
			problems.Add(problem.InFlag("price", problem.Field(change.Name(), "given twice")))
		}
		given[change.Key] = true
		changes = append(changes, change)
	}
	for _, text := range f.discounts {
		change, err := price.ParseDiscount(text)
		problems.Add(problem.InFlag("discount", err))
		if err == nil && given[change.Service] { // no key is a service
			problems.Add(problem.InFlag("discount", problem.Field(change.Name(), "given twice")))
		}
		given[change.Service] = true
		changes = append(changes, change)
	}
	return changes, problem.As(problem.Misuse, problems.Err())
}

// Sheet is the region's prices, with the user's figures put over them, and the
// name of the user's book. All problems of flags come back at once.
func (f *Prices) Sheet(root string) (*price.Sheet, string, error) {
	changes, err := f.Changes()
	if err != nil {
		return nil, "", err
	}
	book, name, err := f.Books(root)
	if err != nil {
		return nil, "", err
	}
	sheet, err := book.In(f.Region, changes...)
	var unknown *price.RegionError
	if errors.As(err, &unknown) {
		return nil, "", problem.InFlag("region", err)
	}
	if err != nil {
		return nil, "", InChanges(err, changes)
	}
	return sheet, name, nil
}

// InChanges puts the problems of the user's own figures at their flags.
func InChanges(err error, changes []price.Change) error {
	flags := map[string]string{}
	for _, c := range changes {
		flags[c.Name()] = "price"
		if c.Service != "" {
			flags[c.Name()] = "discount"
		}
	}
	return problem.Each(err, func(p *problem.Problem) { p.Flag = flags[p.Field] })
}
