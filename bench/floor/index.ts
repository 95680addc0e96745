/** As many empty ConfigMaps as it is told, and nothing else: what the engine and its provider take by themselves. */

import { ConfigMap } from "@pulumi/kubernetes/core/v1/configMap.js";
import { Provider } from "@pulumi/kubernetes/provider.js";
import * as pulumi from "@pulumi/pulumi";

const config = new pulumi.Config("floor");
const provider = new Provider("cluster", {
  kubeconfig: config.require("kubeconfig"),
  context: config.require("context"),
});
for (let index = 0; index < config.requireNumber("count"); index += 1) {
  const name = `empty-${index}`;
  new ConfigMap(name, { metadata: { name, namespace: "default" } }, { provider });
}
