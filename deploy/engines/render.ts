import { applyPlan } from "../apply/apply.ts";
import { destroySet } from "../apply/destroy.ts";
import { type OpenCluster, openCluster } from "../cluster.ts";
import { buildImages } from "../images.ts";
import type { KubernetesObject } from "../manifests/manifest.ts";
import type { ApplySet } from "../plan/applyset.ts";
import { makePlan, type Plan, subjectOf } from "../plan/plan.ts";
import { planAsJson, showPlan, summary } from "../plan/show.ts";
import { keepPolicy } from "../policy.ts";
import { type Deployment, readDeployment } from "../stack/wanted.ts";
import { urlsOf } from "../urls.ts";
import { type Engine, EngineError, type Run } from "./engine.ts";

/** Brings a platform up without Pulumi's engine: the program is rendered, and its manifests are applied. */
export const renderEngine: Engine = {
  name: "render",

  async up(run) {
    const { progress, signal, rollback } = run;
    const deployment = await readDeployment(run.stack, "make");
    refuseOthers(deployment);
    await keepPolicy(deployment, run);
    const cluster = await openCluster(run.settings, run);
    try {
      const set = setOf(run);
      if (cluster.sandbox !== undefined) await buildImages(deployment.manifests, run);
      const apply = (plan: Plan): Promise<void> =>
        applyPlan(cluster.objects, plan, {
          progress,
          signal,
          schedulingPatience: cluster.schedulingPatience,
          rollback,
        });
      let plan = acceptable(await makePlan(cluster.objects, deployment.manifests, set));
      progress.say(summary(plan));
      if (plan.missingNamespaces.length > 0) {
        // Only with its namespace there does the server check what goes into it: before any of it is applied.
        await apply({
          ...plan,
          changes: plan.changes.filter((change) => subjectOf(change).kind === "Namespace"),
        });
        plan = acceptable(await makePlan(cluster.objects, deployment.manifests, set));
      }
      await apply(plan);
      return await liveUrls(cluster, deployment);
    } finally {
      cluster.close();
    }
  },

  async preview(run) {
    const deployment = await readDeployment(run.stack, "read");
    refuseOthers(deployment);
    const cluster = await openCluster(run.settings);
    try {
      const plan = await makePlan(cluster.objects, deployment.manifests, setOf(run));
      process.stdout.write(`${run.json ? JSON.stringify(planAsJson(plan)) : showPlan(plan)}\n`);
      acceptable(plan);
    } finally {
      cluster.close();
    }
  },

  async destroy(run, { deleteData }) {
    const cluster = await openCluster(run.settings);
    try {
      return await destroySet(cluster.objects, setOf(run), { ...run, deleteData });
    } finally {
      cluster.close();
    }
  },
};

/** The set that remembers a stack's objects. */
export const setOf = ({ stack, settings }: Pick<Run, "stack" | "settings">): ApplySet => ({
  name: `tradestack-${stack}`,
  namespace: settings.namespace,
});

function acceptable(plan: Plan): Plan {
  if (plan.refusals.length === 0) return plan;
  throw new EngineError(
    `nothing was changed, because the cluster would refuse:\n${plan.refusals.join("\n")}`,
  );
}

function refuseOthers({ others }: Deployment): void {
  const [other] = others;
  if (other === undefined) return;
  throw new EngineError(
    `only Pulumi's engine can make ${other.type} "${other.name}"; install pulumi and use --engine pulumi`,
  );
}

async function liveUrls({ objects, sandbox }: OpenCluster, { manifests }: Deployment): Promise<string[]> {
  const wanted = manifests.map(({ object }) => object).filter(({ kind }) => kind === "Ingress");
  const live = await Promise.all(wanted.map((ingress) => objects.get(ingress)));
  return urlsOf(
    live.filter((ingress): ingress is KubernetesObject => ingress !== undefined),
    sandbox?.ingress.http,
  );
}
