package networkpolicy

import (
	"net/netip"
	"slices"
	"time"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	"k8s.io/apimachinery/pkg/labels"
)

// cluster is the state that the rules are compiled from.
type cluster struct {
	node       string // the node whose pods are enforced
	pods       []pod
	namespaces map[string]labels.Set // every namespace with its labels
	policies   []*networkingv1.NetworkPolicy
}

// pod is what the rules need to know of a pod.
type pod struct {
	namespace, name string
	created         time.Time
	node            string
	labels          labels.Set
	addresses       []netip.Addr
	ports           []namedPort
}

// namedPort is a container port that policies can refer to by name.
type namedPort struct {
	name     string
	protocol corev1.Protocol
	number   uint16
}

// podFrom reduces an API object to what the rules need. It reports false for a pod that has no network of its
// own (hostNetwork) and for one that has ended: its address may already belong to another pod.
// Addresses that cannot be read are left out, as is the whole list before the pod's network is set up.
func podFrom(object *corev1.Pod) (pod, bool) {
	ended := object.Status.Phase == corev1.PodSucceeded || object.Status.Phase == corev1.PodFailed
	if ended || object.Spec.HostNetwork {
		return pod{}, false
	}
	result := pod{
		namespace: object.Namespace,
		name:      object.Name,
		created:   object.CreationTimestamp.Time,
		node:      object.Spec.NodeName,
		labels:    object.Labels,
		ports:     namedPortsOf(&object.Spec),
	}
	for _, text := range append([]corev1.PodIP{{IP: object.Status.PodIP}}, object.Status.PodIPs...) {
		address, err := netip.ParseAddr(text.IP)
		if err == nil && !slices.Contains(result.addresses, address.Unmap()) {
			result.addresses = append(result.addresses, address.Unmap())
		}
	}
	return result, true
}

// claimedOnce leaves each address to the youngest of the pods that claim it. After a crash of the node, pods that are
// not running yet still show their former address, which may have been given to another pod since.
func claimedOnce(pods []pod) []pod {
	youngest := map[netip.Addr]int{}
	for i, p := range pods {
		for _, address := range p.addresses {
			if other, claimed := youngest[address]; !claimed || pods[other].created.Before(p.created) {
				youngest[address] = i
			}
		}
	}
	result := slices.Clone(pods)
	for i := range result {
		var own []netip.Addr
		for _, address := range result[i].addresses {
			if youngest[address] == i {
				own = append(own, address)
			}
		}
		result[i].addresses = own
	}
	return result
}

func namedPortsOf(spec *corev1.PodSpec) []namedPort {
	containers := slices.Clone(spec.Containers)
	for _, container := range spec.InitContainers {
		if container.RestartPolicy != nil && *container.RestartPolicy == corev1.ContainerRestartPolicyAlways {
			containers = append(containers, container) // a sidecar
		}
	}
	var ports []namedPort
	for _, container := range containers {
		for _, port := range container.Ports {
			if port.Name != "" {
				ports = append(ports, namedPort{port.Name, protocolOf(&port.Protocol), uint16(port.ContainerPort)})
			}
		}
	}
	return ports
}

// protocolOf applies the API's default: TCP where none is named.
func protocolOf(protocol *corev1.Protocol) corev1.Protocol {
	if protocol == nil || *protocol == "" {
		return corev1.ProtocolTCP
	}
	return *protocol
}
