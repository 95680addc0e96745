package networkpolicy

import (
	"context"
	"fmt"
	"net/netip"
	"testing"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"sigs.k8s.io/yaml"
)

// shop has three pods: a and b in the namespace shop, c in bank.
func shop() cluster {
	made := func(namespace, name string, last byte) pod {
		return pod{
			namespace: namespace, name: name, node: "one", labels: labels.Set{"app": name},
			addresses: []netip.Addr{
				netip.AddrFrom4([4]byte{10, 244, 0, last}), netip.MustParseAddr(fmt.Sprintf("fd00::%x", last)),
			},
			ports: []namedPort{{"http", corev1.ProtocolTCP, 8080}},
		}
	}
	return cluster{
		node:       "one",
		pods:       []pod{made("shop", "a", 2), made("shop", "b", 3), made("bank", "c", 4)},
		namespaces: map[string]labels.Set{"shop": {"name": "shop"}, "bank": {"name": "bank"}},
	}
}

// withPolicies returns the cluster with policies of the namespace shop, each given as the YAML of its spec.
func withPolicies(t testing.TB, state cluster, specs ...string) cluster {
	t.Helper()
	for i, spec := range specs {
		policy := &networkingv1.NetworkPolicy{ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: fmt.Sprint("policy-", i)}}
		if err := yaml.UnmarshalStrict([]byte(spec), &policy.Spec); err != nil {
			t.Fatal(err)
		}
		state.policies = append(state.policies, policy)
	}
	return state
}

const denyAll = `{podSelector: {}, policyTypes: [Ingress, Egress]}`

// attempt is a connection and whether the rules should let it through.
type attempt struct {
	from     string
	protocol string
	to       string // a pod, "node", "outside" or an address
	port     uint16
	passes   bool
}

