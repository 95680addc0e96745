package networkpolicy

import (
	"context"
	"fmt"
	"net/netip"
	"slices"
	"sync"

	"tradestack.dev/sandbox/kube/networkpolicy/announce"
)

// registry holds the addresses that the CNI plugin has announced. They are known before the pod's first process
// starts, whereas the API shows a pod's address about a second after it.
type registry struct {
	mutex   sync.Mutex
	entries []*registration // in the order of their arrival
}

type registration struct {
	announce.Announcement
	inForce chan struct{} // closed once rules that heed it have been written
	closed  bool
}

// accept takes note of an announcement. For a pod that starts it returns once the rules for it are in force, or with
// an error when ctx ends before; the runtime then tries again.
func (r *registry) accept(ctx context.Context, a announce.Announcement, changed func()) error {
	r.mutex.Lock()
	r.entries = slices.DeleteFunc(r.entries, func(e *registration) bool { return e.Sandbox == a.Sandbox })
	if len(a.Addresses) == 0 {
		r.mutex.Unlock()
		return nil // its rules go with the pod's object
	}
	entry := &registration{Announcement: a, inForce: make(chan struct{})}
	r.entries = append(r.entries, entry)
	r.mutex.Unlock()
	changed()
	select {
	case <-entry.inForce:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("no rules are in force yet for pod %s/%s: the API server has not told of it, or the rules cannot be written", a.Namespace, a.Pod)
	}
}

// merge gives the node's pods the addresses that were announced for them and takes these from whichever pods still
// show them. It returns the registrations whose pods there are.
func (r *registry) merge(state *cluster) []*registration {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	var heeded []*registration
	for _, entry := range r.entries {
		known := false
		for i := range state.pods {
			p := &state.pods[i]
			switch {
			case p.node == state.node && p.namespace == entry.Namespace && p.name == entry.Pod:
				p.addresses = entry.Addresses
				known = true
			case slices.ContainsFunc(p.addresses, func(a netip.Addr) bool { return slices.Contains(entry.Addresses, a) }):
				p.addresses = nil
			}
		}
		if known {
			heeded = append(heeded, entry)
		}
	}
	return heeded
}

// written tells whoever waits for these registrations that rules which heed them are in force.
func (r *registry) written(heeded []*registration) {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	for _, entry := range heeded {
		if !entry.closed {
			entry.closed = true
			close(entry.inForce)
		}
	}
}
