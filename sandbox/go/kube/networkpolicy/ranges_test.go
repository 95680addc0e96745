package networkpolicy

import (
	"fmt"
	"net/netip"
	"slices"
	"testing"
)

func networks(texts ...string) []addressRange {
	var ranges []addressRange
	for _, text := range texts {
		ranges = append(ranges, rangeOf(netip.MustParsePrefix(text)))
	}
	return ranges
}

func written(ranges []addressRange) []string {
	var texts []string
	for _, r := range ranges {
		texts = append(texts, fmt.Sprintf("%s-%s", r.first, r.last))
	}
	return texts
}

func TestMergedRangesNeitherOverlapNorTouch(t *testing.T) {
	for _, test := range []struct {
		name string
		in   []addressRange
		want []string
	}{
		{"nothing", nil, nil},
		{"apart", networks("10.0.0.4/32", "10.0.0.1/32"), []string{"10.0.0.1-10.0.0.1", "10.0.0.4-10.0.0.4"}},
		{"touching", networks("10.0.0.0/25", "10.0.0.128/25"), []string{"10.0.0.0-10.0.0.255"}},
		{"one within another", networks("10.0.0.0/8", "10.9.0.0/16"), []string{"10.0.0.0-10.255.255.255"}},
		{"all of a family", networks("0.0.0.0/0", "255.255.255.255/32"), []string{"0.0.0.0-255.255.255.255"}},
		{"families stay apart", networks("255.255.255.255/32", "::/128"), []string{"255.255.255.255-255.255.255.255", "::-::"}},
	} {
		if got := written(merged(test.in)); !slices.Equal(got, test.want) {
			t.Errorf("%s: %v, want %v", test.name, got, test.want)
		}
	}
}

func TestWithoutCutsExceptionsOut(t *testing.T) {
	for _, test := range []struct {
		name       string
		whole      string
		exceptions []addressRange
		want       []string
	}{
		{"none", "10.0.0.0/30", nil, []string{"10.0.0.0-10.0.0.3"}},
		{"in the middle", "10.0.0.0/24", networks("10.0.0.8/31"), []string{"10.0.0.0-10.0.0.7", "10.0.0.10-10.0.0.255"}},
		{"at both ends", "10.0.0.0/24", networks("10.0.0.255/32", "10.0.0.0/32"), []string{"10.0.0.1-10.0.0.254"}},
		{"to the end of the family", "0.0.0.0/0", networks("128.0.0.0/1"), []string{"0.0.0.0-127.255.255.255"}},
		{"overlapping ones", "10.0.0.0/29", networks("10.0.0.0/30", "10.0.0.2/31"), []string{"10.0.0.4-10.0.0.7"}},
		{"all of it", "10.0.0.0/29", networks("10.0.0.0/8"), nil},
		{"outside, and of the other family", "10.0.0.0/29", networks("10.0.1.0/24", "9.0.0.0/8", "::/0"), []string{"10.0.0.0-10.0.0.7"}},
	} {
		got := written(without(rangeOf(netip.MustParsePrefix(test.whole)), test.exceptions))
		if !slices.Equal(got, test.want) {
			t.Errorf("%s: %v, want %v", test.name, got, test.want)
		}
	}
}