func TestKernelEnforcesPolicies(t *testing.T) {
	state := shop()
	network := newTestNetwork(t, state.pods)
	for _, test := range []struct {
		name     string
		policies []string
		attempts []attempt
	}{
		{"without policies everything passes", nil, []attempt{
			{"a", "tcp", "b", 80, true}, {"b", "udp", "c", 53, true}, {"a", "tcp", "node", 80, true},
			{"a", "tcp", "outside", 80, true}, {"outside", "tcp", "a", 80, true}, {nodeHost, "tcp", "a", 80, true},
		}},
		{"default deny isolates one namespace, and lets its node in", []string{denyAll}, []attempt{
			{"a", "tcp", "b", 80, false}, {"a", "udp", "b", 53, false}, {"c", "tcp", "a", 80, false}, {"a", "tcp", "c", 80, false},
			{"outside", "tcp", "a", 80, false}, {"a", "tcp", "outside", 80, false}, {"a", "tcp", "node", 80, false},
			{nodeHost, "tcp", "a", 80, true}, {nodeHost, "udp", "b", 53, true},
			{"c", "tcp", "outside", 80, true}, {"c", "tcp", "node", 80, true}, {"outside", "tcp", "c", 80, true},
		}},
		{"ingress alone leaves egress open", []string{`{podSelector: {}}`}, []attempt{
			{"c", "tcp", "a", 80, false}, {"a", "tcp", "c", 80, true}, {"a", "tcp", "node", 80, true},
		}},
		{"both ends must allow, on the port and from the pod named", []string{denyAll,
			`{podSelector: {matchLabels: {app: a}}, policyTypes: [Egress], egress: [{to: [{podSelector: {matchLabels: {app: b}}}], ports: [{port: 80}, {port: 81}]}]}`,
			`{podSelector: {matchLabels: {app: b}}, ingress: [{from: [{podSelector: {matchLabels: {app: a}}}], ports: [{port: 80}, {port: 8080}]}]}`,
		}, []attempt{
			{"a", "tcp", "b", 80, true}, {"a", "tcp", "b", 81, false}, {"a", "tcp", "b", 8080, false}, {"a", "udp", "b", 80, false},
			{"b", "tcp", "a", 80, false}, {"c", "tcp", "b", 80, false},
		}},
		{"udp, a range of ports and a named port", []string{
			`{podSelector: {matchLabels: {app: a}}, ingress: [{ports: [{protocol: UDP, port: 53}, {port: 80, endPort: 90}]}]}`,
			`{podSelector: {matchLabels: {app: b}}, ingress: [{ports: [{port: http}]}]}`,
			`{podSelector: {matchLabels: {app: b}}, policyTypes: [Egress], egress: [{ports: [{port: http}]}]}`,
		}, []attempt{
			{"c", "udp", "a", 53, true}, {"c", "tcp", "a", 53, false}, {"c", "tcp", "a", 81, true}, {"c", "tcp", "a", 8080, false},
			{"c", "tcp", "b", 8080, true}, {"c", "tcp", "b", 80, false},
			{"b", "tcp", "c", 8080, true}, {"b", "tcp", "c", 80, false}, {"b", "tcp", "outside", 8080, false},
		}},
		{"networks with exceptions", []string{
			`{podSelector: {matchLabels: {app: a}}, ingress: [{from: [{ipBlock: {cidr: 0.0.0.0/0, except: [10.244.0.3/32]}}]}]}`,
			`{podSelector: {matchLabels: {app: b}}, policyTypes: [Egress], egress: [{to: [{ipBlock: {cidr: 192.0.2.0/24, except: [192.0.2.8/29]}}]}, {to: [{ipBlock: {cidr: 10.244.0.1/32}}]}]}`,
			`{podSelector: {matchLabels: {app: c}}, ingress: [{from: [{ipBlock: {cidr: 192.0.2.0/24, except: [192.0.2.0/29]}}]}]}`,
		}, []attempt{
			{"outside", "tcp", "a", 80, true}, {"c", "tcp", "a", 80, true}, {"b", "tcp", "a", 80, false},
			{"b", "tcp", "outside", 80, true}, {"b", "tcp", "node", 80, true}, {"b", "tcp", "c", 80, false},
		}},
		{"namespaces, and both selectors at once", []string{denyAll,
			`{podSelector: {matchLabels: {app: a}}, ingress: [{from: [{namespaceSelector: {matchLabels: {name: bank}}}]}]}`,
			`{podSelector: {matchLabels: {app: b}}, ingress: [{from: [{namespaceSelector: {}, podSelector: {matchExpressions: [{key: app, operator: NotIn, values: [c]}]}}]}]}`,
		}, []attempt{
			{"c", "tcp", "a", 80, true}, {"c", "tcp", "b", 80, false}, {"outside", "tcp", "a", 80, false},
		}},
		{"ipv6", []string{denyAll,
			`{podSelector: {matchLabels: {app: a}}, ingress: [{from: [{ipBlock: {cidr: "2001:db8::/32"}}], ports: [{port: 80}]}]}`,
			`{podSelector: {matchLabels: {app: b}}, ingress: [{from: [{namespaceSelector: {matchLabels: {name: bank}}}], ports: [{port: http}]}]}`,
		}, []attempt{
			{"outside", "tcp", "fd00::2", 80, true}, {"outside", "tcp", "fd00::2", 81, false}, {"c", "tcp", "fd00::2", 80, false},
			{"c", "tcp", "fd00::3", 8080, true}, {"c", "udp", "fd00::3", 8080, false}, {"a", "tcp", "fd00::1", 80, false},
			{nodeHost, "tcp", "fd00::2", 81, true},
		}},
		{"and once they are deleted everything passes again", nil, []attempt{
			{"a", "tcp", "b", 80, true}, {"a", "tcp", "node", 80, true}, {"outside", "udp", "fd00::2", 53, true},
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			network.apply(withPolicies(t, state, test.policies...))
			for _, a := range test.attempts {
				if got := network.reaches(a.from, a.protocol, addressOf(state, a.to), a.port); got != a.passes {
					t.Errorf("%s from %s to %s port %d passes: %t, want %t", a.protocol, a.from, a.to, a.port, got, a.passes)
				}
			}
		})
	}
}

func addressOf(state cluster, name string) netip.Addr {
	switch name {
	case nodeHost:
		return nodeAddress
	case outsideHost:
		return outsideAddress
	}
	for _, p := range state.pods {
		if p.name == name {
			return p.addresses[0]
		}
	}
	return netip.MustParseAddr(name)
}

func TestKernelKeepsEstablishedConnections(t *testing.T) {
	state := shop()
	network := newTestNetwork(t, state.pods)
	network.apply(withPolicies(t, state, denyAll,
		`{podSelector: {matchLabels: {app: a}}, ingress: [{from: [{namespaceSelector: {}}]}]}`))
	connection, ok := network.open("c", "tcp", state.pods[0].addresses[0], 80)
	if !ok {
		t.Fatal("the answer to an allowed connection did not pass")
	}
	defer connection.Close()
	network.apply(withPolicies(t, state, denyAll))
	if err := exchange(context.Background(), connection); err != nil {
		t.Errorf("an open connection broke when a policy began to deny it: %v", err)
	}
	if network.reaches("c", "tcp", state.pods[0].addresses[0], 80) {
		t.Error("a new connection passed although a policy denies it")
	}
}

