// Command node holds the sandbox's node in namespaces of its own, so that everything the node does to processes,
// mounts and the network ends with it: the kernel undoes all of it when the first process in there dies, however
// it dies. It uses the standard library alone.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
)

// spec says what to run; sandbox/node/spec.ts renders it.
type spec struct {
	// Cgroups are directories whose cgroup.procs this program joins, and with it everything it starts.
	Cgroups []string `json:"cgroups"`
	// EndsWith is a process of the machine whose end ends the node, 0 for none.
	EndsWith int `json:"endsWith"`
	// Forwards are listeners on the machine that lead into the node's network.
	Forwards []forward `json:"forwards"`
	// HostCommands run on the machine once the node's namespaces exist; "{pid}" stands for the node's first process.
	HostCommands [][]string `json:"hostCommands"`
	// NodeCommands run inside the namespaces, before the processes.
	NodeCommands [][]string `json:"nodeCommands"`
	// Processes are kept running inside the namespaces, each started again when it ends.
	Processes []process `json:"processes"`
	// StopFirst names the processes that must end before the pods do, lest they start pods again.
	StopFirst []string `json:"stopFirst"`
	// GraceSeconds is what pods get to end by themselves.
	GraceSeconds int `json:"graceSeconds"`
}

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "node:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	switch {
	case len(args) == 1 && args[0] == "pause":
		return pause()
	case len(args) == 2 && args[0] == "run":
		return runOuter(args[1])
	case len(args) == 2 && args[0] == inner:
		return runInner(args[1])
	}
	return fmt.Errorf("usage: node run SPEC.json | node pause")
}

func readSpec(path string) (spec, error) {
	var s spec
	text, err := os.ReadFile(path)
	if err != nil {
		return s, err
	}
	if err := json.Unmarshal(text, &s); err != nil {
		return s, fmt.Errorf("%s: %w", path, err)
	}
	return s, nil
}

func runCommands(commands [][]string) error {
	for _, c := range commands {
		if output, err := exec.Command(c[0], c[1:]...).CombinedOutput(); err != nil {
			return fmt.Errorf("%q: %w: %s", c, err, output)
		}
	}
	return nil
}
