// Command jaeger stands in for Jaeger 2, which brings clients of a dozen stores along and takes many minutes to
// compile. It is Jaeger's own receiver, store and query API of the last version that could be put together freely, and
// reads the few lines of Jaeger 2's configuration that tell where they listen and what they keep. It has no web page.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"log"
	"net/http"
	"os"
	"os/signal"
	"strings"
	"syscall"

	collector "github.com/jaegertracing/jaeger/cmd/collector/app/flags"
	"github.com/jaegertracing/jaeger/cmd/collector/app/handler"
	"github.com/jaegertracing/jaeger/cmd/collector/app/processor"
	query "github.com/jaegertracing/jaeger/cmd/query/app"
	"github.com/jaegertracing/jaeger/cmd/query/app/querysvc"
	adjuster2 "github.com/jaegertracing/jaeger/cmd/query/app/querysvc/v2/adjuster"
	querysvc2 "github.com/jaegertracing/jaeger/cmd/query/app/querysvc/v2/querysvc"
	"github.com/jaegertracing/jaeger/model"
	"github.com/jaegertracing/jaeger/model/adjuster"
	"github.com/jaegertracing/jaeger/pkg/metrics"
	"github.com/jaegertracing/jaeger/pkg/telemetry"
	"github.com/jaegertracing/jaeger/pkg/tenancy"
	"github.com/jaegertracing/jaeger/plugin/storage/badger"
	"github.com/jaegertracing/jaeger/storage/spanstore"
	"github.com/jaegertracing/jaeger/storage_v2/v1adapter"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.uber.org/zap"
)

// nowhere is where servers listen that Jaeger's packages insist on and nobody uses.
const nowhere = "127.0.0.1:0"

func main() {
	path := flag.String("config", "", "file with Jaeger's configuration as JSON")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, os.Interrupt)
	defer stop()
	if err := run(ctx, strings.TrimPrefix(*path, "file:")); err != nil {
		log.Fatal(err)
	}
}

func run(ctx context.Context, path string) error {
	settings, err := readSettings(path)
	if err != nil {
		return err
	}
	logger, err := zap.NewProduction()
	if err != nil {
		return err
	}
	storage, err := badger.NewFactoryWithConfig(settings.store, metrics.NullFactory, logger)
	if err != nil {
		return fmt.Errorf("opening the store: %w", err)
	}
	defer storage.Close()
	writer, err := storage.CreateSpanWriter()
	if err != nil {
		return err
	}
	server, err := newQueryServer(ctx, settings.query, storage, logger)
	if err != nil {
		return err
	}
	if err := server.Start(ctx); err != nil {
		return err
	}
	defer server.Close()
	options := &collector.CollectorOptions{}
	options.OTLP.HTTP.Endpoint = settings.otlp
	options.OTLP.GRPC.NetAddr.Endpoint = nowhere
	receiver, err := handler.StartOTLPReceiver(options, logger, &store{writer}, tenancy.NewManager(&tenancy.Options{}))
	if err != nil {
		return err
	}
	defer receiver.Shutdown(context.Background())
	return serveHealth(ctx, settings.health)
}

func newQueryServer(
	ctx context.Context, endpoint string, storage *badger.Factory, logger *zap.Logger,
) (*query.Server, error) {
	factory := v1adapter.NewFactory(storage)
	traces, err := factory.CreateTraceReader()
	if err != nil {
		return nil, err
	}
	dependencies, err := factory.CreateDependencyReader()
	if err != nil {
		return nil, err
	}
	// Nodes agree on the time. What comes after its cause has ended, as events do, must not be taken for a wrong clock.
	adjusted := querysvc.QueryServiceOptions{Adjuster: adjuster.Sequence(querysvc.StandardAdjusters(0)...)}
	adjusted2 := querysvc2.QueryServiceOptions{Adjuster: adjuster2.Sequence(adjuster2.StandardAdjusters(0)...)}
	options := &query.QueryOptions{}
	options.HTTP.Endpoint = endpoint
	options.GRPC.NetAddr.Endpoint = nowhere
	options.GRPC.NetAddr.Transport = "tcp"
	telemetry := telemetry.NoopSettings()
	telemetry.Logger = logger
	return query.NewServer(
		ctx,
		querysvc.NewQueryService(traces, dependencies, adjusted),
		querysvc2.NewQueryService(traces, dependencies, adjusted2),
		nil,
		options,
		tenancy.NewManager(&tenancy.Options{}),
		telemetry,
	)
}

// store keeps spans as they come.
type store struct{ writer spanstore.Writer }

func (s *store) ProcessSpans(batch processor.Batch) (stored []bool, err error) {
	batch.GetSpans(func(spans []*model.Span) {
		for _, span := range spans {
			failure := s.writer.WriteSpan(context.Background(), span)
			stored = append(stored, failure == nil)
			err = errors.Join(err, failure)
		}
	}, func(ptrace.Traces) {
		err = errors.New("spans of this form are not expected here")
	})
	return stored, err
}

func (*store) Close() error { return nil }

// serveHealth answers that all is well until it is told to end.
func serveHealth(ctx context.Context, endpoint string) error {
	server := &http.Server{Addr: endpoint, Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		json.NewEncoder(w).Encode(map[string]string{"status": "StatusOK"})
	})}
	go func() {
		<-ctx.Done()
		server.Close()
	}()
	if err := server.ListenAndServe(); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}