func TestKernelSeesPodsBehindServices(t *testing.T) {
	state := shop()
	network := newTestNetwork(t, state.pods)
	network.on(nodeHost, func() error { // as kube-proxy does
		return network.table.replace(context.Background(), `table ip services {
			chain prerouting { type nat hook prerouting priority dstnat; ip daddr 10.96.0.10 tcp dport 443 dnat to 10.244.0.3:8080; }
			chain postrouting { type nat hook postrouting priority srcnat; ip saddr 10.244.0.3 ip daddr 10.244.0.3 masquerade; }
		}`)
	})
	service := netip.MustParseAddr("10.96.0.10")
	network.apply(withPolicies(t, state, denyAll,
		`{podSelector: {matchLabels: {app: a}}, policyTypes: [Egress], egress: [{to: [{podSelector: {matchLabels: {app: b}}}], ports: [{port: 8080}]}]}`,
		`{podSelector: {matchLabels: {app: b}}, ingress: [{from: [{podSelector: {matchLabels: {app: a}}}], ports: [{port: http}]}]}`))
	if !network.reaches("a", "tcp", service, 443) {
		t.Error("a connection through a service to an allowed pod did not pass")
	}
	if network.reaches("c", "tcp", service, 443) {
		t.Error("a connection through a service to a pod that does not allow it passed")
	}
	network.apply(withPolicies(t, state, denyAll))
	if !network.reaches("b", "tcp", service, 443) {
		t.Error("a pod did not reach itself through its service")
	}
}

func TestKernelDropsUnknownPods(t *testing.T) {
	state := shop()
	network := newTestNetwork(t, state.pods)
	podNetwork := netip.MustParsePrefix("10.244.0.0/16")
	young := state.pods[0]
	state.pods = state.pods[1:]
	network.apply(state, podNetwork)
	for _, a := range []attempt{
		{"a", "tcp", "b", 80, false}, {"b", "tcp", young.addresses[0].String(), 80, false}, {"a", "tcp", "node", 80, false},
		{nodeHost, "tcp", young.addresses[0].String(), 80, true}, {"b", "tcp", "c", 80, true}, {"b", "tcp", "node", 80, true},
		{nodeHost, "tcp", "node", 80, true},
	} {
		if got := network.reaches(a.from, a.protocol, addressOf(state, a.to), a.port); got != a.passes {
			t.Errorf("with a unknown, %s from %s to %s passes: %t, want %t", a.protocol, a.from, a.to, got, a.passes)
		}
	}
}

func TestKernelAgreesWithTheOracle(t *testing.T) {
	g := newGenerator(0)
	state := g.cluster(6, 0)
	for i := range state.pods {
		state.pods[i].node = state.node
	}
	network := newTestNetwork(t, state.pods)
	verdicts := map[bool]int{}
	for seed := range uint64(12) {
		g := newGenerator(seed)
		state.policies = g.cluster(0, 8).policies
		network.apply(state)
		for _, from := range state.pods {
			for _, to := range state.pods {
				if from.name == to.name {
					continue // never leaves the pod
				}
				p := packet{from.addresses[0], to.addresses[0], pick(g, []corev1.Protocol{"TCP", "UDP"}), pick(g, servedPorts)}
				protocol := map[corev1.Protocol]string{"TCP": "tcp", "UDP": "udp"}[p.protocol]
				want := allowedByPolicies(state, p)
				verdicts[want]++
				if got := network.reaches(from.name, protocol, p.to, p.port); got != want {
					t.Errorf("seed %d, packet %+v: the kernel lets it through: %t, policies allow it: %t", seed, p, got, want)
				}
			}
		}
	}
	if verdicts[true] < 50 || verdicts[false] < 50 {
		t.Errorf("%v: too few of one verdict to prove anything", verdicts)
	}
}

func TestKernelMatchesSCTP(t *testing.T) {
	state := shop()
	network := newTestNetwork(t, state.pods)
	network.apply(withPolicies(t, state, `{podSelector: {matchLabels: {app: b}}, ingress: [{ports: [{protocol: SCTP, port: 36412}]}]}`))
	if !network.deliversSCTP("a", "b", state.pods[1].addresses[0], 36412) {
		t.Error("SCTP to an allowed port did not pass")
	}
	if network.deliversSCTP("a", "b", state.pods[1].addresses[0], 36413) {
		t.Error("SCTP to another port passed")
	}
}

func TestTableIsReplacedAndRemovedWhole(t *testing.T) {
	state := shop()
	network := newTestNetwork(t, state.pods)
	ctx := context.Background()
	network.apply(withPolicies(t, state, denyAll))
	network.on(nodeHost, func() error {
		before, err := network.table.contents(ctx)
		if err != nil {
			return err
		}
		if err := network.table.replace(ctx, "table inet "+network.table.name+" { chain half { } }\nnonsense"); err == nil {
			t.Error("nonsense was taken for rules")
		}
		if after, _ := network.table.contents(ctx); after != before {
			t.Errorf("a transaction that failed left something behind:\n%s", after)
		}
		for range 2 { // the second time there is nothing to remove, which is no error
			if err := network.table.remove(ctx); err != nil {
				t.Error(err)
			}
		}
		if left, err := network.table.contents(ctx); err == nil {
			t.Errorf("after removal there is still\n%s", left)
		}
		return nil
	})
}
