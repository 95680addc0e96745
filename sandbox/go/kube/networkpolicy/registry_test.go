package networkpolicy

import (
	"context"
	"net/netip"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tradestack.dev/sandbox/kube/networkpolicy/announce"
)

func announcement(sandbox, name string, addresses ...string) announce.Announcement {
	a := announce.Announcement{Sandbox: sandbox, Namespace: "shop", Pod: name}
	for _, text := range addresses {
		a.Addresses = append(a.Addresses, netip.MustParseAddr(text))
	}
	return a
}

// accepted merges announcements into the shop, in which a and b show the addresses they had before a crash.
func accepted(t *testing.T, announcements ...announce.Announcement) map[string][]netip.Addr {
	t.Helper()
	var r registry
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	for _, a := range announcements {
		r.accept(ended, a, func() {})
	}
	state := shop()
	r.merge(&state)
	addresses := map[string][]netip.Addr{}
	for _, p := range state.pods {
		addresses[p.name] = p.addresses
	}
	return addresses
}

func TestAnnouncedAddressesCountMoreThanThoseShown(t *testing.T) {
	for _, test := range []struct {
		name          string
		announcements []announce.Announcement
		pod           string
		want          string // "" for none
	}{
		{"nothing announced", nil, "a", "10.244.0.2"},
		{"a new address", []announce.Announcement{announcement("1", "a", "10.244.0.9")}, "a", "10.244.0.9"},
		{"an address that another pod still shows", []announce.Announcement{announcement("1", "a", "10.244.0.3")}, "b", ""},
		{"a second sandbox of one pod", []announce.Announcement{announcement("1", "a", "10.244.0.8"), announcement("2", "a", "10.244.0.9")}, "a", "10.244.0.9"},
		{"the first of them is gone", []announce.Announcement{announcement("1", "a", "10.244.0.8"), announcement("2", "a", "10.244.0.9"), announcement("1", "a")}, "a", "10.244.0.9"},
		{"all of them are gone", []announce.Announcement{announcement("1", "a", "10.244.0.8"), announcement("1", "a")}, "a", "10.244.0.2"},
	} {
		got := accepted(t, test.announcements...)[test.pod]
		switch {
		case test.want == "" && len(got) > 0, test.want != "" && (len(got) == 0 || got[0].String() != test.want):
			t.Errorf("%s: %s has %v, want %q", test.name, test.pod, got, test.want)
		}
	}
}

func TestAPodStartsOnceItsRulesAreInForce(t *testing.T) {
	state := withPolicies(t, shop(), denyAll)
	late := state.pods[0]
	late.addresses = nil
	state.pods = state.pods[1:]
	a, store := testAgent(state)
	socket := filepath.Join(t.TempDir(), "socket")
	listener, err := announce.Listen(socket)
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	notified := make(chan struct{}, 10)
	go announce.Serve(listener, func(ctx context.Context, announced announce.Announcement) error {
		return a.registry.accept(ctx, announced, func() { notified <- struct{}{} })
	})
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	answered := make(chan error, 1)
	go func() { answered <- announce.Send(ctx, socket, announcement("1", "a", "10.244.0.9")) }()

	<-notified
	a.apply(ctx) // the API server has not told of the pod yet
	state.pods = append(state.pods, late)
	a.state = func(string) (cluster, error) { return state, nil }
	store.failures = 1
	a.apply(ctx)
	select {
	case err := <-answered:
		t.Fatalf("answered before any rule for the pod was written: %v", err)
	default:
	}
	a.apply(ctx)
	if err := <-answered; err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(store.rules, "10.244.0.9 : jump egress-") {
		t.Errorf("the pod may start although its address is not isolated:\n%s", store.rules)
	}
}

func TestAPodThatStaysUnknownIsNotStarted(t *testing.T) {
	var r registry
	ctx, cancel := context.WithCancel(t.Context())
	err := r.accept(ctx, announcement("1", "ghost", "10.244.0.9"), cancel)
	if err == nil || !strings.Contains(err.Error(), "shop/ghost") {
		t.Errorf("%v, want an error about shop/ghost", err)
	}
}
