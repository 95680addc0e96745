package main

import (
	"bytes"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for deadline := time.Now().Add(10 * time.Second); time.Now().Before(deadline); time.Sleep(10 * time.Millisecond) {
		if holds() {
			return
		}
	}
	t.Fatal("never: " + what)
}

func said(log string) int {
	text, _ := os.ReadFile(log)
	return bytes.Count(text, []byte("said\n"))
}

// One keeper at a time, since it reaps every child of this process.
func TestKeeperStartsAgainWhatEndsUntilItIsToStop(t *testing.T) {
	log := filepath.Join(t.TempDir(), "log")
	sh := func(script string) []string { return []string{"/bin/sh", "-c", script} }
	k := newKeeper([]process{
		{Name: "short", Command: sh("echo $WORD; exit 3"), Env: []string{"WORD=said"}, Log: log},
		{Name: "long", Command: sh("exec sleep 1000"), Log: log},
		{Name: "absent", Command: []string{"/nowhere/program"}, Log: log},
	})
	reaped := make(chan struct{})
	go func() {
		k.reap()
		close(reaped)
	}()
	for name := range k.byName {
		k.start(name)
	}
	eventually(t, "a second start of what ended", func() bool { return said(log) >= 2 })

	first := k.pids()["long"]
	syscall.Kill(first, syscall.SIGKILL)
	eventually(t, "another process for what was killed", func() bool {
		pid := k.pids()["long"]
		return pid != 0 && pid != first
	})

	k.stopRestarting()
	second := k.pids()["long"]
	endAll([]int{second}, 10*time.Second)
	if alive(second) {
		t.Errorf("process %d lives", second)
	}
	k.start("long")
	if pid := k.pids()["long"]; pid != 0 {
		t.Errorf("started again as %d", pid)
	}
	<-reaped
}

func TestPausesDoubleUntilTheyAreLong(t *testing.T) {
	p := &kept{started: time.Now()}
	var pauses []time.Duration
	for range 8 {
		p.lengthenPause()
		pauses = append(pauses, p.pause)
	}
	if pauses[0] != firstPause || pauses[1] != 2*firstPause || pauses[7] != longPause {
		t.Errorf("got %v", pauses)
	}
	p.started = time.Now().Add(-time.Hour)
	if p.lengthenPause(); p.pause != firstPause {
		t.Errorf("got %v after a long run", p.pause)
	}
}
