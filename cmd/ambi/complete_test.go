package main

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// offered are what a shell is offered for a command line, its last word begun,
// and cobra's directive.
func offered(t *testing.T, words ...string) ([]string, string) {
	t.Helper()
	var out, errs bytes.Buffer
	if code := run(append([]string{cobra.ShellCompNoDescRequestCmd}, words...), strings.NewReader(""), &out, &errs); code != exitDone {
		t.Fatalf("%v: exit code %d: %s", words, code, errs.String())
	}
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	return lines[:len(lines)-1], lines[len(lines)-1]
}

// The directives: bits of cobra.ShellCompDirective.
const (
	anyFile    = ":0"
	noFile     = ":4"
	keyOnly    = ":6" // no file, and no space after it
	endings    = ":8"
	onlyFolder = ":16"
)

func TestCompletion(t *testing.T) {
	one, several, moving := projectWith(t, pageSpec), projectWith(t, shopSpec), projectWith(t, golden(t, "switching"))
	for _, test := range []struct {
		line, want string // some of what is offered
		directive  string
	}{
		{"simulate --target=", "lambda kubernetes", noFile},
		{"simulate --target=k", "kubernetes", noFile},
		{"switch --to=", "lambda kubernetes", noFile},
		{"switch --stack=", "lambda= kubernetes= data= traffic=", keyOnly},
		{"switch --stack=data=", "", noFile},
		{"switch --outputs=t", "traffic=", keyOnly},
		{"switch --outputs=traffic=", "", anyFile},
		{"preview --stack=", "", noFile},
		{"switch -C " + moving + " --accept=services.api.t", "services.api.timeout", noFile},
		{"preview --target=", "lambda kubernetes", noFile},
		{"compare --require=", "lambda kubernetes both", noFile},
		{"compare --shape=", "steady diurnal bursty sporadic", noFile},
		{"simulate --shape=", "steady diurnal bursty sporadic", noFile},
		{"trace --shape=", "steady diurnal bursty sporadic", noFile},
		{"compare --nodes=", "karpenter cluster-autoscaler", noFile},
		{"compare --runtime=", "go java21 python3.13", noFile},
		{"simulate --resolution=", "auto exact", noFile},
		{"trace --format=", "cloudwatch-json logs-insights prometheus k6 vegeta json-lines alb envoy haproxy cloudfront w3c access-log azure-functions cloudwatch-csv timestamps csv", noFile},
		{"trace --spread=", "poisson even", noFile},
		{"compare --region=", "us-east-1", noFile},
		{"prices --region=", "us-east-1 ap-southeast-2", noFile},
		{"prices refresh --region=", "us-east-1 ap-southeast-2", noFile},
		{"compare --instance=m7g", "m7g.large m7g.xlarge", noFile},
		{"compare --price=nat", "nat.hours= nat.data=", keyOnly},
		{"compare --discount=", "ec2= lambda=", keyOnly},
		{"prices refresh --skip=eks", "eks.cluster", noFile},
		{"simulate -C " + several + " --service=", "api web", noFile},
		{"simulate -C " + several + " --service=w", "web", noFile},
		{"compare -C " + several + " --requests=", "api= web=", keyOnly},
		{"compare -C " + one + " --requests=", "", noFile},
		{"compare -C " + several + " --trace=", "api= web=", keyOnly},
		{"compare -C " + several + " --trace=api=", "", anyFile},
		{"compare -C " + one + " --trace=", "", anyFile},
		{"compare --prices=", "json", endings},
		{"compare --against=", "json", endings},
		{"compare --html=", "html", endings},
		{"trace --out=", "", anyFile},
		{"compare --duration=", "", noFile},
		{"prices refresh --from=", "", onlyFolder},
		{"plan -C ", "", onlyFolder},
		{"trace ", "", anyFile},
		{"trace access.log ", "", noFile},
		{"plan ", "yaml yml", endings},
		{"compare app/app.yaml ", "", noFile},
		{"generate ", "", noFile},
		{"package -C " + several + " ", "api web", noFile},
		{"render ", "kubernetes", noFile},
		{"schema ", "spec compare simulate trace", noFile},
		{"help pr", "preview prices", noFile},
		{"help prices ", "refresh", noFile},
		{"prices ref", "refresh", noFile},
	} {
		words := strings.Split(test.line, " ")
		got, directive := offered(t, words...)
		if directive != test.directive {
			t.Errorf("%s: directive %s, want %s", test.line, directive, test.directive)
		}
		for want := range strings.FieldsSeq(test.want) {
			if !slices.Contains(got, want) {
				t.Errorf("%s offers %q, and not %s", test.line, got, want)
			}
		}
		if test.want == "" && len(got) > 0 {
			t.Errorf("%s offers %q", test.line, got)
		}
	}
}

// Each value that is offered is taken: it is no wrong use.
func TestWhatIsOfferedIsTaken(t *testing.T) {
	dir := projectWith(t, pageSpec)
	for _, line := range []string{
		"compare --shape", "compare --region", "compare --require", "prices --region", "simulate --target --span 30s", "simulate --nodes --span 30s",
		"simulate --runtime --span 30s", "simulate --resolution --span 30s", "trace --spread - ",
	} {
		words := strings.Fields(line)
		values, _ := offered(t, words[0], words[1]+"=")
		if len(values) == 0 {
			t.Errorf("%s offers nothing", line)
		}
		for _, value := range values {
			args := append([]string{words[0], words[1], value}, words[2:]...)
			if words[0] != "trace" {
				args = append(args, "-C", dir)
			}
			var out, errs bytes.Buffer
			if code := run(args, strings.NewReader("1\n2\n3\n"), &out, &errs); code != exitDone && code != exitNo {
				t.Errorf("%v: exit code %d: %s", args, code, errs.String())
			}
		}
	}
}

// A flag that takes a value offers what it may be, or nothing: never, by
// oversight, the files of the folder.
func TestEveryFlagIsCompleted(t *testing.T) {
	var walk func(cmd *cobra.Command)
	walk = func(cmd *cobra.Command) {
		cmd.LocalFlags().VisitAll(func(f *pflag.Flag) {
			if _, known := cmd.GetFlagCompletionFunc(f.Name); !known && f.Value.Type() != "bool" && !f.Hidden {
				t.Errorf("%s --%s is not completed", cmd.CommandPath(), f.Name)
			}
		})
		for _, below := range cmd.Commands() {
			walk(below)
		}
	}
	walk(newRootCommand(streams{}))
}
