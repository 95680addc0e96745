package networkpolicy

import (
	"net/netip"
	"slices"
)

// family is a version of IP.
type family int

const (
	ipv4 family = iota
	ipv6
)

func familyOf(address netip.Addr) family {
	if address.Is4() {
		return ipv4
	}
	return ipv6
}

// addressRange holds every address from first to last, both included and of one family.
type addressRange struct {
	first, last netip.Addr
}

func (r addressRange) contains(address netip.Addr) bool {
	return r.first.Compare(address) <= 0 && address.Compare(r.last) <= 0
}

// rangeOf returns the addresses of a network, from its network address to its last one.
func rangeOf(network netip.Prefix) addressRange {
	first := network.Masked().Addr()
	last := first.AsSlice()
	for bit := network.Bits(); bit < len(last)*8; bit++ {
		last[bit/8] |= 1 << (7 - bit%8)
	}
	end, _ := netip.AddrFromSlice(last)
	return addressRange{first, end}
}

// merged returns the same addresses as sorted ranges that neither overlap nor touch,
// the only form in which the kernel takes them as one interval set.
func merged(ranges []addressRange) []addressRange {
	sorted := slices.SortedFunc(slices.Values(ranges), func(a, b addressRange) int { return a.first.Compare(b.first) })
	result := sorted[:0]
	for _, next := range sorted {
		if len(result) == 0 || !adjoins(result[len(result)-1], next) {
			result = append(result, next)
			continue
		}
		if previous := &result[len(result)-1]; previous.last.Less(next.last) {
			previous.last = next.last
		}
	}
	return result
}

// adjoins tells whether b, which does not begin before a, overlaps a or follows it without a gap.
// The address after the last one of a family is the zero Addr, which sorts before all others.
func adjoins(a, b addressRange) bool {
	if familyOf(a.first) != familyOf(b.first) {
		return false
	}
	after := a.last.Next()
	return !after.IsValid() || b.first.Compare(after) <= 0
}

// without returns the addresses of whole that are in none of the exceptions.
func without(whole addressRange, exceptions []addressRange) []addressRange {
	left := []addressRange{whole}
	for _, exception := range merged(exceptions) {
		rest := left[len(left)-1]
		if familyOf(exception.first) != familyOf(rest.first) || exception.last.Less(rest.first) || rest.last.Less(exception.first) {
			continue
		}
		left = left[:len(left)-1]
		if rest.first.Less(exception.first) {
			left = append(left, addressRange{rest.first, exception.first.Prev()})
		}
		if !exception.last.Less(rest.last) {
			break
		}
		left = append(left, addressRange{exception.last.Next(), rest.last})
	}
	return left
}
