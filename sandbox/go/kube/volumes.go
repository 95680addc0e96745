package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"

	core "k8s.io/api/core/v1"
	meta "k8s.io/apimachinery/pkg/apis/meta/v1"
	genericapiserver "k8s.io/apiserver/pkg/server"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
	"sigs.k8s.io/sig-storage-lib-external-provisioner/v13/controller"
)

// hostPaths makes each volume a directory of its own under root, on the one node there is.
type hostPaths struct{ root string }

// Provision makes the directory. Any user may write to it, since the kubelet does not apply fsGroup to a hostPath;
// root itself is closed to everybody else, so that only the pod that claims a volume reaches it.
func (p hostPaths) Provision(_ context.Context, options controller.ProvisionOptions) (*core.PersistentVolume, controller.ProvisioningState, error) {
	path := filepath.Join(p.root, fmt.Sprintf("%s_%s_%s", options.PVC.Namespace, options.PVC.Name, options.PVName))
	if err := os.MkdirAll(path, 0o777); err != nil {
		return nil, controller.ProvisioningFinished, err
	}
	if err := os.Chmod(path, 0o777); err != nil { // whatever the umask
		return nil, controller.ProvisioningFinished, err
	}
	directory := core.HostPathDirectory
	return &core.PersistentVolume{
		ObjectMeta: meta.ObjectMeta{Name: options.PVName},
		Spec: core.PersistentVolumeSpec{
			PersistentVolumeReclaimPolicy: *options.StorageClass.ReclaimPolicy,
			AccessModes:                   options.PVC.Spec.AccessModes,
			Capacity:                      core.ResourceList{core.ResourceStorage: options.PVC.Spec.Resources.Requests[core.ResourceStorage]},
			PersistentVolumeSource:        core.PersistentVolumeSource{HostPath: &core.HostPathVolumeSource{Path: path, Type: &directory}},
		},
	}, controller.ProvisioningFinished, nil
}

// Delete removes the directory of a released volume, and refuses any path that Provision cannot have made.
func (p hostPaths) Delete(_ context.Context, volume *core.PersistentVolume) error {
	path := volume.Spec.HostPath.Path
	if filepath.Dir(path) != filepath.Clean(p.root) {
		return fmt.Errorf("volume %s: %s is not a directory directly under %s", volume.Name, path, p.root)
	}
	return os.RemoveAll(path)
}

func provisionVolumes() int {
	root := flag.String("root", "", "absolute path of the directory that holds the volumes")
	name := flag.String("name", "", "name of the provisioner, as in the StorageClass")
	flag.Parse()
	config, err := rest.InClusterConfig()
	if err != nil {
		fmt.Fprintln(os.Stderr, "volume-provisioner:", err)
		return 1
	}
	client, err := kubernetes.NewForConfig(config)
	if err != nil {
		fmt.Fprintln(os.Stderr, "volume-provisioner:", err)
		return 1
	}
	ctx := genericapiserver.SetupSignalContext()
	controller.NewProvisionController(ctx, client, *name, hostPaths{root: *root}, controller.LeaderElection(false)).Run(ctx)
	return 0
}
