package networkpolicy

import (
	"context"
	"errors"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes/fake"
)

// memoryStore stands for the kernel, which the kernel tests have for real.
type memoryStore struct {
	mutex    sync.Mutex
	rules    string
	failures int // how many writes are to fail from now on
	writes   int
	written  chan string // when not nil, receives all rules written
}

func (s *memoryStore) replace(_ context.Context, rules string) error {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	if s.failures > 0 {
		s.failures--
		return errors.New("no memory")
	}
	s.rules = rules
	s.writes++
	if s.written != nil {
		s.written <- rules
	}
	return nil
}

func (s *memoryStore) contents(context.Context) (string, error) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	if s.rules == "" {
		return "", errors.New("no such table")
	}
	return s.rules, nil
}

func testAgent(state cluster) (*agent, *memoryStore) {
	store := &memoryStore{}
	a := newAgent("one", "test", nil, store, newHealth())
	a.state = func(string) (cluster, error) { return state, nil }
	return a, store
}

func TestRulesAreWrittenOnlyWhenTheyChange(t *testing.T) {
	a, store := testAgent(withPolicies(t, shop(), denyAll))
	for range 3 {
		a.apply(t.Context())
		a.check(t.Context())
	}
	if store.writes != 1 {
		t.Errorf("%d writes for one state", store.writes)
	}
	a.state = func(string) (cluster, error) { return shop(), nil }
	a.apply(t.Context())
	if store.writes != 2 {
		t.Errorf("%d writes for two states", store.writes)
	}
}

func TestRulesThatSomeoneChangedArePutBack(t *testing.T) {
	a, store := testAgent(withPolicies(t, shop(), denyAll))
	a.apply(t.Context())
	want := store.rules
	for _, tampered := range []string{"", "table inet test { }"} {
		store.rules = tampered
		a.check(t.Context())
		if store.rules != want {
			t.Errorf("after %q was found in the kernel it holds %q", tampered, store.rules)
		}
	}
}

func TestAFailedWriteIsRepeatedAndMakesTheAgentUnhealthy(t *testing.T) {
	a, store := testAgent(withPolicies(t, shop(), denyAll))
	status := func() int {
		response := httptest.NewRecorder()
		a.health.handler().ServeHTTP(response, httptest.NewRequest("GET", "/healthz", nil))
		return response.Code
	}
	if got := status(); got != 503 {
		t.Errorf("before the first write the agent's health is %d", got)
	}
	store.failures = 2
	a.apply(t.Context())
	a.check(t.Context())
	if got := status(); got != 503 || store.writes != 0 {
		t.Errorf("after two failures: health %d, %d writes", got, store.writes)
	}
	a.check(t.Context())
	if got := status(); got != 200 || store.writes != 1 {
		t.Errorf("after the third attempt: health %d, %d writes", got, store.writes)
	}
}

func TestTheAgentFollowsTheCluster(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	client := fake.NewClientset(
		&corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: "shop"}},
		&networkingv1.NetworkPolicy{ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: "deny"}},
	)
	store := &memoryStore{written: make(chan string, 100)}
	a := newAgent("one", "test", nil, store, newHealth())
	w, err := newWatcher(client, a.notify)
	if err != nil {
		t.Fatal(err)
	}
	a.state = w.state
	if err := w.start(ctx); err != nil {
		t.Fatal(err)
	}
	go a.run(ctx)

	await := func(what string, holds func(rules string) bool) {
		t.Helper()
		for rules := "nothing"; !holds(rules); {
			select {
			case rules = <-store.written:
			case <-ctx.Done():
				t.Fatalf("%s did not come true; the rules are\n%s", what, rules)
			}
		}
	}
	isolated := func(rules string) bool { return strings.Contains(rules, "10.244.0.9 : jump ingress-") }

	await("an empty table", func(rules string) bool { return strings.HasPrefix(rules, "table") && !isolated(rules) })
	pod := &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: "a"},
		Spec:       corev1.PodSpec{NodeName: "one"},
		Status:     corev1.PodStatus{PodIP: "10.244.0.9"},
	}
	if _, err := client.CoreV1().Pods("shop").Create(ctx, pod, metav1.CreateOptions{}); err != nil {
		t.Fatal(err)
	}
	await("a new pod's isolation", isolated)
	if err := client.NetworkingV1().NetworkPolicies("shop").Delete(ctx, "deny", metav1.DeleteOptions{}); err != nil {
		t.Fatal(err)
	}
	await("the end of it with its policy", func(rules string) bool { return strings.HasPrefix(rules, "table") && !isolated(rules) })
}

func TestArgumentsThatCannotBeUsedAreRefused(t *testing.T) {
	for _, test := range []struct{ args, complaint string }{
		{"--node one", "--kubeconfig is missing"},
		{"--kubeconfig k", "--node is missing"},
		{"--kubeconfig k --node one --health 0.0.0.0:1", "not an address on loopback"},
		{"--kubeconfig k --node one --pod-network 10.0.0.0", "10.0.0.0"},
		{"--kubeconfig k --node one extra", `"extra"`},
	} {
		if _, err := parse(strings.Fields(test.args)); err == nil || !strings.Contains(err.Error(), test.complaint) {
			t.Errorf("%s: %v, want an error about %s", test.args, err, test.complaint)
		}
	}
	if _, err := openTable("a; flush ruleset"); err == nil {
		t.Error("a table's name can hold commands")
	}
}
