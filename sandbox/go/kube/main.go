// Command kube is every program of the sandbox's node in one binary, so that what they share is compiled, kept
// on disk and held in memory once. The first argument chooses the program.
package main

import (
	"context"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/coredns/coredns/coremain"
	"github.com/spf13/cobra"
	"go.etcd.io/etcd/server/v3/etcdmain"
	genericapiserver "k8s.io/apiserver/pkg/server"
	"k8s.io/component-base/cli"
	_ "k8s.io/component-base/metrics/prometheus/clientgo"
	_ "k8s.io/component-base/metrics/prometheus/version"
	kubectl "k8s.io/kubectl/pkg/cmd"
	apiserver "k8s.io/kubernetes/cmd/kube-apiserver/app"
	controllers "k8s.io/kubernetes/cmd/kube-controller-manager/app"
	proxy "k8s.io/kubernetes/cmd/kube-proxy/app"
	scheduler "k8s.io/kubernetes/cmd/kube-scheduler/app"
	kubelet "k8s.io/kubernetes/cmd/kubelet/app"
	metrics "sigs.k8s.io/metrics-server/cmd/metrics-server/app"

	"tradestack.dev/sandbox/kube/networkpolicy"
)

// program runs with os.Args[1:] as its arguments and returns the exit code.
type program func() int

var programs = map[string]program{
	"kube-apiserver":          command(apiserver.NewAPIServerCommand),
	"kube-controller-manager": command(controllers.NewControllerManagerCommand),
	"kube-scheduler":          command(func() *cobra.Command { return scheduler.NewSchedulerCommand() }),
	"kubelet":                 command(func() *cobra.Command { return kubelet.NewKubeletCommand(context.Background()) }),
	"kube-proxy":              command(proxy.NewProxyCommand),
	"kubectl":                 runKubectl,
	"metrics-server": command(func() *cobra.Command {
		return metrics.NewMetricsServerCommand(genericapiserver.SetupSignalHandler())
	}),
	"volume-provisioner": provisionVolumes,
	"network-policy":     func() int { return networkpolicy.Main(os.Args[1:]) },
	"coredns":            func() int { coremain.Run(); return 0 },
	"etcd":               func() int { etcdmain.Main(os.Args); return 0 },
}

func main() {
	if len(os.Args) > 1 {
		if run, ok := programs[filepath.Base(os.Args[1])]; ok {
			os.Args = os.Args[1:]
			os.Exit(run())
		}
	}
	names := slices.Sorted(maps.Keys(programs))
	fmt.Fprintln(os.Stderr, "usage: kube PROGRAM [flags], where PROGRAM is one of", strings.Join(names, ", "))
	os.Exit(2)
}

func command(build func() *cobra.Command) program {
	return func() int { return cli.Run(build()) }
}

// runKubectl reports errors in kubectl's own words, without the usage text that cli.Run adds.
func runKubectl() int {
	if err := cli.RunNoErrOutput(kubectl.NewDefaultKubectlCommand()); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}
