package networkpolicy

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
	"time"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/util/intstr"
	"k8s.io/utils/ptr"
)

// generator makes random clusters whose parts have few values each, so that selectors, ports and networks meet often.
type generator struct {
	*rand.Rand
}

func newGenerator(seed uint64) generator {
	return generator{rand.New(rand.NewPCG(seed, 0))}
}

var (
	someNamespaces = []string{"shop", "bank", "system"}
	somePortNames  = []string{"http", "dns", "admin"}
	somePorts      = []uint16{53, 80, 81, 443, 8080, 9090}
	someProtocols  = []corev1.Protocol{corev1.ProtocolTCP, corev1.ProtocolUDP, corev1.ProtocolSCTP}
	someNetworks   = []string{
		"0.0.0.0/0", "10.0.0.0/8", "10.244.0.0/24", "10.244.0.0/29", "10.244.0.4/30", "10.244.0.3/32", "192.0.2.0/24",
		"::/0", "fd00::/64", "fd00::4/126", "2001:db8::/32",
	}
)

func pick[T any](g generator, from []T) T { return from[g.IntN(len(from))] }

func (g generator) chance(percent int) bool { return g.IntN(100) < percent }

func (g generator) cluster(pods, policies int) cluster {
	result := cluster{node: "one", namespaces: map[string]labels.Set{}}
	for _, name := range someNamespaces {
		result.namespaces[name] = g.labels()
	}
	for i := range pods {
		p := pod{
			namespace: pick(g, someNamespaces), name: fmt.Sprint("pod-", i), node: "one", labels: g.labels(),
			created:   time.Unix(int64(i), 0),
			addresses: []netip.Addr{netip.AddrFrom4([4]byte{10, 244, byte(i / 200), byte(2 + i%200)})},
		}
		if g.chance(30) {
			p.node = "two"
		}
		if g.chance(30) {
			p.addresses = append(p.addresses, netip.MustParseAddr(fmt.Sprintf("fd00::%x", 2+i)))
		}
		for _, name := range somePortNames {
			if g.chance(50) {
				p.ports = append(p.ports, namedPort{name, pick(g, someProtocols), pick(g, somePorts)})
			}
		}
		result.pods = append(result.pods, p)
	}
	for i := range policies {
		result.policies = append(result.policies, g.policy(fmt.Sprint("policy-", i)))
	}
	return result
}

func (g generator) labels() labels.Set {
	set := labels.Set{}
	for _, key := range []string{"app", "tier"} {
		if g.chance(70) {
			set[key] = pick(g, []string{"a", "b", "c"})
		}
	}
	return set
}

func (g generator) policy(name string) *networkingv1.NetworkPolicy {
	policy := &networkingv1.NetworkPolicy{ObjectMeta: metav1.ObjectMeta{Namespace: pick(g, someNamespaces), Name: name}}
	policy.Spec.PodSelector = *g.selector()
	for range g.IntN(3) {
		policy.Spec.Ingress = append(policy.Spec.Ingress, networkingv1.NetworkPolicyIngressRule{From: g.peers(), Ports: g.ports()})
	}
	for range g.IntN(3) {
		policy.Spec.Egress = append(policy.Spec.Egress, networkingv1.NetworkPolicyEgressRule{To: g.peers(), Ports: g.ports()})
	}
	policy.Spec.PolicyTypes = pick(g, [][]networkingv1.PolicyType{
		nil,
		{networkingv1.PolicyTypeIngress},
		{networkingv1.PolicyTypeEgress},
		{networkingv1.PolicyTypeIngress, networkingv1.PolicyTypeEgress},
	})
	return policy
}

func (g generator) selector() *metav1.LabelSelector {
	selector := &metav1.LabelSelector{}
	if g.chance(40) {
		selector.MatchLabels = map[string]string{"app": pick(g, []string{"a", "b"})}
	}
	if g.chance(30) {
		operator := pick(g, []metav1.LabelSelectorOperator{
			metav1.LabelSelectorOpIn, metav1.LabelSelectorOpNotIn, metav1.LabelSelectorOpExists, metav1.LabelSelectorOpDoesNotExist,
		})
		requirement := metav1.LabelSelectorRequirement{Key: "tier", Operator: operator}
		if operator == metav1.LabelSelectorOpIn || operator == metav1.LabelSelectorOpNotIn {
			requirement.Values = []string{"a", "c"}[:1+g.IntN(2)]
		}
		selector.MatchExpressions = []metav1.LabelSelectorRequirement{requirement}
	}
	return selector
}

func (g generator) peers() []networkingv1.NetworkPolicyPeer {
	var peers []networkingv1.NetworkPolicyPeer
	for range g.IntN(4) {
		var peer networkingv1.NetworkPolicyPeer
		switch g.IntN(4) {
		case 0:
			peer.PodSelector = g.selector()
		case 1:
			peer.NamespaceSelector = g.selector()
		case 2:
			peer.PodSelector, peer.NamespaceSelector = g.selector(), g.selector()
		case 3:
			peer.IPBlock = &networkingv1.IPBlock{CIDR: pick(g, someNetworks)}
			for range g.IntN(3) {
				peer.IPBlock.Except = append(peer.IPBlock.Except, pick(g, someNetworks))
			}
		}
		peers = append(peers, peer)
	}
	return peers
}

func (g generator) ports() []networkingv1.NetworkPolicyPort {
	var ports []networkingv1.NetworkPolicyPort
	for range g.IntN(4) {
		var port networkingv1.NetworkPolicyPort
		if g.chance(60) {
			port.Protocol = ptr.To(pick(g, someProtocols))
		}
		switch g.IntN(4) {
		case 0: // the protocol's every port
		case 1:
			port.Port = ptr.To(intstr.FromString(pick(g, somePortNames)))
		case 2:
			port.Port = ptr.To(intstr.FromInt32(int32(pick(g, somePorts))))
		case 3:
			first := int32(pick(g, somePorts))
			port.Port = ptr.To(intstr.FromInt32(first))
			port.EndPort = ptr.To(min(first+int32(g.IntN(2000)), 65535))
		}
		ports = append(ports, port)
	}
	return ports
}

// packets returns one packet from each address to each other that there can be, pods' and others', of random kinds.
func (g generator) packets(c cluster) []packet {
	addresses := []netip.Addr{
		netip.MustParseAddr("10.244.0.1"), netip.MustParseAddr("10.9.9.9"), netip.MustParseAddr("192.0.2.7"),
		netip.MustParseAddr("255.255.255.255"), netip.MustParseAddr("2001:db8::1"), netip.MustParseAddr("fd00::ffff"),
	}
	for _, p := range c.pods {
		addresses = append(addresses, p.addresses...)
	}
	var packets []packet
	for _, from := range addresses {
		for _, to := range addresses {
			if from.Is4() == to.Is4() {
				packets = append(packets, packet{from, to, pick(g, someProtocols), pick(g, somePorts) + uint16(g.IntN(2))})
			}
		}
	}
	return packets
}
