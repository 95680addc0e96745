package networkpolicy

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/netip"
	"strings"
)

// renderer writes a ruleset in nft's own language. Chains and sets are named by their content, so that pods which
// may do the same share one chain, and rules with the same peers one set.
type renderer struct {
	objects  strings.Builder        // sets and chains, each after those it refers to
	defined  map[string]bool        // the names of those sets and chains
	peerSets map[*addressSet]string // their names, by what they hold
	chains   map[*profile]string    // their names, by what they let through
}

// render returns one transaction that replaces the table, whether or not it exists.
//
// Packets are judged in the forward hook, after kube-proxy's address translation: rules see pods, not services. What
// pods send to the node itself is judged in the input hook. What the node sends is in neither, so probes always pass.
// The priority is just after kube-proxy's own filter, which refuses connections to services without endpoints.
func render(table string, rules ruleset, podNetworks []netip.Prefix) string {
	r := renderer{defined: map[string]bool{}, chains: map[*profile]string{}, peerSets: map[*addressSet]string{}}
	var forward, input strings.Builder
	for _, family := range []family{ipv4, ipv6} {
		r.family(family, rules, podNetworks, &forward, &input)
	}
	return fmt.Sprintf(`table inet %[1]s
delete table inet %[1]s
table inet %[1]s {
%[2]s	chain forward {
		type filter hook forward priority filter + 10; policy accept;
		ct state established,related accept
		%[5]s
%[3]s	}
	chain input {
		type filter hook input priority filter + 10; policy accept;
		iifname "lo" accept
		ct state established,related accept
		%[5]s
%[4]s	}
}
`, table, r.objects.String(), forward.String(), input.String(), neighbourDiscovery)
}

// neighbourDiscovery is what IPv6 needs to work at all, as ARP is to IPv4; policies are about what comes after.
const neighbourDiscovery = `icmpv6 type { nd-router-solicit, nd-router-advert, nd-neighbor-solicit, nd-neighbor-advert } accept`

func (f family) header() string { return [...]string{ipv4: "ip", ipv6: "ip6"}[f] }

func (f family) addressType() string { return [...]string{ipv4: "ipv4_addr", ipv6: "ipv6_addr"}[f] }

func (r *renderer) family(f family, rules ruleset, podNetworks []netip.Prefix, forward, input *strings.Builder) {
	var known, hairpins, egress, ingress []string
	for _, pod := range rules.pods {
		if familyOf(pod.address) != f {
			continue
		}
		known = append(known, pod.address.String())
		if pod.ingress != nil || pod.egress != nil {
			hairpins = append(hairpins, fmt.Sprintf("%s . %s", pod.address, pod.address))
		}
		if pod.egress != nil {
			egress = append(egress, fmt.Sprintf("%s : jump %s", pod.address, r.chain(pod.egress, f, "egress", "daddr")))
		}
		if pod.ingress != nil {
			ingress = append(ingress, fmt.Sprintf("%s : jump %s", pod.address, r.chain(pod.ingress, f, "ingress", "saddr")))
		}
	}
	for _, network := range podNetworks {
		if familyOf(network.Addr()) == f {
			knownSet := r.set("known", f.addressType(), known)
			fmt.Fprintf(forward, "\t\t%[1]s saddr %[2]s %[1]s saddr != %[3]s counter drop\n", f.header(), network, knownSet)
			fmt.Fprintf(forward, "\t\t%[1]s daddr %[2]s %[1]s daddr != %[3]s counter drop\n", f.header(), network, knownSet)
			fmt.Fprintf(input, "\t\t%[1]s saddr %[2]s %[1]s saddr != %[3]s counter drop\n", f.header(), network, knownSet)
		}
	}
	if len(hairpins) == 0 {
		return
	}
	// A pod that reaches itself through a service leaves its network and comes back; no policy is about that.
	fmt.Fprintf(forward, "\t\t%[1]s saddr . %[1]s daddr %[2]s accept\n", f.header(),
		r.set("hairpin", f.addressType()+" . "+f.addressType(), hairpins))
	if len(egress) > 0 {
		verdicts := r.define("egress", "map", "\t\ttype "+f.addressType()+" : verdict\n"+elements(egress))
		fmt.Fprintf(forward, "\t\t%s saddr vmap @%s\n", f.header(), verdicts)
		fmt.Fprintf(input, "\t\t%s saddr vmap @%s\n", f.header(), verdicts)
	}
	if len(ingress) > 0 {
		verdicts := r.define("ingress", "map", "\t\ttype "+f.addressType()+" : verdict\n"+elements(ingress))
		fmt.Fprintf(forward, "\t\t%s daddr vmap @%s\n", f.header(), verdicts)
	}
}

// chain writes what a profile lets through: each allowed packet returns to the hook, which may judge the other
// direction; what is left is dropped. Dropped, not rejected: a client that is early by the moment the rules need to
// learn of a new pod then sends again and gets through, where a rejection would have been final.
func (r *renderer) chain(p *profile, f family, direction, otherEnd string) string {
	if name, made := r.chains[p]; made {
		return name
	}
	var body strings.Builder
	for _, allow := range p.allows {
		body.WriteString("\t\t")
		if allow.peers != nil {
			fmt.Fprintf(&body, "%s %s %s ", f.header(), otherEnd, r.peers(allow.peers, f))
		}
		if !allow.anyPort {
			fmt.Fprintf(&body, "meta l4proto . th dport { %s } ", strings.Join(portElements(allow.ports), ", "))
		}
		fmt.Fprintf(&body, "return comment %q\n", shortened(allow.policy))
	}
	body.WriteString("\t\tcounter drop\n")
	r.chains[p] = r.define(direction, "chain", body.String())
	return r.chains[p]
}

func (r *renderer) peers(set *addressSet, f family) string {
	if name, made := r.peerSets[set]; made {
		return name
	}
	var items []string
	for _, peer := range set.ranges {
		if peer.first == peer.last {
			items = append(items, peer.first.String())
		} else {
			items = append(items, fmt.Sprintf("%s-%s", peer.first, peer.last))
		}
	}
	r.peerSets[set] = "@" + r.define("peers", "set", "\t\ttype "+f.addressType()+"\n\t\tflags interval\n"+elements(items))
	return r.peerSets[set]
}

func (r *renderer) set(prefix, keyType string, items []string) string {
	return "@" + r.define(prefix, "set", "\t\ttype "+keyType+"\n"+elements(items))
}

// define writes a set, map or chain once and returns its name.
func (r *renderer) define(prefix, kind, content string) string {
	digest := sha256.Sum256([]byte(kind + content))
	name := prefix + "-" + hex.EncodeToString(digest[:8])
	if !r.defined[name] {
		r.defined[name] = true
		fmt.Fprintf(&r.objects, "\t%s %s {\n%s\t}\n", kind, name, content)
	}
	return name
}

func elements(items []string) string {
	if len(items) == 0 {
		return ""
	}
	return "\t\telements = { " + strings.Join(items, ", ") + " }\n"
}

func portElements(ranges []portRange) []string {
	var items []string
	for _, ports := range ranges {
		protocol := strings.ToLower(string(ports.protocol))
		if ports.first == ports.last {
			items = append(items, fmt.Sprintf("%s . %d", protocol, ports.first))
		} else {
			items = append(items, fmt.Sprintf("%s . %d-%d", protocol, ports.first, ports.last))
		}
	}
	return items
}

// shortened keeps a comment within nft's limit.
func shortened(comment string) string {
	return comment[:min(len(comment), 120)]
}
