package engine

import (
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"

	"ambi/internal/problem"
)

// ToolsVariable names the environment variable that says in which folder the
// engine is, where it is not on PATH. "make tools" fills such a folder.
const ToolsVariable = "AMBI_TOOLS"

const languageHost = "pulumi-language-go"

// Tools are the programs that a preview runs, as paths.
type Tools struct {
	Pulumi       string
	LanguageHost string // pulumi-language-go, which compiles and starts Go programs
	Go           string
}

// Find looks for the engine: on PATH first; then in the folder that AMBI_TOOLS
// names or, when that is unset, in .bin of the given project and beside ambi
// itself. Each program is looked for by itself, so that a Pulumi without a
// language host can be completed from such a folder.
func Find(dir string) (Tools, error) {
	folders := toolFolders(dir)
	var tools Tools
	if tools.Pulumi = lookup("pulumi", folders); tools.Pulumi == "" {
		return Tools{}, missing("pulumi, the Pulumi CLI,", folders)
	}
	// The engine itself looks on PATH and then beside its own executable.
	beside := filepath.Dir(resolved(tools.Pulumi))
	if tools.LanguageHost = lookup(languageHost, append([]string{beside}, folders...)); tools.LanguageHost == "" {
		return Tools{}, missing(languageHost+", which comes with the Pulumi CLI and runs Go programs for it,", folders)
	}
	var err error
	if tools.Go, err = exec.LookPath("go"); err != nil {
		return Tools{}, problem.New("go is not on PATH: the engine compiles the stack program with it").
			Hint("install Go from https://go.dev/dl")
	}
	return tools, nil
}

func missing(what string, folders []string) error {
	return problem.New("%s is neither on PATH nor in %s", what, strings.Join(folders, " or ")).
		Hint("install it from https://www.pulumi.com/docs/install, or build it from source with \"make tools\" in ambi's repository and set %s to the folder .bin there", ToolsVariable)
}

func toolFolders(dir string) []string {
	if folder := os.Getenv(ToolsVariable); folder != "" {
		return []string{folder}
	}
	folders := []string{filepath.Join(dir, ".bin")}
	if self, err := os.Executable(); err == nil {
		folders = append(folders, filepath.Dir(self))
	}
	return folders
}

// lookup returns the path of a program, absolute, or "".
func lookup(name string, folders []string) string {
	if file, err := exec.LookPath(name); err == nil {
		return absolute(file)
	}
	if runtime.GOOS == "windows" {
		name += ".exe"
	}
	for _, folder := range folders {
		if file, err := exec.LookPath(absolute(filepath.Join(folder, name))); err == nil {
			return file
		}
	}
	return ""
}

// resolved returns a path without symbolic links, or as it is when it has none to
// follow.
func resolved(file string) string {
	if target, err := filepath.EvalSymlinks(file); err == nil {
		return target
	}
	return file
}

func absolute(file string) string {
	if full, err := filepath.Abs(file); err == nil {
		return full
	}
	return file
}

// environ returns an environment in which the engine finds its language host.
func (t Tools) environ(env []string) []string {
	if _, err := exec.LookPath(languageHost); err == nil || filepath.Dir(t.LanguageHost) == filepath.Dir(resolved(t.Pulumi)) {
		return env
	}
	return append(env, "PATH="+os.Getenv("PATH")+string(filepath.ListSeparator)+filepath.Dir(t.LanguageHost))
}
