package networkpolicy

import (
	"context"
	"log/slog"
	"net/netip"
	"time"
)

const (
	// gathering lets the changes of one moment, such as a deployment's pods, become one transaction.
	gathering = 50 * time.Millisecond
	// checking is how often the kernel's rules are compared with what was written, and a failed write is repeated.
	checking = 2 * time.Second
)

// ruleStore is where rules are written to and read back from.
type ruleStore interface {
	replace(ctx context.Context, rules string) error
	contents(ctx context.Context) (string, error)
}

// agent keeps the kernel's rules equal to what the cluster's policies ask for.
type agent struct {
	node        string
	table       string
	podNetworks []netip.Prefix
	state       func(node string) (cluster, error)
	store       ruleStore
	registry    registry
	changed     chan struct{} // holds a token while a change has not been looked at
	health      *health

	written string // the rules as last written, empty when that failed
	listed  string // the same as the kernel lists them
}

func newAgent(node, table string, podNetworks []netip.Prefix, store ruleStore, health *health) *agent {
	return &agent{
		node: node, table: table, podNetworks: podNetworks, store: store, health: health,
		changed: make(chan struct{}, 1),
	}
}

// notify makes run look at the cluster's state soon. It never blocks.
func (a *agent) notify() {
	select {
	case a.changed <- struct{}{}:
	default:
	}
}

// run writes the rules at once, then after each change and whenever they are not what was written, until ctx ends.
// The rules stay in force after it: an agent that is away leaves no pod open.
func (a *agent) run(ctx context.Context) {
	a.notify()
	check := time.NewTicker(checking)
	defer check.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-check.C:
			a.check(ctx)
		case <-a.changed:
			select {
			case <-ctx.Done():
				return
			case <-time.After(gathering):
			}
			for len(a.changed) > 0 {
				<-a.changed
			}
			a.apply(ctx)
		}
	}
}

// check writes the rules again where someone else has changed them or the last write failed.
func (a *agent) check(ctx context.Context) {
	listed, err := a.store.contents(ctx)
	if a.written != "" && err == nil && listed == a.listed {
		return
	}
	if a.written != "" && ctx.Err() == nil {
		slog.Warn("the rules in the kernel are not those that were written; writing them again", "table", a.table)
		a.health.drifts.Inc()
	}
	a.written = ""
	a.apply(ctx)
}

// apply writes the rules for the present state unless they are in force already.
func (a *agent) apply(ctx context.Context) {
	began := time.Now()
	state, err := a.state(a.node)
	if err != nil {
		a.failed(ctx, err)
		return
	}
	heeded := a.registry.merge(&state)
	rules, problems := compile(state)
	text := render(a.table, rules, a.podNetworks)
	if text == a.written {
		a.registry.written(heeded)
		return
	}
	for _, problem := range problems {
		slog.Warn(problem.Error())
	}
	if err = a.store.replace(ctx, text); err != nil {
		a.failed(ctx, err)
		return
	}
	a.written = text
	a.registry.written(heeded)
	a.health.wrote(rules, time.Since(began))
	if a.listed, err = a.store.contents(ctx); err != nil {
		a.failed(ctx, err)
	}
}

func (a *agent) failed(ctx context.Context, err error) {
	if ctx.Err() != nil {
		return // stopped in the middle, on purpose
	}
	a.written = ""
	slog.Error("the rules were not written and will be tried again", "error", err)
	a.health.failed(err)
}
