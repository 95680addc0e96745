package main

import (
	"os/exec"
	"testing"
)

func TestUntilEndedWaitsForAnEndAndNoLonger(t *testing.T) {
	other := exec.Command("/bin/sleep", "1000")
	if err := other.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() {
		untilEnded(other.Process.Pid)
		close(ended)
	}()
	select {
	case <-ended:
		t.Error("returned while the process was there")
	default:
	}
	other.Process.Kill()
	other.Wait()
	<-ended
}
