package networkpolicy

import (
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// health tells the outside whether the rules in the kernel are current, and counts.
type health struct {
	registry  *prometheus.Registry
	writes    prometheus.Histogram
	failures  prometheus.Counter
	drifts    prometheus.Counter
	addresses *prometheus.GaugeVec

	mutex   sync.Mutex
	problem error // why the rules are not current, nil when they are
}

func newHealth() *health {
	h := &health{
		registry: prometheus.NewRegistry(),
		writes: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name:    "networkpolicy_write_seconds",
			Help:    "Time to compile the policies and write the rules, per write that succeeded.",
			Buckets: prometheus.ExponentialBuckets(0.005, 2, 10),
		}),
		failures: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "networkpolicy_write_failures_total",
			Help: "Writes that failed and were tried again.",
		}),
		drifts: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "networkpolicy_drifts_total",
			Help: "Times the kernel's rules were not those written and were put back.",
		}),
		addresses: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Name: "networkpolicy_isolated_addresses",
			Help: "Addresses of this node's pods that some policy isolates, by direction.",
		}, []string{"direction"}),
		problem: errors.New("the rules have not been written yet"),
	}
	h.registry.MustRegister(h.writes, h.failures, h.drifts, h.addresses)
	return h
}

func (h *health) wrote(rules ruleset, took time.Duration) {
	var ingress, egress int
	for _, pod := range rules.pods {
		if pod.ingress != nil {
			ingress++
		}
		if pod.egress != nil {
			egress++
		}
	}
	h.addresses.WithLabelValues("ingress").Set(float64(ingress))
	h.addresses.WithLabelValues("egress").Set(float64(egress))
	h.writes.Observe(took.Seconds())
	h.set(nil)
}

func (h *health) failed(err error) {
	h.failures.Inc()
	h.set(err)
}

func (h *health) set(problem error) {
	h.mutex.Lock()
	defer h.mutex.Unlock()
	h.problem = problem
}

// handler serves /healthz, 200 once the rules are in force and 503 with the reason while they are not, and /metrics.
func (h *health) handler() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", promhttp.HandlerFor(h.registry, promhttp.HandlerOpts{}))
	mux.HandleFunc("GET /healthz", func(response http.ResponseWriter, _ *http.Request) {
		h.mutex.Lock()
		problem := h.problem
		h.mutex.Unlock()
		if problem != nil {
			http.Error(response, problem.Error(), http.StatusServiceUnavailable)
			return
		}
		fmt.Fprintln(response, "ok")
	})
	return mux
}
