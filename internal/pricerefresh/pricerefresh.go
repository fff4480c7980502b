// Package pricerefresh drives a refresh of prices: it reads a region's prices from
// the AWS Price List, over the network or from downloaded files, and writes them to
// a price book over those that it has.
//
//	done, err := pricerefresh.Run(ctx, pricerefresh.Options{
//		Region: "eu-west-1", Instances: pricerefresh.UsualInstances(), Out: "prices.json", Now: time.Now(),
//	})
//
// Which products of the Price List are meant is decided in [ambi/compare/price].
package pricerefresh

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"slices"
	"strings"
	"time"

	"ambi/compare/price"
	"ambi/internal/inputfile"
	"ambi/internal/problem"
	"ambi/spec"
)

// Options say what is read, from where and to where.
type Options struct {
	Region    string
	Instances []string  // EC2 types and RDS classes
	Skip      []string  // keys of prices that stay as they are
	From      string    // a folder or an address; empty for the Price List of AWS
	Out       string    // the price book to write
	Now       time.Time // the date that the prices get
	Progress  io.Writer // shows which file is being read; may be nil

	Stalled time.Duration // how long a server may send nothing; 0 is a minute
	Limit   time.Duration // how long all of it may take; 0 is an hour
}

// Done is what a refresh wrote.
type Done struct {
	Prices   int    // of the region
	From     string // where they come from, in words
	Complete bool   // compare can count with the region's prices
}

// UsualInstances are the EC2 types that compare chooses nodes from unless it is told, and the
// smallest RDS classes.
func UsualInstances() []string {
	var list []string
	for _, family := range []string{"m7g", "m7i"} {
		for _, size := range []string{"large", "xlarge", "2xlarge", "4xlarge", "8xlarge"} {
			list = append(list, family+"."+size)
		}
	}
	return append(list, "db.t4g.micro", "db.t4g.small", "db.t4g.medium")
}

// Run reads the prices and writes them over those that the file has. Nothing is
// written unless all were read.
func Run(ctx context.Context, o Options) (Done, error) {
	offers, from, err := o.offers()
	if err != nil {
		return Done{}, err
	}
	base, err := price.Embedded()
	if err != nil {
		return Done{}, problem.As(problem.Machine, err)
	}
	// Existing files are read first: nothing is downloaded for a file that
	// cannot be kept.
	own, err := existingBook(o.Out)
	if err != nil {
		return Done{}, err
	}
	limit := cmp.Or(o.Limit, time.Hour)
	ctx, cancel := context.WithTimeoutCause(ctx, limit, problem.New("the prices were not read within %s", spec.Duration(limit)).Of(problem.Machine))
	defer cancel()
	if o.Progress != nil {
		offers = announced{offers, o.Progress}
	}
	fresh, err := price.Refresh(ctx, offers, base, price.RefreshOptions{
		Region: o.Region, Instances: o.Instances, Skip: o.Skip, Compiled: o.Now.UTC().Format(time.DateOnly),
	})
	if errors.Is(ctx.Err(), context.Canceled) {
		return Done{}, ctx.Err()
	}
	if ctx.Err() != nil {
		err = context.Cause(ctx)
	}
	if err != nil {
		return Done{}, problem.Hinted(problem.As(problem.Misuse, err), "nothing was written")
	}
	done := Done{Prices: len(fresh.List(o.Region)), From: from}
	if own != nil {
		fresh = own.Overlay(fresh)
	}
	if err := fresh.Save(o.Out); err != nil {
		return Done{}, problem.As(problem.Machine, err)
	}
	done.Complete = slices.Contains(base.Overlay(fresh).Complete(), o.Region)
	return done, nil
}

// announced says of each file that it is being read: the largest takes minutes.
type announced struct {
	price.Offers
	to io.Writer
}

func (a announced) Open(ctx context.Context, service, region string) (io.ReadCloser, error) {
	fmt.Fprintf(a.to, "reading %s\n", service)
	return a.Offers.Open(ctx, service, region)
}

func (o Options) stalled() time.Duration { return cmp.Or(o.Stalled, time.Minute) }

// offers are the offer files, and where they come from in words.
func (o Options) offers() (price.Offers, string, error) {
	switch {
	case o.From == "":
		return price.HTTP(o.client(), price.PriceList), price.PriceList, nil
	case strings.HasPrefix(o.From, "https://"), strings.HasPrefix(o.From, "http://"):
		return price.HTTP(o.client(), o.From), o.From, nil
	}
	if err := inputfile.CheckFolder("from", o.From, o.From); err != nil {
		return nil, "", err
	}
	return price.Files(os.DirFS(o.From)), o.From, nil
}

// client waits long for a large file, and not long for an answer or for the rest
// of one.
func (o Options) client() *http.Client {
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.ResponseHeaderTimeout = o.stalled()
	return &http.Client{Transport: steady{transport, o.stalled()}}
}

// steady gives up on a body of which nothing more comes.
type steady struct {
	http.RoundTripper
	stalled time.Duration
}

func (s steady) RoundTrip(r *http.Request) (*http.Response, error) {
	ctx, cancel := context.WithCancelCause(r.Context())
	response, err := s.RoundTripper.RoundTrip(r.WithContext(ctx))
	if err != nil {
		cancel(nil)
		return nil, err
	}
	err = problem.New("GET %s: no data for %s", r.URL, spec.Duration(s.stalled)).Of(problem.Machine)
	timer := time.AfterFunc(s.stalled, func() { cancel(err) })
	response.Body = &steadyBody{ReadCloser: response.Body, ctx: ctx, cancel: cancel, timer: timer, stalled: s.stalled}
	return response, nil
}

type steadyBody struct {
	io.ReadCloser
	ctx     context.Context
	cancel  context.CancelCauseFunc
	timer   *time.Timer
	stalled time.Duration
}

func (b *steadyBody) Read(p []byte) (int, error) {
	b.timer.Reset(b.stalled)
	n, err := b.ReadCloser.Read(p)
	if err != nil && !errors.Is(err, io.EOF) && b.ctx.Err() != nil {
		err = context.Cause(b.ctx)
	}
	return n, err
}

func (b *steadyBody) Close() error {
	b.timer.Stop()
	b.cancel(nil)
	return b.ReadCloser.Close()
}

// existingBook is the book in a file, nil where there is no file, or a pipe, say.
func existingBook(name string) (*price.Book, error) {
	if info, err := os.Stat(name); err == nil && !info.Mode().IsRegular() {
		return nil, nil
	}
	file, err := os.Open(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, problem.As(problem.Machine, err)
	}
	defer file.Close()
	book, err := price.Read(file)
	if err != nil {
		return nil, problem.Hinted(problem.InFile(name, problem.As(problem.Misuse, err)), "remove it, or give another --out")
	}
	return book, nil
}
