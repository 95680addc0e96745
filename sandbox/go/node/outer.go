package main

import (
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// runOuter stays in the machine's own namespaces: it makes the node's, joins the two networks, forwards ports and
// waits. When it dies, so does the node.
func runOuter(specPath string) error {
	s, err := readSpec(specPath)
	if err != nil {
		return err
	}
	for _, directory := range s.Cgroups {
		if err := os.WriteFile(filepath.Join(directory, "cgroup.procs"), []byte("0"), 0); err != nil {
			return err
		}
	}
	for _, f := range s.Forwards {
		if err := f.listen(); err != nil {
			return err
		}
	}

	ready, release, err := os.Pipe()
	if err != nil {
		return err
	}
	// The kernel sends Pdeathsig when the *thread* that started the child ends, so this one must stay.
	runtime.LockOSThread()
	node := exec.Command("/proc/self/exe", inner, specPath)
	node.Stdout, node.Stderr = os.Stdout, os.Stderr
	node.ExtraFiles = []*os.File{ready}
	node.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags: syscall.CLONE_NEWNS | syscall.CLONE_NEWPID | syscall.CLONE_NEWNET | syscall.CLONE_NEWIPC,
		Pdeathsig:  syscall.SIGKILL,
	}
	if err := node.Start(); err != nil {
		return fmt.Errorf("namespaces for the node: %w", err)
	}
	ready.Close()
	if err := runCommands(withPid(s.HostCommands, node.Process.Pid)); err != nil {
		node.Process.Kill()
		node.Wait()
		return err
	}
	release.Close()
	if s.EndsWith != 0 {
		go func() {
			untilEnded(s.EndsWith)
			node.Process.Kill()
		}()
	}

	stop := make(chan os.Signal, 1)
	signal.Notify(stop, syscall.SIGTERM, syscall.SIGINT)
	go func() {
		for range stop {
			node.Process.Signal(syscall.SIGTERM)
		}
	}()
	return node.Wait()
}

// untilEnded returns once a process, which need not be a child, is there no more.
func untilEnded(pid int) {
	for alive(pid) {
		time.Sleep(500 * time.Millisecond)
	}
}

func withPid(commands [][]string, pid int) [][]string {
	filled := make([][]string, len(commands))
	for i, c := range commands {
		for _, word := range c {
			filled[i] = append(filled[i], strings.ReplaceAll(word, "{pid}", strconv.Itoa(pid)))
		}
	}
	return filled
}
