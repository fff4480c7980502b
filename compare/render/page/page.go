// Package page writes a comparison as one self-contained HTML page:
//
//	html, err := page.HTML(result, page.Options{Spec: "app/app.yaml", Plans: plans})
//
// The page asks the network for nothing: style, script, the chart library and
// all data are in the file, and a content security policy in its head forbids
// the rest. It works in light and in dark, on a phone and on paper. Without
// scripts it still says everything, for behind each chart there is a table.
//
// It decides nothing: every figure is one of the Result's. The same input gives
// the same bytes.
//
// Charts are data (see Figure): the script draws whatever figures it finds, so
// a new chart is a new Figure and no new code.
package page

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"strings"

	"ambi/compare"
	"ambi/compare/demand"
	"ambi/spec"
	"ambi/target/finding"
)

// Options say what a page cannot know from a Result.
type Options struct {
	Spec    string // the spec's name, to point at its lines
	Command string // the command line that gives this comparison; empty: not shown
	Plans   []Plan // what each target would make
	// Give says for each input how to set it, such as a flag.
	Give map[demand.Input]string
	// Form makes the page one that can be asked what if; nil for a file.
	Form *Form
}

// Plan is what one target would make.
type Plan struct {
	Target    spec.Target
	Refused   finding.List // why it would make nothing
	Resources []Resource   // in the order of their declaration
}

// Resource is one resource that a target would register.
type Resource struct {
	Type    string // Pulumi's type token
	Name    string // the logical name
	Service string // that it belongs to; empty for what all share
}

// Section is one part of the page.
type Section struct {
	ID    string        `json:"id"`
	Title string        `json:"title"`
	HTML  template.HTML `json:"html"`
}

// Content is what changes with a comparison: the page without its frame.
type Content struct {
	Title    string    `json:"title"`
	Sections []Section `json:"sections"` // the verdict first
	Figures  []Figure  `json:"figures"`
}

//go:embed assets
var assets embed.FS

// asset is an embedded file, which is there: the compiler saw to it.
func asset(name string) string {
	text, err := assets.ReadFile("assets/" + name)
	if err != nil {
		panic(err)
	}
	return string(text)
}

// parse reads the templates.
func parse() (*template.Template, error) {
	return template.New("page").Funcs(template.FuncMap{"svg": func(n float64) string { return fmt.Sprintf("%.2f", n) }}).
		ParseFS(assets, "assets/*.tmpl")
}

// Render writes the sections and figures of a comparison.
func Render(r compare.Result, o Options) (Content, error) {
	templates, err := parse()
	if err != nil {
		return Content{}, err
	}
	return render(templates, r, o)
}

func render(templates *template.Template, r compare.Result, o Options) (Content, error) {
	figures := figuresOf(r)
	c := Content{Title: title(r), Figures: figures}
	for _, part := range parts(r, o, figures) {
		var b bytes.Buffer
		if err := templates.ExecuteTemplate(&b, part.id, part.view); err != nil {
			return Content{}, err
		}
		c.Sections = append(c.Sections, Section{part.id, part.title, template.HTML(b.String())}) // which the template escaped
	}
	return c, nil
}

// HTML is a comparison as a page.
func HTML(r compare.Result, o Options) ([]byte, error) {
	templates, err := parse()
	if err != nil {
		return nil, err
	}
	content, err := render(templates, r, o)
	if err != nil {
		return nil, err
	}
	style, library, script := asset("style.css"), asset("echarts.js"), asset("page.js")
	scripts := []string{library, script}
	connect := ""
	if o.Form != nil {
		scripts = append(scripts, asset("whatif.js"))
		connect = "; connect-src 'self'"
	}
	frame := struct {
		Content
		App, Region, Policy string
		Style               template.CSS
		Scripts             []template.JS
		Form                *Form
	}{Content: content, App: r.App, Region: r.Region, Style: template.CSS(style), Form: o.Form}
	for _, s := range scripts {
		frame.Scripts = append(frame.Scripts, template.JS(s))
	}
	// No other style than ours, the library sets styles through scripts alone;
	// no other script, and nothing from anywhere.
	frame.Policy = "default-src 'none'; base-uri 'none'; form-action 'none'; script-src " + hashes(scripts...) +
		"; style-src " + hashes(style) + connect
	var b bytes.Buffer
	if err := templates.ExecuteTemplate(&b, "page", frame); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// hashes names inline texts in a content security policy.
func hashes(texts ...string) string {
	var list []string
	for _, text := range texts {
		sum := sha256.Sum256([]byte(text))
		list = append(list, "'sha256-"+base64.StdEncoding.EncodeToString(sum[:])+"'")
	}
	return strings.Join(list, " ")
}
