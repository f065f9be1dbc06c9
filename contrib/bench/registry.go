package main

import (
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"
)

// registry is Debian's docker-registry, on this machine alone.
type registry struct {
	address string
	process *exec.Cmd
}

// startRegistry starts an empty registry that keeps its content in dir.
func startRegistry(dir string) (*registry, error) {
	if err := os.Mkdir(dir, 0o755); err != nil {
		return nil, err
	}
	address, err := freeAddress()
	if err != nil {
		return nil, err
	}
	config := filepath.Join(dir, "config.yml")
	text := fmt.Sprintf("version: 0.1\nlog: {level: error, accesslog: {disabled: true}}\nstorage: {filesystem: {rootdirectory: %q}}\nhttp: {addr: %q}\n", dir, address)
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		return nil, err
	}
	r := &registry{address: address, process: exec.Command("docker-registry", "serve", config)}
	r.process.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := r.process.Start(); err != nil {
		return nil, fmt.Errorf("%w\ninstall docker-registry", err)
	}
	if err := r.wait(); err != nil {
		return nil, errors.Join(err, r.stop())
	}
	return r, nil
}

func freeAddress() (string, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return listener.Addr().String(), listener.Close()
}

// wait waits until the registry answers.
func (r *registry) wait() error {
	deadline := time.Now().Add(30 * time.Second)
	for {
		connection, err := net.Dial("tcp", r.address)
		if err == nil {
			return connection.Close()
		}
		if time.Now().After(deadline) {
			return fmt.Errorf("the registry does not answer: %w", err)
		}
		time.Sleep(10 * time.Millisecond)
	}
}

func (r *registry) pid() int { return r.process.Process.Pid }

// cpu returns the seconds that the registry has taken so far.
func (r *registry) cpu() float64 { return processCPU(r.pid()) }

func (r *registry) stop() error {
	if err := r.process.Process.Kill(); err != nil {
		return err
	}
	_ = r.process.Wait() // it was killed
	return nil
}
