/** The default StorageClass: each claim gets a directory of its own under the state directory. */

import { account, deployment, type KubernetesObject, labels, restricted, rule, SYSTEM } from "./objects.ts";

const NAME = "volume-provisioner";
const PROVISIONER = "tradestack.dev/host-path";

/**
 * The objects that make volumes.
 *
 * @param directory Where on the machine the volumes are.
 */
export function storage(image: string, directory: string): KubernetesObject[] {
  return [
    {
      apiVersion: "storage.k8s.io/v1",
      kind: "StorageClass",
      metadata: {
        name: "standard",
        labels: labels(NAME),
        annotations: { "storageclass.kubernetes.io/is-default-class": "true" },
      },
      provisioner: PROVISIONER,
      reclaimPolicy: "Delete",
      volumeBindingMode: "WaitForFirstConsumer",
    },
    ...account(NAME, SYSTEM, [
      rule([""], ["persistentvolumes"], ["get", "list", "watch", "create", "patch", "update", "delete"]),
      rule([""], ["persistentvolumeclaims"], ["get", "list", "watch", "update"]),
      rule([""], ["nodes"], ["get", "list", "watch"]),
      rule(["storage.k8s.io"], ["storageclasses"], ["get", "list", "watch"]),
      rule(["", "events.k8s.io"], ["events"], ["create", "update", "patch"]),
    ]),
    deployment({
      name: NAME,
      namespace: SYSTEM,
      container: {
        image,
        args: [NAME, `-root=${directory}`, `-name=${PROVISIONER}`],
        resources: { requests: { cpu: "20m", memory: "48Mi" }, limits: { memory: "160Mi" } },
        // Root, to remove what pods of any user wrote; of root's rights only those over files.
        securityContext: {
          ...restricted,
          runAsNonRoot: false,
          runAsUser: 0,
          capabilities: { drop: ["ALL"], add: ["DAC_OVERRIDE", "FOWNER"] },
        },
        volumeMounts: [{ name: "volumes", mountPath: directory }],
      },
      pod: { volumes: [{ name: "volumes", hostPath: { path: directory, type: "Directory" } }] },
    }),
  ];
}
