package networkpolicy

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	networkingv1 "k8s.io/api/networking/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
)

// compile translates the state of the cluster into the rules for the pods of its node. It is pure: the same state
// gives the same rules in the same order. The errors name parts of policies that cannot be read, which the API
// server should not have accepted; such a part never lets anything through.
func compile(state cluster) (ruleset, []error) {
	pods := claimedOnce(state.pods)
	resolver := &resolver{pods: pods, namespaces: state.namespaces}
	c := compiler{pods: pods, policies: map[string][]*policy{}, profiles: map[string]*profile{}}
	ordered := slices.SortedFunc(slices.Values(state.policies), func(a, b *networkingv1.NetworkPolicy) int {
		return cmp.Or(cmp.Compare(a.Namespace, b.Namespace), cmp.Compare(a.Name, b.Name))
	})
	for _, object := range ordered {
		c.policies[object.Namespace] = append(c.policies[object.Namespace], resolver.policy(object))
	}
	var result ruleset
	for i := range pods {
		subject := &pods[i]
		if subject.node != state.node {
			continue
		}
		for _, address := range subject.addresses {
			result.pods = append(result.pods, enforcement{
				address: address,
				ingress: c.profileOf(subject, networkingv1.PolicyTypeIngress, address.Is6()),
				egress:  c.profileOf(subject, networkingv1.PolicyTypeEgress, address.Is6()),
			})
		}
	}
	slices.SortFunc(result.pods, func(a, b enforcement) int { return a.address.Compare(b.address) })
	return result, resolver.problems
}

type compiler struct {
	pods     []pod
	policies map[string][]*policy // by namespace, sorted by name
	profiles map[string]*profile  // those made so far, by all that they depend on
}

// profileOf returns what a direction of a pod lets through, nil where no policy isolates it.
func (c *compiler) profileOf(subject *pod, direction networkingv1.PolicyType, ipv6 bool) *profile {
	var applying []*policy
	key := fmt.Sprint(direction, ipv6)
	if direction == networkingv1.PolicyTypeIngress {
		key += fmt.Sprint(subject.ports) // what a named port means differs from one destination to the next
	}
	for _, p := range c.policies[subject.namespace] {
		if _, isolates := p.rules[direction]; isolates && p.subject.Matches(subject.labels) {
			applying = append(applying, p)
			key += " " + p.name
		}
	}
	if len(applying) == 0 {
		return nil
	}
	if c.profiles[key] == nil {
		made := &profile{}
		for _, p := range applying {
			for _, r := range p.rules[direction] {
				made.allows = append(made.allows, c.allows(p.name, r, subject, direction, ipv6)...)
			}
		}
		c.profiles[key] = made
	}
	return c.profiles[key]
}

// allows translates one rule for one pod. It gives several where a named port is another number on other peers,
// and none where nothing can match: no peer has an address, no destination has a port of that name.
func (c *compiler) allows(policyName string, r rule, subject *pod, direction networkingv1.PolicyType, ipv6 bool) []allow {
	base := allow{policy: policyName, anyPeer: r.anyPeer, peers: r.peers(ipv6)}
	if !base.anyPeer && len(base.peers) == 0 {
		return nil
	}
	if len(r.ports) == 0 {
		base.anyPort = true
		return []allow{base}
	}
	var named []allow
	for _, port := range r.ports {
		switch {
		case port.Port == nil || port.Port.Type == intstr.Int:
			base.ports = append(base.ports, numbered(port))
		case direction == networkingv1.PolicyTypeIngress:
			base.ports = append(base.ports, subject.named(port)...)
		default:
			named = append(named, c.namedOnPeers(base, port, ipv6)...)
		}
	}
	if base.ports = mergedPorts(base.ports); len(base.ports) == 0 {
		return named
	}
	return append([]allow{base}, named...)
}

// namedOnPeers resolves a named port of an egress rule on each pod among the rule's peers.
func (c *compiler) namedOnPeers(base allow, port networkingv1.NetworkPolicyPort, ipv6 bool) []allow {
	destinations := map[portRange][]addressRange{}
	for i := range c.pods {
		for _, resolved := range c.pods[i].named(port) {
			for _, address := range c.pods[i].addresses {
				if address.Is6() == ipv6 && (base.anyPeer || contain(base.peers, address)) {
					destinations[resolved] = append(destinations[resolved], addressRange{address, address})
				}
			}
		}
	}
	var result []allow
	for _, resolved := range slices.SortedFunc(maps.Keys(destinations), comparePorts) {
		result = append(result, allow{
			policy: base.policy,
			peers:  merged(destinations[resolved]),
			ports:  []portRange{resolved},
		})
	}
	return result
}

// numbered translates a port given by number, by range, or only by its protocol.
func numbered(port networkingv1.NetworkPolicyPort) portRange {
	result := portRange{protocol: protocolOf(port.Protocol), first: 0, last: 65535}
	if port.Port != nil {
		result.first, result.last = uint16(port.Port.IntVal), uint16(port.Port.IntVal)
		if port.EndPort != nil {
			result.last = uint16(*port.EndPort)
		}
	}
	return result
}

// named returns the container ports of a pod that have the name and protocol of a policy's port.
func (p *pod) named(port networkingv1.NetworkPolicyPort) []portRange {
	var result []portRange
	for _, own := range p.ports {
		if own.name == port.Port.StrVal && own.protocol == protocolOf(port.Protocol) {
			result = append(result, portRange{own.protocol, own.number, own.number})
		}
	}
	return result
}
