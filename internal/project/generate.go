package project

import (
	"context"
	"os"

	"ambi/generator"
	"ambi/generator/tree"
	"ambi/internal/gitmerge"
	"ambi/internal/problem"
)

// GenerateOptions say what to do with files that the user and ambi both changed.
type GenerateOptions struct {
	Conflicts bool // write them too, with both sides marked
	Force     bool // discard all edits
}

// Generate writes the program. The changes are there with an error too, where it is
// about some of them.
func (p *Project) Generate(ctx context.Context, o GenerateOptions) ([]tree.Change, *SettingsList, error) {
	return p.inTree(ctx, func(root *os.Root, program []generator.File, options tree.Options) ([]tree.Change, error) {
		options.Conflicts, options.Force = o.Conflicts, o.Force
		changes, err := tree.Write(root, program, options)
		if err != nil {
			return changes, err
		}
		if changes, err = p.withStartFiles(changes); err != nil {
			return nil, err
		}
		return changes, p.writeStartFiles(root, changes)
	})
}

// Compare says how the project's files differ from those generated, and the list of
// settings from the one that the spec asks for.
func (p *Project) Compare(ctx context.Context) ([]tree.Change, *SettingsList, error) {
	return p.inTree(ctx, func(root *os.Root, program []generator.File, options tree.Options) ([]tree.Change, error) {
		changes, err := tree.Compare(root, program, options)
		if err != nil {
			return nil, err
		}
		return p.withStartFiles(changes)
	})
}

func (p *Project) inTree(ctx context.Context, do func(*os.Root, []generator.File, tree.Options) ([]tree.Change, error)) ([]tree.Change, *SettingsList, error) {
	program, err := p.Files()
	if err != nil {
		return nil, nil, err
	}
	list, err := p.Settings()
	if err != nil {
		return nil, nil, err
	}
	root, err := os.OpenRoot(p.Root)
	if err != nil {
		return nil, nil, problem.As(problem.Machine, err)
	}
	defer root.Close()
	changes, err := do(root, program, tree.Options{Merge: gitmerge.New(ctx), Project: list.merge})
	return changes, list, problem.As(problem.Machine, err) // what package tree did not classify is the disk's
}

// Stale names the files that are not what the spec describes.
func (p *Project) Stale(ctx context.Context) ([]string, error) {
	changes, list, err := p.Compare(ctx)
	if err != nil {
		return nil, err
	}
	var stale []string
	for _, c := range list.Take(changes) {
		if c.Kind.Stale() {
			stale = append(stale, c.Path)
		}
	}
	return stale, nil
}
