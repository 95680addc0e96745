package networkpolicy

import (
	"cmp"
	"net/netip"
	"slices"

	corev1 "k8s.io/api/core/v1"
)

// ruleset is all that the kernel is told: for each address of this node's pods, what may come in and go out.
type ruleset struct {
	pods []enforcement // sorted by address
}

// enforcement is what holds for one address. A nil direction is not isolated: everything passes.
type enforcement struct {
	address netip.Addr
	ingress *profile
	egress  *profile
}

// profile lists what an isolated direction lets through; all else is dropped. Pods of one workload share it.
type profile struct {
	allows []allow
}

// allow lets packets through that match both its peers and its ports.
type allow struct {
	policy  string      // namespace/name of the policy it comes from, for whoever reads the rules
	peers   *addressSet // the other end of the connection; nil: any
	anyPort bool        // true: every protocol and port, and ports is not looked at
	ports   []portRange // merged, at the connection's destination
}

// addressSet is a set of addresses of one family. Allows of the same rule share it.
type addressSet struct {
	ranges []addressRange // merged, never empty
}

// portRange holds every port of a protocol from first to last, both included.
type portRange struct {
	protocol    corev1.Protocol
	first, last uint16
}

func (s *addressSet) contains(address netip.Addr) bool {
	if s == nil {
		return false
	}
	_, found := slices.BinarySearchFunc(s.ranges, address, func(r addressRange, address netip.Addr) int {
		if r.contains(address) {
			return 0
		}
		return r.first.Compare(address)
	})
	return found
}

func comparePorts(a, b portRange) int {
	return cmp.Or(cmp.Compare(a.protocol, b.protocol), cmp.Compare(a.first, b.first), cmp.Compare(a.last, b.last))
}

// mergedPorts returns the same ports as sorted ranges that do not overlap, as the kernel demands of one set.
func mergedPorts(ranges []portRange) []portRange {
	sorted := slices.SortedFunc(slices.Values(ranges), comparePorts)
	result := sorted[:0]
	for _, next := range sorted {
		if len(result) > 0 {
			previous := &result[len(result)-1]
			if previous.protocol == next.protocol && int(next.first) <= int(previous.last)+1 {
				previous.last = max(previous.last, next.last)
				continue
			}
		}
		result = append(result, next)
	}
	return result
}
