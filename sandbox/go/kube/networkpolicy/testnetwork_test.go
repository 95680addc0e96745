package networkpolicy

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"runtime"
	"testing"
	"time"

	"github.com/vishvananda/netlink"
	"github.com/vishvananda/netns"
)

// testNetwork is a node with pods on its bridge and a machine outside, each in a network namespace of its own. It
// lives as long as the test and touches nothing of the machine's own network.
type testNetwork struct {
	t     testing.TB
	table *table
	hosts map[string]netns.NsHandle // "node", "outside" and the pods
}

const (
	nodeHost    = "node"
	outsideHost = "outside"
	giveUp      = 20 * time.Second // when a packet has neither arrived nor been dropped: a broken test, or machine
)

var (
	nodeAddress     = netip.MustParseAddr("10.244.0.1")
	outsideAddress  = netip.MustParseAddr("192.0.2.7")
	outsideAddress6 = netip.MustParseAddr("2001:db8::7")
	servedPorts     = []uint16{53, 80, 81, 8080}
)

// newTestNetwork connects a host for each pod, with the addresses it has in the cluster's state.
func newTestNetwork(t testing.TB, pods []pod) *testNetwork {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("making network namespaces needs root")
	}
	table, err := openTable("test-network-policy")
	if err != nil {
		t.Skip(err)
	}
	n := &testNetwork{t: t, table: table, hosts: map[string]netns.NsHandle{}}
	n.addHost(nodeHost)
	n.on(nodeHost, func() error {
		for _, setting := range []string{"ipv4/ip_forward", "ipv6/conf/all/forwarding"} {
			if err := os.WriteFile("/proc/sys/net/"+setting, []byte("1"), 0); err != nil {
				return err
			}
		}
		return shell(
			"ip link add bridge type bridge", "ip link set bridge up",
			"ip address add 10.244.0.1/16 dev bridge", "ip address add fd00::1/64 dev bridge nodad",
		)
	})
	for _, p := range pods {
		n.connect(p.name, "bridge", p.addresses, "10.244.0.1", "fd00::1")
	}
	n.connect(outsideHost, "", []netip.Addr{outsideAddress, outsideAddress6}, "192.0.2.1", "2001:db8::1")
	n.on(nodeHost, func() error {
		return shell("ip address add 192.0.2.1/24 dev v-outside", "ip address add 2001:db8::1/64 dev v-outside nodad")
	})
	for host := range n.hosts {
		n.serve(host)
	}
	return n
}

func (n *testNetwork) addHost(name string) {
	n.t.Helper()
	done := make(chan error)
	go func() {
		runtime.LockOSThread() // and never unlocked: the thread ends with this goroutine, in its own namespace
		handle, err := netns.New()
		n.hosts[name] = handle
		done <- errors.Join(err, shell("ip link set lo up"))
	}()
	if err := <-done; err != nil {
		n.t.Fatal(name, err)
	}
	n.t.Cleanup(func() { handle := n.hosts[name]; handle.Close() })
}

// connect makes a host with one cable to the node, plugged into a bridge if one is named.
func (n *testNetwork) connect(host, bridge string, addresses []netip.Addr, gateway, gateway6 string) {
	n.t.Helper()
	n.addHost(host)
	port := "v-" + host
	n.on(nodeHost, func() error {
		cable := netlink.NewVeth(netlink.LinkAttrs{Name: port})
		cable.PeerName, cable.PeerNamespace = "eth0", netlink.NsFd(n.hosts[host])
		if err := netlink.LinkAdd(cable); err != nil {
			return err
		}
		if bridge != "" {
			if err := shell("ip link set "+port+" master "+bridge, "ip link set "+port+" type bridge_slave hairpin on"); err != nil {
				return err
			}
		}
		return shell("ip link set " + port + " up")
	})
	n.on(host, func() error {
		if err := shell("ip link set eth0 up"); err != nil {
			return err
		}
		for _, address := range addresses {
			commands := []string{fmt.Sprintf("ip address add %s/16 dev eth0", address), "ip route add default via " + gateway}
			if address.Is6() {
				commands = []string{fmt.Sprintf("ip address add %s/64 dev eth0 nodad", address), "ip -6 route add default via " + gateway6}
			}
			if err := shell(commands...); err != nil {
				return err
			}
		}
		return nil
	})
}

// on runs work in a host's network. Sockets opened there stay there.
func (n *testNetwork) on(host string, work func() error) {
	n.t.Helper()
	done := make(chan error)
	go func() {
		runtime.LockOSThread()
		if err := netns.Set(n.hosts[host]); err != nil {
			done <- err
			return
		}
		done <- work()
	}()
	if err := <-done; err != nil {
		n.t.Fatalf("on %s: %v", host, err)
	}
}

func shell(commands ...string) error {
	for _, command := range commands {
		if output, err := exec.Command("/bin/sh", "-c", command).CombinedOutput(); err != nil {
			return fmt.Errorf("%s: %w: %s", command, err, output)
		}
	}
	return nil
}

// serve echoes what comes in on TCP and UDP.
func (n *testNetwork) serve(host string) {
	n.on(host, func() error {
		for _, port := range servedPorts {
			address := fmt.Sprintf(":%d", port)
			listener, err := net.Listen("tcp", address)
			if err != nil {
				return err
			}
			datagrams, err := net.ListenPacket("udp", address)
			if err != nil {
				return err
			}
			n.t.Cleanup(func() { listener.Close(); datagrams.Close() })
			go func() {
				for {
					connection, err := listener.Accept()
					if err != nil {
						return
					}
					go echo(connection)
				}
			}()
			go func() {
				buffer := make([]byte, 64)
				for {
					length, from, err := datagrams.ReadFrom(buffer)
					if err != nil {
						return
					}
					datagrams.WriteTo(buffer[:length], from)
				}
			}()
		}
		return nil
	})
}

func echo(connection net.Conn) {
	defer connection.Close()
	buffer := make([]byte, 64)
	for {
		length, err := connection.Read(buffer)
		if err != nil {
			return
		}
		connection.Write(buffer[:length])
	}
}

// apply puts the rules for a cluster in force with the real writer.
func (n *testNetwork) apply(state cluster, podNetworks ...netip.Prefix) {
	n.t.Helper()
	rules, problems := compile(state)
	if len(problems) > 0 {
		n.t.Fatal(problems)
	}
	n.on(nodeHost, func() error {
		return n.table.replace(context.Background(), render(n.table.name, rules, podNetworks))
	})
}
