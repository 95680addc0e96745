package networkpolicy

import (
	"net/netip"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/utils/ptr"
)

// The kernel tests show what policies do; the tests here, what becomes of input that should not exist.

func TestWhatCannotBeReadAllowsNothing(t *testing.T) {
	for _, test := range []struct{ name, policy, complaint string }{
		{"peer selector", `{podSelector: {}, ingress: [{from: [{podSelector: {matchExpressions: [{key: app, operator: Sometimes}]}}]}]}`, "Sometimes"},
		{"namespace selector", `{podSelector: {}, ingress: [{from: [{namespaceSelector: {matchExpressions: [{key: app, operator: In}]}}]}]}`, "shop/policy-0"},
		{"network", `{podSelector: {}, ingress: [{from: [{ipBlock: {cidr: 10.0.0.0/33}}]}]}`, "10.0.0.0/33"},
		{"exception", `{podSelector: {}, ingress: [{from: [{ipBlock: {cidr: 0.0.0.0/0, except: [all]}}]}]}`, "all"},
		{"subject", `{podSelector: {matchExpressions: [{key: app, operator: Sometimes}]}, ingress: [{}]}`, "Sometimes"},
	} {
		t.Run(test.name, func(t *testing.T) {
			state := withPolicies(t, shop(), test.policy)
			rules, problems := compile(state)
			if len(problems) != 1 || !strings.Contains(problems[0].Error(), test.complaint) {
				t.Errorf("problems %v, want one about %q", problems, test.complaint)
			}
			if allowedByRules(rules, packet{state.pods[2].addresses[0], state.pods[0].addresses[0], "TCP", 80}) {
				t.Error("the policy lets a packet in")
			}
		})
	}
}

func TestOldNetworksWithLeadingZerosAreRead(t *testing.T) {
	state := withPolicies(t, shop(), `{podSelector: {}, ingress: [{from: [{ipBlock: {cidr: 010.244.000.004/32}}]}]}`)
	rules, problems := compile(state)
	if len(problems) > 0 || !allowedByRules(rules, packet{state.pods[2].addresses[0], state.pods[0].addresses[0], "TCP", 80}) {
		t.Errorf("the address named is not let in; problems: %v", problems)
	}
}

func TestAnAddressBelongsToTheYoungestPodThatClaimsIt(t *testing.T) {
	state := withPolicies(t, shop(), denyAll)
	stale := state.pods[0]
	stale.name, stale.namespace, stale.created = "stale", "bank", time.Unix(1, 0)
	state.pods[0].created = time.Unix(2, 0)
	for _, pods := range [][]pod{append([]pod{stale}, state.pods...), append(state.pods, stale)} {
		state.pods = pods
		rules, _ := compile(state)
		if allowedByRules(rules, packet{netip.MustParseAddr("10.244.0.4"), netip.MustParseAddr("10.244.0.2"), "TCP", 80}) {
			t.Error("a pod that has ended opens the address that an isolated one has now")
		}
	}
}

func TestPodFromReadsWhatRulesNeed(t *testing.T) {
	object := &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: "a", Labels: map[string]string{"app": "a"}},
		Spec: corev1.PodSpec{
			NodeName: "one",
			Containers: []corev1.Container{{Ports: []corev1.ContainerPort{
				{Name: "http", ContainerPort: 8080}, {ContainerPort: 9090},
			}}},
			InitContainers: []corev1.Container{
				{Ports: []corev1.ContainerPort{{Name: "setup", ContainerPort: 1}}},
				{RestartPolicy: ptr.To(corev1.ContainerRestartPolicyAlways), Ports: []corev1.ContainerPort{{Name: "proxy", ContainerPort: 2, Protocol: "UDP"}}},
			},
		},
		Status: corev1.PodStatus{PodIP: "10.244.0.2", PodIPs: []corev1.PodIP{{IP: "10.244.0.2"}, {IP: "fd00::2"}}},
	}
	kept, err := keepNeeded(object)
	if err != nil {
		t.Fatal(err)
	}
	p, enforced := podFrom(kept.(*corev1.Pod))
	if !enforced || len(p.addresses) != 2 || p.node != "one" || p.labels["app"] != "a" {
		t.Errorf("enforced: %t, pod: %+v", enforced, p)
	}
	if want := []namedPort{{"http", "TCP", 8080}, {"proxy", "UDP", 2}}; len(p.ports) != 2 || p.ports[0] != want[0] || p.ports[1] != want[1] {
		t.Errorf("named ports %v, want %v", p.ports, want)
	}
	for name, change := range map[string]func(*corev1.Pod){
		"on the node's network": func(p *corev1.Pod) { p.Spec.HostNetwork = true },
		"that has succeeded":    func(p *corev1.Pod) { p.Status.Phase = corev1.PodSucceeded },
		"that has failed":       func(p *corev1.Pod) { p.Status.Phase = corev1.PodFailed },
	} {
		changed := object.DeepCopy()
		change(changed)
		if _, enforced := podFrom(changed); enforced {
			t.Errorf("a pod %s is enforced", name)
		}
	}
}
