// Package networkpolicy enforces networking.k8s.io/v1 NetworkPolicies for the pods of one node with nftables.
//
// The work is in three steps: a watcher copies the cluster's state, compile turns it into a ruleset, and a table
// writes that to the kernel in one transaction. docs/decisions/0004-network-policy.md tells why it exists, what it
// leaves open and for how long.
package networkpolicy

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/clientcmd"

	"tradestack.dev/sandbox/kube/networkpolicy/announce"
)

const defaultTable = "tradestack-network-policy"

type options struct {
	kubeconfig  string
	node        string
	table       string
	podNetworks []netip.Prefix
	health      string
	socket      string
	cleanup     bool
}

// Main runs the agent with the arguments after the program's name until it is told to stop (SIGTERM, SIGINT).
// It returns the exit code: 0 after a stop or a clean-up, 1 for a failure, 2 for arguments it cannot use.
func Main(args []string) int {
	chosen, err := parse(args)
	if errors.Is(err, flag.ErrHelp) {
		return 0
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "network-policy:", err)
		return 2
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	if err := run(ctx, chosen); err != nil {
		fmt.Fprintln(os.Stderr, "network-policy:", err)
		return 1
	}
	return 0
}

func parse(args []string) (options, error) {
	var chosen options
	flags := flag.NewFlagSet("network-policy", flag.ContinueOnError)
	flags.StringVar(&chosen.kubeconfig, "kubeconfig", "", "`path` of the kubeconfig; it must allow to list and watch pods, namespaces and networkpolicies")
	flags.StringVar(&chosen.node, "node", "", "`name` of the node whose pods are enforced")
	flags.StringVar(&chosen.table, "table", defaultTable, "`name` of the nftables table, of family inet, that holds the rules")
	flags.Func("pod-network", "`CIDR` of this node's pods, once per IP family: packets of addresses in it that no known pod has are dropped (default: none, they pass)", func(text string) error {
		network, err := netip.ParsePrefix(text)
		chosen.podNetworks = append(chosen.podNetworks, network.Masked())
		return err
	})
	flags.StringVar(&chosen.health, "health", "", "loopback `address` to serve /healthz and /metrics on, such as 127.0.0.1:10260 (default: none)")
	flags.StringVar(&chosen.socket, "socket", "", "`path` of the socket on which the CNI plugin announces pods before they start (default: none)")
	flags.BoolVar(&chosen.cleanup, "cleanup", false, "remove the table and end")
	if err := flags.Parse(args); err != nil {
		return options{}, err
	}
	switch {
	case flags.NArg() > 0:
		return options{}, fmt.Errorf("unexpected argument %q: every setting is a flag, see --help", flags.Arg(0))
	case chosen.cleanup:
		return chosen, nil
	case chosen.kubeconfig == "":
		return options{}, errors.New("--kubeconfig is missing: give the path of a kubeconfig")
	case chosen.node == "":
		return options{}, errors.New("--node is missing: give the name of the node whose pods are to be enforced")
	}
	if chosen.health != "" {
		address, err := netip.ParseAddrPort(chosen.health)
		if err != nil || !address.Addr().IsLoopback() {
			return options{}, fmt.Errorf("--health %s: not an address on loopback; give one such as 127.0.0.1:10260", chosen.health)
		}
	}
	return chosen, nil
}

func run(ctx context.Context, chosen options) error {
	table, err := openTable(chosen.table)
	if err != nil {
		return err
	}
	if chosen.cleanup {
		return table.remove(ctx)
	}
	if err := bridgedPacketsAreFiltered(); err != nil {
		return err
	}
	config, err := clientcmd.BuildConfigFromFlags("", chosen.kubeconfig)
	if err != nil {
		return fmt.Errorf("--kubeconfig %s: %w", chosen.kubeconfig, err)
	}
	config.UserAgent = "network-policy"
	config.ContentType = "application/vnd.kubernetes.protobuf"
	client, err := kubernetes.NewForConfig(config)
	if err != nil {
		return fmt.Errorf("--kubeconfig %s: %w", chosen.kubeconfig, err)
	}
	health := newHealth()
	if chosen.health != "" {
		stop, err := serve(chosen.health, health.handler())
		if err != nil {
			return fmt.Errorf("--health %s: %w", chosen.health, err)
		}
		defer stop()
	}
	agent := newAgent(chosen.node, chosen.table, chosen.podNetworks, table, health)
	watcher, err := newWatcher(client, agent.notify)
	if err != nil {
		return err
	}
	agent.state = watcher.state
	if err := watcher.start(ctx); err != nil {
		if ctx.Err() != nil {
			return nil
		}
		return err
	}
	if chosen.socket != "" {
		listener, err := announce.Listen(chosen.socket)
		if err != nil {
			return fmt.Errorf("--socket %s: %w", chosen.socket, err)
		}
		defer listener.Close()
		go announce.Serve(listener, func(ctx context.Context, a announce.Announcement) error {
			return agent.registry.accept(ctx, a, agent.notify)
		})
	}
	slog.Info("enforcing network policies", "node", chosen.node, "table", chosen.table)
	agent.run(ctx)
	return nil
}

// bridgedPacketsAreFiltered fails where the kernel would carry packets between two pods on one bridge past every rule.
func bridgedPacketsAreFiltered() error {
	for _, setting := range []string{"bridge-nf-call-iptables", "bridge-nf-call-ip6tables"} {
		value, err := os.ReadFile("/proc/sys/net/bridge/" + setting)
		if err == nil && strings.TrimSpace(string(value)) == "0" {
			return fmt.Errorf("net.bridge.%[1]s is 0, so pods on one bridge would reach each other past every policy: run sysctl -w net.bridge.%[1]s=1", setting)
		}
	}
	return nil
}

func serve(address string, handler http.Handler) (stop func(), err error) {
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return nil, err
	}
	server := &http.Server{Handler: handler, ReadHeaderTimeout: 5 * time.Second}
	go server.Serve(listener)
	return func() { server.Close() }, nil
}
