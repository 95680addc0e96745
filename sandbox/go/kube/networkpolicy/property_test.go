package networkpolicy

import (
	"slices"
	"testing"
)

func TestCompiledRulesAgreeWithTheOracle(t *testing.T) {
	for seed := range uint64(500) {
		compareWithOracle(t, seed)
	}
}

// FuzzCompiledRules goes on from there for as long as it is let.
func FuzzCompiledRules(f *testing.F) {
	f.Add(uint64(0))
	f.Fuzz(compareWithOracle)
}

// compareWithOracle sends packets of all kinds through a random cluster.
func compareWithOracle(t *testing.T, seed uint64) {
	g := newGenerator(seed)
	state := g.cluster(1+g.IntN(12), g.IntN(10))
	rules, problems := compile(state)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	for _, p := range g.packets(state) {
		if got, want := allowedByRules(rules, p), allowedByPolicies(state, p); got != want {
			t.Fatalf("seed %d, packet %+v: rules allow it: %t, policies allow it: %t", seed, p, got, want)
		}
	}
}

// The oracle and the rules could agree because nothing is ever denied, or all of it.
func TestRandomClustersBothAllowAndDeny(t *testing.T) {
	verdicts := map[bool]int{}
	for seed := range uint64(100) {
		g := newGenerator(seed)
		state := g.cluster(8, 6)
		for _, p := range g.packets(state) {
			verdicts[allowedByPolicies(state, p)]++
		}
	}
	total := verdicts[true] + verdicts[false]
	if verdicts[true]*5 < total || verdicts[false]*5 < total {
		t.Fatalf("of %d packets %d pass: each verdict should be a fifth at least", total, verdicts[true])
	}
}

func TestCompileDoesNotDependOnTheOrderOfItsInput(t *testing.T) {
	for seed := range uint64(50) {
		g := newGenerator(seed)
		state := g.cluster(12, 10)
		before, _ := compile(state)
		slices.Reverse(state.pods)
		slices.Reverse(state.policies)
		after, _ := compile(state)
		if first, second := render("t", before, nil), render("t", after, nil); first != second {
			t.Fatalf("seed %d: the same cluster gives\n%s\nand in reverse\n%s", seed, first, second)
		}
	}
}
