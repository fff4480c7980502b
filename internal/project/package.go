package project

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"

	"ambi/internal/inputfile"
	"ambi/internal/outfile"
	"ambi/internal/pack"
	"ambi/internal/problem"
	"ambi/internal/scratch"
	"ambi/spec"
)

// Zip is what a service runs on Lambda, as it was written.
type Zip struct {
	Path         string // from the project's root
	Bytes        int
	Architecture spec.Architecture
}

// Package builds the zip that the spec names for a service, from a folder; what a
// compiler says goes to output.
func (p *Project) Package(ctx context.Context, name, from string, output io.Writer) (Zip, error) {
	service, err := p.Service(name)
	if err != nil {
		return Zip{}, err
	}
	if service.Lambda.Zip == "" {
		return Zip{}, problem.File(p.SpecName, 0, "services.%s: names no zip to build", name).Hint("lambda.zip is its path, such as app/build/%s.zip", name)
	}
	folder := from
	if !filepath.IsAbs(folder) {
		folder = filepath.Join(p.Root, filepath.FromSlash(from))
	}
	if err := inputfile.CheckFolder("from", folder, from); err != nil {
		return Zip{}, err
	}
	isGo, err := filepath.Glob(filepath.Join(folder, "*.go"))
	if err != nil {
		return Zip{}, problem.As(problem.Machine, err)
	}
	if _, err := os.Stat(filepath.Join(folder, pack.Bootstrap)); errors.Is(err, fs.ErrNotExist) && len(isGo) > 0 {
		built, remove, err := scratch.Dir(scratch.Package)
		if err != nil {
			return Zip{}, problem.As(problem.Machine, err)
		}
		defer func() { _ = remove() }() // the zip is what counts
		if err := compileGo(ctx, output, folder, filepath.Join(built, pack.Bootstrap), service.Lambda.Architecture); err != nil {
			return Zip{}, err
		}
		folder = built
	}
	archive, err := pack.Zip(os.DirFS(folder), service.Lambda.Architecture)
	if err != nil {
		return Zip{}, problem.As(problem.Machine, problem.InFlag("from", problem.In(from, err)))
	}
	zip := filepath.Join(p.Root, filepath.FromSlash(service.Lambda.Zip))
	if err := os.MkdirAll(filepath.Dir(zip), 0o755); err != nil {
		return Zip{}, problem.New("cannot make the folder of %s: %w", service.Lambda.Zip, inputfile.Cause(err)).Of(problem.Machine)
	}
	if err := outfile.Write(zip, archive); err != nil {
		return Zip{}, problem.As(problem.Machine, err)
	}
	return Zip{Path: service.Lambda.Zip, Bytes: len(archive), Architecture: service.Lambda.Architecture}, nil
}

// compileGo builds a Go command as the same bytes wherever it is built.
func compileGo(ctx context.Context, log io.Writer, folder, output string, architecture spec.Architecture) error {
	cmd := exec.CommandContext(ctx, "go", "build", "-trimpath", "-buildvcs=false", "-ldflags=-s -w -buildid=", "-tags=lambda.norpc", "-o", output, ".")
	cmd.Dir = folder
	goarch := map[spec.Architecture]string{spec.X8664: "amd64", spec.ARM64: "arm64"}[architecture]
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS=linux", "GOARCH="+goarch)
	cmd.Stdout, cmd.Stderr = log, log
	err := cmd.Run()
	var exit *exec.ExitError
	switch {
	case errors.Is(err, exec.ErrNotFound):
		return problem.New("go is not on PATH").Hint("install Go from https://go.dev/dl").Of(problem.Machine)
	case errors.As(err, &exit) && ctx.Err() == nil:
		return problem.New("%s does not compile", folder).Of(problem.Invalid)
	case err != nil:
		return problem.As(problem.Machine, err)
	}
	return nil
}
