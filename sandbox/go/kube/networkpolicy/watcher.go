package networkpolicy

import (
	"context"
	"fmt"
	"reflect"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	"k8s.io/apimachinery/pkg/api/equality"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	corelisters "k8s.io/client-go/listers/core/v1"
	networkinglisters "k8s.io/client-go/listers/networking/v1"
	"k8s.io/client-go/tools/cache"
)

// watcher keeps a copy of the pods, namespaces and network policies of the whole cluster.
type watcher struct {
	factory    informers.SharedInformerFactory
	pods       corelisters.PodLister
	namespaces corelisters.NamespaceLister
	policies   networkinglisters.NetworkPolicyLister
}

// newWatcher calls changed, possibly from several goroutines, whenever something happens that rules depend on.
func newWatcher(client kubernetes.Interface, changed func()) (*watcher, error) {
	factory := informers.NewSharedInformerFactory(client, 0)
	pods, namespaces, policies := factory.Core().V1().Pods(), factory.Core().V1().Namespaces(), factory.Networking().V1().NetworkPolicies()
	for _, source := range []struct {
		informer  cache.SharedIndexInformer
		transform cache.TransformFunc
		same      func(before, after any) bool
	}{
		{pods.Informer(), keepNeeded, samePod},
		{namespaces.Informer(), withoutManagedFields, sameNamespace},
		{policies.Informer(), withoutManagedFields, samePolicy},
	} {
		if err := source.informer.SetTransform(source.transform); err != nil {
			return nil, err
		}
		if _, err := source.informer.AddEventHandler(cache.ResourceEventHandlerFuncs{
			AddFunc:    func(any) { changed() },
			DeleteFunc: func(any) { changed() },
			UpdateFunc: func(before, after any) {
				if !source.same(before, after) {
					changed()
				}
			},
		}); err != nil {
			return nil, err
		}
	}
	return &watcher{factory, pods.Lister(), namespaces.Lister(), policies.Lister()}, nil
}

// start returns once everything that exists has been read, or with an error when ctx ends before.
func (w *watcher) start(ctx context.Context) error {
	w.factory.Start(ctx.Done())
	for kind, synced := range w.factory.WaitForCacheSync(ctx.Done()) {
		if !synced {
			return fmt.Errorf("stopped before every %s was read: %w", kind, context.Cause(ctx))
		}
	}
	return nil
}

// state copies what is known now, for the rules of one node.
func (w *watcher) state(node string) (cluster, error) {
	pods, podsErr := w.pods.List(labels.Everything())
	namespaces, namespacesErr := w.namespaces.List(labels.Everything())
	policies, policiesErr := w.policies.List(labels.Everything())
	for _, err := range []error{podsErr, namespacesErr, policiesErr} {
		if err != nil {
			return cluster{}, err
		}
	}
	result := cluster{node: node, namespaces: map[string]labels.Set{}, policies: policies}
	for _, object := range pods {
		if p, enforced := podFrom(object); enforced {
			result.pods = append(result.pods, p)
		}
	}
	for _, object := range namespaces {
		result.namespaces[object.Name] = object.Labels
	}
	return result, nil
}

// keepNeeded drops from a pod all that podFrom does not read, which is most of it.
func keepNeeded(object any) (any, error) {
	p, ok := object.(*corev1.Pod)
	if !ok {
		return object, nil
	}
	return &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{
			Namespace: p.Namespace, Name: p.Name, UID: p.UID, ResourceVersion: p.ResourceVersion,
			CreationTimestamp: p.CreationTimestamp, Labels: p.Labels,
		},
		Spec: corev1.PodSpec{
			NodeName: p.Spec.NodeName, HostNetwork: p.Spec.HostNetwork,
			Containers: keepPorts(p.Spec.Containers), InitContainers: keepPorts(p.Spec.InitContainers),
		},
		Status: corev1.PodStatus{Phase: p.Status.Phase, PodIP: p.Status.PodIP, PodIPs: p.Status.PodIPs},
	}, nil
}

func keepPorts(containers []corev1.Container) []corev1.Container {
	var kept []corev1.Container
	for _, c := range containers {
		if len(c.Ports) > 0 {
			kept = append(kept, corev1.Container{Ports: c.Ports, RestartPolicy: c.RestartPolicy})
		}
	}
	return kept
}

func withoutManagedFields(object any) (any, error) {
	if meta, ok := object.(metav1.Object); ok {
		meta.SetManagedFields(nil)
	}
	return object, nil
}

func samePod(before, after any) bool {
	was, wasEnforced := podFrom(before.(*corev1.Pod))
	is, isEnforced := podFrom(after.(*corev1.Pod))
	return wasEnforced == isEnforced && reflect.DeepEqual(was, is)
}

func sameNamespace(before, after any) bool {
	return equality.Semantic.DeepEqual(before.(*corev1.Namespace).Labels, after.(*corev1.Namespace).Labels)
}

func samePolicy(before, after any) bool {
	return equality.Semantic.DeepEqual(before.(*networkingv1.NetworkPolicy).Spec, after.(*networkingv1.NetworkPolicy).Spec)
}
