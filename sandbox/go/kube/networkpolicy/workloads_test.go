package networkpolicy

import (
	"fmt"
	"net/netip"
	"testing"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/util/intstr"
	"k8s.io/utils/ptr"
)

// workloads is a cluster as there are many: per namespace 20 workloads of equal pods, each with one policy that lets
// in the workload before it and lets out to the one after it and to the name servers.
func workloads(namespaces, replicas int) cluster {
	result := cluster{node: "one", namespaces: map[string]labels.Set{}}
	for n := range namespaces {
		namespace := fmt.Sprint("namespace-", n)
		result.namespaces[namespace] = labels.Set{"kubernetes.io/metadata.name": namespace}
		for w := range 20 {
			name := fmt.Sprint("workload-", w)
			for r := range replicas {
				i := (n*20+w)*replicas + r
				result.pods = append(result.pods, pod{
					namespace: namespace, name: fmt.Sprint(name, "-", r), node: "one", labels: labels.Set{"app": name},
					addresses: []netip.Addr{netip.AddrFrom4([4]byte{10, 244, byte(i % 7), byte(i / 7)})},
					ports:     []namedPort{{"http", corev1.ProtocolTCP, 8080}},
				})
			}
			result.policies = append(result.policies, workloadPolicy(namespace, name, fmt.Sprint("workload-", w-1), fmt.Sprint("workload-", w+1)))
		}
	}
	return result
}

func workloadPolicy(namespace, name, before, after string) *networkingv1.NetworkPolicy {
	app := func(name string) *metav1.LabelSelector {
		return &metav1.LabelSelector{MatchLabels: map[string]string{"app": name}}
	}
	http := []networkingv1.NetworkPolicyPort{{Port: ptr.To(intstr.FromString("http"))}}
	dns := []networkingv1.NetworkPolicyPort{{Protocol: ptr.To(corev1.ProtocolUDP), Port: ptr.To(intstr.FromInt32(53))}}
	return &networkingv1.NetworkPolicy{
		ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: name},
		Spec: networkingv1.NetworkPolicySpec{
			PodSelector: *app(name),
			Ingress:     []networkingv1.NetworkPolicyIngressRule{{From: []networkingv1.NetworkPolicyPeer{{PodSelector: app(before)}}, Ports: http}},
			Egress: []networkingv1.NetworkPolicyEgressRule{
				{To: []networkingv1.NetworkPolicyPeer{{PodSelector: app(after)}}, Ports: http},
				{To: []networkingv1.NetworkPolicyPeer{{NamespaceSelector: &metav1.LabelSelector{}}}, Ports: dns},
			},
		},
	}
}

// BenchmarkWorkloads compiles and renders 1,000 pods with 200 policies, all on one node.
func BenchmarkWorkloads(b *testing.B) {
	state := workloads(10, 5)
	for b.Loop() {
		rules, _ := compile(state)
		render("t", rules, nil)
	}
}

// BenchmarkKernelWorkloads writes the rules of the same cluster, and lists them as each check does.
func BenchmarkKernelWorkloads(b *testing.B) {
	network := newTestNetwork(b, nil)
	rules, _ := compile(workloads(10, 5))
	text := render(network.table.name, rules, nil)
	b.Run("write", func(b *testing.B) {
		for b.Loop() {
			network.on(nodeHost, func() error { return network.table.replace(b.Context(), text) })
		}
	})
	b.Run("list", func(b *testing.B) {
		for b.Loop() {
			network.on(nodeHost, func() error { _, err := network.table.contents(b.Context()); return err })
		}
	})
}

// BenchmarkOverlapping is far worse than any cluster: 67 policies on each of 1,000 pods, most pods unlike all others.
func BenchmarkOverlapping(b *testing.B) {
	g := newGenerator(1)
	state := g.cluster(1000, 200)
	for b.Loop() {
		rules, _ := compile(state)
		render("t", rules, nil)
	}
}
