package networkpolicy

import (
	"net/netip"
	"slices"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/util/intstr"
)

// packet opens a connection.
type packet struct {
	from, to netip.Addr
	protocol corev1.Protocol
	port     uint16
}

// allowedByPolicies answers from the API's definition alone, one packet at a time and with no regard to speed: it is
// what the compiled rules must agree with.
func allowedByPolicies(c cluster, p packet) bool {
	from, to := podAt(c, p.from), podAt(c, p.to)
	if from != nil && from == to {
		return true
	}
	if from != nil && from.node == c.node && !directionAllows(c, from, networkingv1.PolicyTypeEgress, p.to, to, to, p) {
		return false
	}
	return to == nil || to.node != c.node || directionAllows(c, to, networkingv1.PolicyTypeIngress, p.from, from, to, p)
}

func podAt(c cluster, address netip.Addr) *pod {
	for i := range c.pods {
		if slices.Contains(c.pods[i].addresses, address) {
			return &c.pods[i]
		}
	}
	return nil
}

func directionAllows(c cluster, subject *pod, direction networkingv1.PolicyType, other netip.Addr, otherPod, destination *pod, p packet) bool {
	isolated := false
	for _, policy := range c.policies {
		if policy.Namespace != subject.namespace || !selects(&policy.Spec.PodSelector, subject.labels) || !hasType(policy, direction) {
			continue
		}
		isolated = true
		if direction == networkingv1.PolicyTypeIngress {
			for _, rule := range policy.Spec.Ingress {
				if peersMatch(c, policy, rule.From, other, otherPod) && portsMatch(rule.Ports, destination, p) {
					return true
				}
			}
			continue
		}
		for _, rule := range policy.Spec.Egress {
			if peersMatch(c, policy, rule.To, other, otherPod) && portsMatch(rule.Ports, destination, p) {
				return true
			}
		}
	}
	return !isolated
}

func hasType(policy *networkingv1.NetworkPolicy, direction networkingv1.PolicyType) bool {
	if len(policy.Spec.PolicyTypes) == 0 {
		return direction == networkingv1.PolicyTypeIngress || len(policy.Spec.Egress) > 0
	}
	return slices.Contains(policy.Spec.PolicyTypes, direction)
}

func peersMatch(c cluster, policy *networkingv1.NetworkPolicy, peers []networkingv1.NetworkPolicyPeer, other netip.Addr, otherPod *pod) bool {
	return len(peers) == 0 || slices.ContainsFunc(peers, func(peer networkingv1.NetworkPolicyPeer) bool {
		if peer.IPBlock != nil {
			return netip.MustParsePrefix(peer.IPBlock.CIDR).Contains(other) &&
				!slices.ContainsFunc(peer.IPBlock.Except, func(text string) bool {
					return netip.MustParsePrefix(text).Contains(other)
				})
		}
		if otherPod == nil {
			return false
		}
		if peer.NamespaceSelector == nil {
			return otherPod.namespace == policy.Namespace && selects(peer.PodSelector, otherPod.labels)
		}
		return selects(peer.NamespaceSelector, c.namespaces[otherPod.namespace]) &&
			(peer.PodSelector == nil || selects(peer.PodSelector, otherPod.labels))
	})
}

func portsMatch(ports []networkingv1.NetworkPolicyPort, destination *pod, p packet) bool {
	return len(ports) == 0 || slices.ContainsFunc(ports, func(port networkingv1.NetworkPolicyPort) bool {
		protocol := corev1.ProtocolTCP
		if port.Protocol != nil {
			protocol = *port.Protocol
		}
		switch {
		case protocol != p.protocol:
			return false
		case port.Port == nil:
			return true
		case port.Port.Type == intstr.String:
			return destination != nil && slices.Contains(destination.ports, namedPort{port.Port.StrVal, protocol, p.port})
		case port.EndPort != nil:
			return int32(p.port) >= port.Port.IntVal && int32(p.port) <= *port.EndPort
		}
		return int32(p.port) == port.Port.IntVal
	})
}

func selects(selector *metav1.LabelSelector, set labels.Set) bool {
	s, err := metav1.LabelSelectorAsSelector(selector)
	return err == nil && s.Matches(set)
}

// allowedByRules interprets compiled rules as the kernel does.
func allowedByRules(rules ruleset, p packet) bool {
	from, to := enforcementOf(rules, p.from), enforcementOf(rules, p.to)
	if p.from == p.to {
		return true
	}
	return passes(from.egress, p.to, p) && passes(to.ingress, p.from, p)
}

func enforcementOf(rules ruleset, address netip.Addr) enforcement {
	for _, e := range rules.pods {
		if e.address == address {
			return e
		}
	}
	return enforcement{}
}

func passes(limits *profile, other netip.Addr, p packet) bool {
	return limits == nil || slices.ContainsFunc(limits.allows, func(a allow) bool {
		peer := a.peers == nil || slices.ContainsFunc(a.peers.ranges, func(r addressRange) bool { return r.contains(other) })
		port := a.anyPort || slices.ContainsFunc(a.ports, func(r portRange) bool {
			return r.protocol == p.protocol && r.first <= p.port && p.port <= r.last
		})
		return peer && port
	})
}
