package networkpolicy

import (
	"fmt"
	"net/netip"
	"slices"

	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	netutils "k8s.io/utils/net"
)

// policy is a NetworkPolicy with its defaults applied and its peers resolved to addresses.
type policy struct {
	name    string // namespace/name
	subject labels.Selector
	rules   map[networkingv1.PolicyType][]*rule // an entry, even an empty one, isolates that direction
}

// rule is one entry of a policy's ingress or egress list.
type rule struct {
	policy  string // namespace/name
	anyPeer bool
	peers   [2]*addressSet                   // by family; nil where no peer has such an address
	ports   []networkingv1.NetworkPolicyPort // none: every protocol and port
}

// resolver turns policies into addresses and collects what it cannot read.
type resolver struct {
	pods       []pod
	namespaces map[string]labels.Set
	problems   []error
}

// policy resolves one object. Where the pods it selects cannot be told, it isolates its whole namespace.
func (r *resolver) policy(object *networkingv1.NetworkPolicy) *policy {
	result := &policy{
		name:  object.Namespace + "/" + object.Name,
		rules: map[networkingv1.PolicyType][]*rule{},
	}
	for _, direction := range policyTypes(&object.Spec) {
		result.rules[direction] = nil
	}
	subject, err := metav1.LabelSelectorAsSelector(&object.Spec.PodSelector)
	if err != nil {
		r.report(result.name, err)
		result.subject = labels.Everything()
		return result
	}
	result.subject = subject
	if _, isolated := result.rules[networkingv1.PolicyTypeIngress]; isolated {
		var rules []*rule
		for _, entry := range object.Spec.Ingress {
			rules = append(rules, r.rule(object, entry.From, entry.Ports))
		}
		result.rules[networkingv1.PolicyTypeIngress] = rules
	}
	if _, isolated := result.rules[networkingv1.PolicyTypeEgress]; isolated {
		var rules []*rule
		for _, entry := range object.Spec.Egress {
			rules = append(rules, r.rule(object, entry.To, entry.Ports))
		}
		result.rules[networkingv1.PolicyTypeEgress] = rules
	}
	return result
}

// namesPorts tells whether an ingress rule has a named port, whose number differs from one pod to the next.
func (p *policy) namesPorts() bool {
	return slices.ContainsFunc(p.rules[networkingv1.PolicyTypeIngress], func(r *rule) bool {
		return slices.ContainsFunc(r.ports, isNamed)
	})
}

// policyTypes applies the API's default: ingress always, egress where the policy has a rule for it.
func policyTypes(spec *networkingv1.NetworkPolicySpec) []networkingv1.PolicyType {
	switch {
	case len(spec.PolicyTypes) > 0:
		return spec.PolicyTypes
	case len(spec.Egress) > 0:
		return []networkingv1.PolicyType{networkingv1.PolicyTypeIngress, networkingv1.PolicyTypeEgress}
	}
	return []networkingv1.PolicyType{networkingv1.PolicyTypeIngress}
}

func (r *resolver) rule(object *networkingv1.NetworkPolicy, peers []networkingv1.NetworkPolicyPeer, ports []networkingv1.NetworkPolicyPort) *rule {
	result := &rule{policy: object.Namespace + "/" + object.Name, anyPeer: len(peers) == 0, ports: ports}
	var ranges []addressRange
	for _, peer := range peers {
		addresses, err := r.peer(object.Namespace, peer)
		if err != nil {
			r.report(result.policy, err)
		}
		ranges = append(ranges, addresses...)
	}
	for _, addresses := range merged(ranges) {
		f := familyOf(addresses.first)
		if result.peers[f] == nil {
			result.peers[f] = &addressSet{}
		}
		result.peers[f].ranges = append(result.peers[f].ranges, addresses)
	}
	return result
}

// peer returns the addresses that a peer stands for, none together with an error where it cannot be read.
func (r *resolver) peer(ownNamespace string, peer networkingv1.NetworkPolicyPeer) ([]addressRange, error) {
	if peer.IPBlock != nil {
		return blockAddresses(peer.IPBlock)
	}
	if peer.PodSelector == nil && peer.NamespaceSelector == nil {
		return nil, nil
	}
	inNamespace, err := r.namespacesOf(ownNamespace, peer.NamespaceSelector)
	if err != nil {
		return nil, err
	}
	selector := labels.Everything()
	if peer.PodSelector != nil {
		if selector, err = metav1.LabelSelectorAsSelector(peer.PodSelector); err != nil {
			return nil, err
		}
	}
	var ranges []addressRange
	for i := range r.pods {
		if candidate := &r.pods[i]; inNamespace[candidate.namespace] && selector.Matches(candidate.labels) {
			for _, address := range candidate.addresses {
				ranges = append(ranges, addressRange{address, address})
			}
		}
	}
	return ranges, nil
}

// namespacesOf returns the namespaces that a peer's pods are looked for in: the policy's own without a selector.
func (r *resolver) namespacesOf(own string, selector *metav1.LabelSelector) (map[string]bool, error) {
	if selector == nil {
		return map[string]bool{own: true}, nil
	}
	matches, err := metav1.LabelSelectorAsSelector(selector)
	if err != nil {
		return nil, err
	}
	result := map[string]bool{}
	for name, namespaceLabels := range r.namespaces {
		result[name] = matches.Matches(namespaceLabels)
	}
	return result, nil
}

func blockAddresses(block *networkingv1.IPBlock) ([]addressRange, error) {
	whole, err := parseNetwork(block.CIDR)
	if err != nil {
		return nil, err
	}
	var exceptions []addressRange
	for _, text := range block.Except {
		exception, err := parseNetwork(text)
		if err != nil {
			return nil, err
		}
		exceptions = append(exceptions, rangeOf(exception))
	}
	return without(rangeOf(whole), exceptions), nil
}

// parseNetwork reads a CIDR as leniently as the API server, which keeps old objects with leading zeros.
func parseNetwork(text string) (netip.Prefix, error) {
	_, network, err := netutils.ParseCIDRSloppy(text)
	if err != nil {
		return netip.Prefix{}, err
	}
	address, _ := netip.AddrFromSlice(network.IP)
	bits, _ := network.Mask.Size()
	return netip.PrefixFrom(address, bits), nil
}

func (r *resolver) report(policyName string, err error) {
	r.problems = append(r.problems, fmt.Errorf("network policy %s: %w; this part of it allows nothing", policyName, err))
}
