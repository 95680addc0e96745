package main

import (
	"fmt"
	"log"
	"os"
	"sync"
	"syscall"
	"time"
)

// process is one program that is kept running.
type process struct {
	Name    string   `json:"name"`
	Command []string `json:"command"`
	Env     []string `json:"env"`
	Log     string   `json:"log"`
}

const (
	firstPause = 200 * time.Millisecond
	longPause  = 10 * time.Second
	settled    = 30 * time.Second
)

type kept struct {
	process
	pid     int
	started time.Time
	pause   time.Duration
}

// keeper starts processes and starts them again when they end. It is the only one in this process that waits for
// children, as the first process of a PID namespace must also wait for orphans it never started.
type keeper struct {
	mutex    sync.Mutex
	byName   map[string]*kept
	stopping bool
}

func newKeeper(processes []process) *keeper {
	k := &keeper{byName: map[string]*kept{}}
	for _, p := range processes {
		k.byName[p.Name] = &kept{process: p}
	}
	return k
}

func (k *keeper) start(name string) {
	k.mutex.Lock()
	defer k.mutex.Unlock()
	if k.stopping {
		return
	}
	p := k.byName[name]
	p.started = time.Now()
	pid, err := spawn(p.process)
	if err != nil {
		log.Printf("%s: %v", name, err)
		k.again(p)
		return
	}
	p.pid = pid
}

// again starts p after a pause. The mutex must be held.
func (k *keeper) again(p *kept) {
	p.pid = 0
	p.lengthenPause()
	time.AfterFunc(p.pause, func() { k.start(p.Name) })
}

// lengthenPause doubles the pause while p keeps ending early, up to a limit.
func (p *kept) lengthenPause() {
	if time.Since(p.started) > settled || p.pause == 0 {
		p.pause = firstPause
	} else {
		p.pause = min(2*p.pause, longPause)
	}
}

func spawn(p process) (int, error) {
	output, err := os.OpenFile(p.Log, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o640)
	if err != nil {
		return 0, err
	}
	defer output.Close()
	input, err := os.Open(os.DevNull)
	if err != nil {
		return 0, err
	}
	defer input.Close()
	pid, err := syscall.ForkExec(p.Command[0], p.Command, &syscall.ProcAttr{
		Dir:   "/",
		Env:   append(os.Environ(), p.Env...),
		Files: []uintptr{input.Fd(), output.Fd(), output.Fd()},
		Sys:   &syscall.SysProcAttr{Setsid: true},
	})
	if err != nil {
		return 0, fmt.Errorf("%s: %w", p.Command[0], err)
	}
	return pid, nil
}

// reap waits for children until there are none and none is to come.
func (k *keeper) reap() {
	for {
		var status syscall.WaitStatus
		pid, err := syscall.Wait4(-1, &status, 0, nil)
		switch err {
		case nil:
			k.ended(pid, status)
		case syscall.EINTR:
		default: // no child at the moment
			if k.isStopping() {
				return
			}
			time.Sleep(firstPause)
		}
	}
}

func (k *keeper) ended(pid int, status syscall.WaitStatus) {
	k.mutex.Lock()
	defer k.mutex.Unlock()
	for _, p := range k.byName {
		if p.pid != pid {
			continue
		}
		if k.stopping {
			p.pid = 0
			return
		}
		log.Printf("%s ended after %s (exit %d, signal %d); its log is %s", p.Name,
			time.Since(p.started).Round(time.Millisecond), status.ExitStatus(), status.Signal(), p.Log)
		k.again(p)
	}
}

func (k *keeper) stopRestarting() {
	k.mutex.Lock()
	defer k.mutex.Unlock()
	k.stopping = true
}

func (k *keeper) isStopping() bool {
	k.mutex.Lock()
	defer k.mutex.Unlock()
	return k.stopping
}

func (k *keeper) pids() map[string]int {
	k.mutex.Lock()
	defer k.mutex.Unlock()
	pids := map[string]int{}
	for name, p := range k.byName {
		if p.pid != 0 {
			pids[name] = p.pid
		}
	}
	return pids
}
