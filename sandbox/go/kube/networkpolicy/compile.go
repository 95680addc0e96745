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
	c := compiler{
		pods: pods, policies: map[string][]*policy{}, profiles: map[string]*profile{}, egress: map[egressKey][]allow{},
	}
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
				ingress: c.profileOf(subject, networkingv1.PolicyTypeIngress, familyOf(address)),
				egress:  c.profileOf(subject, networkingv1.PolicyTypeEgress, familyOf(address)),
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
	egress   map[egressKey][]allow
}

// egressKey is all that the allows of an egress rule depend on: unlike ingress, not the pod that the rule is for.
type egressKey struct {
	rule   *rule
	family family
}

// profileOf returns what a direction of a pod lets through, nil where no policy isolates it.
func (c *compiler) profileOf(subject *pod, direction networkingv1.PolicyType, f family) *profile {
	var applying []*policy
	namesPorts := false
	key := fmt.Sprint(direction, f)
	for _, p := range c.policies[subject.namespace] {
		if _, isolates := p.rules[direction]; isolates && p.subject.Matches(subject.labels) {
			applying = append(applying, p)
			namesPorts = namesPorts || p.namesPorts()
			key += " " + p.name
		}
	}
	if len(applying) == 0 {
		return nil
	}
	if direction == networkingv1.PolicyTypeIngress && namesPorts {
		key += fmt.Sprint(subject.ports)
	}
	if c.profiles[key] == nil {
		made := &profile{}
		for _, p := range applying {
			for _, r := range p.rules[direction] {
				if direction == networkingv1.PolicyTypeIngress {
					made.allows = append(made.allows, ingressAllows(r, subject, f)...)
				} else {
					made.allows = append(made.allows, c.egressAllows(r, f)...)
				}
			}
		}
		c.profiles[key] = made
	}
	return c.profiles[key]
}

// ingressAllows translates a rule for one pod, on which its named ports are looked up.
func ingressAllows(r *rule, subject *pod, f family) []allow {
	ports := r.numberedPorts()
	for _, port := range r.ports {
		ports = append(ports, subject.named(port)...)
	}
	return r.allows(f, ports)
}

// egressAllows translates a rule for all pods. It gives several where a named port is another number on other peers.
func (c *compiler) egressAllows(r *rule, f family) []allow {
	key := egressKey{r, f}
	if made, done := c.egress[key]; done {
		return made
	}
	result := r.allows(f, r.numberedPorts())
	for _, port := range r.ports {
		result = append(result, c.namedOnPeers(r, port, f)...)
	}
	c.egress[key] = result
	return result
}

// namedOnPeers resolves a named port of an egress rule on each pod among the rule's peers.
func (c *compiler) namedOnPeers(r *rule, port networkingv1.NetworkPolicyPort, f family) []allow {
	destinations := map[portRange][]addressRange{}
	for i := range c.pods {
		for _, resolved := range c.pods[i].named(port) {
			for _, address := range c.pods[i].addresses {
				if familyOf(address) == f && (r.anyPeer || r.peers[f].contains(address)) {
					destinations[resolved] = append(destinations[resolved], addressRange{address, address})
				}
			}
		}
	}
	var result []allow
	for _, resolved := range slices.SortedFunc(maps.Keys(destinations), comparePorts) {
		result = append(result, allow{
			policy: r.policy,
			peers:  &addressSet{merged(destinations[resolved])},
			ports:  []portRange{resolved},
		})
	}
	return result
}

// allows joins the peers of a rule with its ports as far as they are numbers. It gives nothing where nothing can
// match: no peer has an address of the family, or all the ports are names that stand for none.
func (r *rule) allows(f family, ports []portRange) []allow {
	switch {
	case !r.anyPeer && r.peers[f] == nil:
		return nil
	case len(r.ports) == 0:
		return []allow{{policy: r.policy, peers: r.peers[f], anyPort: true}}
	case len(ports) == 0:
		return nil
	}
	return []allow{{policy: r.policy, peers: r.peers[f], ports: mergedPorts(ports)}}
}

// numberedPorts returns the ports of a rule that are given by number, by range, or only by their protocol.
func (r *rule) numberedPorts() []portRange {
	var result []portRange
	for _, port := range r.ports {
		ports := portRange{protocol: protocolOf(port.Protocol), first: 0, last: 65535}
		switch {
		case isNamed(port):
			continue
		case port.Port != nil && port.EndPort != nil:
			ports.first, ports.last = uint16(port.Port.IntVal), uint16(*port.EndPort)
		case port.Port != nil:
			ports.first, ports.last = uint16(port.Port.IntVal), uint16(port.Port.IntVal)
		}
		result = append(result, ports)
	}
	return result
}

// named returns the container ports of a pod that have the name and protocol of a policy's named port.
func (p *pod) named(port networkingv1.NetworkPolicyPort) []portRange {
	if !isNamed(port) {
		return nil
	}
	var result []portRange
	for _, own := range p.ports {
		if own.name == port.Port.StrVal && own.protocol == protocolOf(port.Protocol) {
			result = append(result, portRange{own.protocol, own.number, own.number})
		}
	}
	return result
}

func isNamed(port networkingv1.NetworkPolicyPort) bool {
	return port.Port != nil && port.Port.Type == intstr.String
}
