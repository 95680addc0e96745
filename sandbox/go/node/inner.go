package main

import (
	"io"
	"log"
	"os"
	"os/signal"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// inner is the argument that makes this program the first process inside the namespaces.
const inner = "inside"

// runInner prepares the namespaces, keeps the processes running and reaps whatever is orphaned.
func runInner(specPath string) error {
	s, err := readSpec(specPath)
	if err != nil {
		return err
	}
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, syscall.SIGTERM)
	ready := os.NewFile(3, "ready")
	if _, err := io.ReadAll(ready); err != nil { // until the machine's side of the network is made
		return err
	}
	ready.Close()
	if err := runCommands(s.NodeCommands); err != nil {
		return err
	}
	keeper := newKeeper(s.Processes)
	go keeper.reap()
	for name := range keeper.byName {
		keeper.start(name)
	}
	<-stop
	keeper.shutDown(s.StopFirst, time.Duration(s.GraceSeconds)*time.Second)
	return nil // and the kernel ends whatever is left
}

// shutDown ends first the processes that would start pods again, then the pods, then the rest.
func (k *keeper) shutDown(first []string, grace time.Duration) {
	k.stopRestarting()
	own := k.pids()
	var early, late []int
	for name, pid := range own {
		if slices.Contains(first, name) {
			early = append(early, pid)
		} else {
			late = append(late, pid)
		}
	}
	endAll(early, 5*time.Second)
	endAll(others(late), grace)
	endAll(late, 5*time.Second)
}

// others lists every process in here but this one, the kept ones and containerd's shims, which end by themselves
// once their containers have.
func others(kept []int) []int {
	entries, err := os.ReadDir("/proc")
	if err != nil {
		log.Print(err)
		return nil
	}
	var pids []int
	for _, entry := range entries {
		pid, err := strconv.Atoi(entry.Name())
		if err != nil || pid == 1 || slices.Contains(kept, pid) {
			continue
		}
		name, err := os.ReadFile("/proc/" + entry.Name() + "/comm")
		if err == nil && !strings.HasPrefix(string(name), "containerd-shim") {
			pids = append(pids, pid)
		}
	}
	return pids
}

func endAll(pids []int, grace time.Duration) {
	for _, pid := range pids {
		syscall.Kill(pid, syscall.SIGTERM)
	}
	deadline := time.Now().Add(grace)
	for time.Now().Before(deadline) && slices.ContainsFunc(pids, alive) {
		time.Sleep(20 * time.Millisecond)
	}
}

func alive(pid int) bool { return syscall.Kill(pid, 0) == nil }
