package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"ambi/internal/inputfile"
	"ambi/internal/outfile"
	"ambi/internal/pack"
	"ambi/internal/problem"
	"ambi/internal/scratch"
	"ambi/spec"
)

func newPackageCommand(io streams, options *projectOptions) *cobra.Command {
	var from string
	cmd := &cobra.Command{
		Use:   "package SERVICE",
		Short: "Build the zip that a service runs on Lambda",
		Long: `Build the zip that app.yaml names under lambda.zip of a service, from a folder:

- a Go command, which is compiled for the service's architecture, or
- anything else with an executable or a script named bootstrap in it, such as the
  output of another build. With lambda.handler adapter, bootstrap starts a server
  on the service's port; with native, it speaks the Lambda runtime API itself.

The same files give the same zip, byte for byte, so that a deployment with nothing
new changes nothing. What Lambda could not run is an error: no bootstrap, one for
another architecture, or more than Lambda unpacks.`,
		Example: `  ambi package api
  ambi package api --from dist`,
		Args: exactlyOne("the name of a service"),

		ValidArgsFunction: completions{options}.service,
		RunE: func(cmd *cobra.Command, args []string) error {
			p, err := options.load()
			if err != nil {
				return err
			}
			return p.pack(cmd.Context(), io, args[0], from)
		},
	}
	cmd.Flags().StringVar(&from, "from", "app", "the `FOLDER`, from the project's root")
	return cmd
}

func (p *project) pack(ctx context.Context, io streams, name, from string) error {
	service := p.app.Services[name]
	if service == nil {
		return usageError{problem.New("no service %s in %s", name, p.specName).Hint("its services are %s", strings.Join(p.app.ServiceNames(), ", "))}
	}
	if service.Lambda.Zip == "" {
		return refusal{problem.File(p.specName, 0, "services.%s: names no zip to build", name).Hint("lambda.zip is its path, such as app/build/%s.zip", name)}
	}
	folder := from
	if !filepath.IsAbs(folder) {
		folder = filepath.Join(p.root, filepath.FromSlash(from))
	}
	if err := inputfile.CheckFolder("from", folder, from); err != nil {
		return err
	}
	isGo, err := filepath.Glob(filepath.Join(folder, "*.go"))
	if err != nil {
		return machineError{err}
	}
	if _, err := os.Stat(filepath.Join(folder, pack.Bootstrap)); errors.Is(err, fs.ErrNotExist) && len(isGo) > 0 {
		built, remove, err := scratch.Dir(scratch.Package)
		if err != nil {
			return machineError{err}
		}
		defer func() { _ = remove() }() // the zip is what counts
		if err := compileGo(ctx, io, folder, filepath.Join(built, pack.Bootstrap), service.Lambda.Architecture); err != nil {
			return err
		}
		folder = built
	}
	archive, err := pack.Zip(os.DirFS(folder), service.Lambda.Architecture)
	if err != nil {
		return problem.As(problem.Machine, problem.InFlag("from", problem.In(from, err)))
	}
	zip := filepath.Join(p.root, filepath.FromSlash(service.Lambda.Zip))
	if err := os.MkdirAll(filepath.Dir(zip), 0o755); err != nil {
		return machineError{fmt.Errorf("cannot make the folder of %s: %w", service.Lambda.Zip, inputfile.Cause(err))}
	}
	if err := outfile.Write(zip, archive); err != nil {
		return machineError{err}
	}
	fmt.Fprintf(io.out, "%s: %.1f MB, for %s\n", service.Lambda.Zip, float64(len(archive))/1e6, service.Lambda.Architecture)
	return nil
}

// compileGo builds a Go command as the same bytes wherever it is built.
func compileGo(ctx context.Context, io streams, folder, output string, architecture spec.Architecture) error {
	cmd := exec.CommandContext(ctx, "go", "build", "-trimpath", "-buildvcs=false", "-ldflags=-s -w -buildid=", "-tags=lambda.norpc", "-o", output, ".")
	cmd.Dir = folder
	goarch := map[spec.Architecture]string{spec.X8664: "amd64", spec.ARM64: "arm64"}[architecture]
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS=linux", "GOARCH="+goarch)
	cmd.Stdout, cmd.Stderr = io.err, io.err
	err := cmd.Run()
	var exit *exec.ExitError
	switch {
	case errors.Is(err, exec.ErrNotFound):
		return machineError{problem.New("go is not on PATH").Hint("install Go from https://go.dev/dl")}
	case errors.As(err, &exit) && ctx.Err() == nil:
		return refusal{fmt.Errorf("%s does not compile", folder)}
	case err != nil:
		return machineError{err}
	}
	return nil
}
