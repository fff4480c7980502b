package awsapi

import (
	"bufio"
	"bytes"
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"strings"
	"time"
)

// The protocols of ten APIs are boto3's business: it comes with moto, and takes any
// operation by its name.
//
//go:embed calls.py
var motoScript string

// ErrNoMoto says that Python, moto or boto3 is not installed.
var ErrNoMoto = errors.New("python3 with moto and boto3 is not on PATH (pip install 'moto[all]')")

// Moto is a simulation of AWS that calls can be sent to, and that refuses many of those
// that AWS refuses: references to what does not exist, names that are taken, and values
// that only the service itself checks.
type Moto struct {
	process *exec.Cmd
	calls   io.WriteCloser
	answers *bufio.Reader
	errors  bytes.Buffer
}

// StartMoto starts moto in a process of its own, which ends with the context or [Moto.Close].
func StartMoto(ctx context.Context) (*Moto, error) {
	m := &Moto{process: exec.CommandContext(ctx, "python3", "-c", motoScript)}
	m.process.Stderr = &m.errors
	m.process.WaitDelay = time.Second
	var err error
	if m.calls, err = m.process.StdinPipe(); err != nil {
		return nil, err
	}
	answers, err := m.process.StdoutPipe()
	if err != nil {
		return nil, err
	}
	m.answers = bufio.NewReader(answers)
	if err := m.process.Start(); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNoMoto, err)
	}
	if line, _ := m.answers.ReadString('\n'); line != "ready\n" {
		err := fmt.Errorf("moto does not start: %w\n%s", m.Close(), &m.errors)
		if strings.Contains(m.errors.String(), "ModuleNotFoundError") {
			err = fmt.Errorf("%w: %w", ErrNoMoto, err)
		}
		return nil, err
	}
	return m, nil
}

// Close ends the process.
func (m *Moto) Close() error {
	_ = m.calls.Close() // it ends at the end of its input
	return m.process.Wait()
}

// Reset makes moto forget what it created.
func (m *Moto) Reset() error {
	_, err := fmt.Fprintln(m.calls, "reset")
	return err
}

// call sends a call. Refused is what moto says against it; the error, that moto is gone.
func (m *Moto) call(region string, c Call) (answer map[string]any, refused string, err error) {
	line, err := json.Marshal(map[string]any{"api": c.API, "operation": c.Operation, "region": region, "input": c.Input})
	if err != nil {
		return nil, "", err
	}
	var reply struct {
		Answer map[string]any
		Error  string
	}
	if _, err = m.calls.Write(append(line, '\n')); err == nil {
		line, err = m.answers.ReadBytes('\n')
	}
	if err == nil {
		err = json.Unmarshal(line, &reply)
	}
	if err != nil {
		return nil, "", fmt.Errorf("moto does not answer %s: %w\n%s", c.Operation, err, &m.errors)
	}
	return reply.Answer, reply.Error, nil
}
