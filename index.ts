/** The program: settings → cluster → platform → outputs. */

import * as pulumi from "@pulumi/pulumi";
import { connectCluster, publicUrl } from "./cluster.ts";
import { KeyRing } from "./components/credentials.ts";
import { Platform } from "./components/platform/platform.ts";
import { imageSource } from "./image-source.ts";
import { loadLogs } from "./logs.ts";
import { installMesh } from "./mesh.ts";
import { loadMonitoring } from "./monitoring.ts";
import type { ProgramOutputs } from "./outputs.ts";
import { services } from "./services/index.ts";
import { masterKeyOf } from "./settings/key.ts";
import { readSettings } from "./settings/read.ts";

const settings = await readSettings();
const keys = new KeyRing(masterKeyOf(settings, { make: !pulumi.runtime.isDryRun() }));
const {
  provider,
  kubeconfig: made,
  images: wanted,
  before = [],
  ...cluster
} = await connectCluster(settings, keys);
const images = await imageSource(settings, wanted);
const mesh = await installMesh(settings, { provider, dependsOn: before });
const makeMonitoring = await loadMonitoring(settings);
const makeLogs = await loadLogs(settings);
const address = publicUrl(settings);

const platform = new Platform(
  "tradestack",
  { settings, services, images, keys, ...(address === null ? {} : { url: address }), ...cluster },
  { provider, dependsOn: [...before, ...mesh] },
);
makeMonitoring({ settings, services, images, keys, ...cluster }, { provider, dependsOn: [platform] });
makeLogs({ settings, images, ...cluster }, { provider, dependsOn: [platform] });
await images.ready();

const outputs: ProgramOutputs = {
  environment: settings.environment,
  namespace: platform.namespace,
  url: address,
  kubeconfig: made === undefined ? null : pulumi.secret(made),
};
export const { environment, namespace, url, kubeconfig } = outputs;
