import { readFileSync } from "node:fs";
import { Type } from "typebox";
import { Problem, type Service, text, url } from "../../../services/chassis/index.ts";
import { readSite, siteBeside } from "../../../services/storefront/src/site.ts";
import { serveSite } from "../../../services/storefront/src/site-routes.ts";
import type { Dashboard } from "../../dashboards/model.ts";
import { DEFAULT_RANGE, type Listed, RANGES, type ShownDashboard } from "../answers.ts";
import { viewer } from "../service.ts";
import { VIEWS } from "../web/src/views.ts";
import { prometheus } from "./prometheus.ts";
import { show, windowOf } from "./show.ts";

const settings = {
  /** The Prometheus that is asked. */
  PROMETHEUS_URL: url(["http:", "https:"], "http://prometheus:9090"),
  /** What can be looked at: models of dashboards by name, as JSON. */
  DASHBOARDS_FILE: text("/etc/viewer/dashboards.json"),
  /** Folder of the built pages. */
  WEB_DIRECTORY: text(siteBeside(import.meta.dirname)),
};

/** However many people look, Prometheus is asked so many questions at once, */
const AT_ONCE = 4;
/** and for one dashboard and range not again within this time, in milliseconds. */
const FRESH = 10_000;

/** The pages, and the data of the dashboards. Nothing can be asked for but what they show. */
export const viewerService: Service<typeof settings> = {
  description: viewer,
  settings,
  migrations: undefined,
  setup({ api, settings: { PROMETHEUS_URL, DASHBOARDS_FILE, WEB_DIRECTORY } }) {
    const models: Record<string, Dashboard> = JSON.parse(readFileSync(DASHBOARDS_FILE, "utf8"));
    const ask = prometheus(PROMETHEUS_URL.replace(/\/$/, ""), AT_ONCE);
    const kept = new Map<string, { readonly at: number; readonly answer: Promise<ShownDashboard> }>();
    const list: Listed[] = Object.entries(models).map(([name, { title }]) => ({ name, title }));

    api.get("/api/dashboards", () => list);
    api.get(
      "/api/dashboards/:name",
      {
        schema: {
          params: Type.Object({ name: Type.String({ maxLength: 100 }) }),
          querystring: Type.Object({
            range: Type.Optional(Type.Union(RANGES.map((range) => Type.Literal(range)))),
          }),
        },
      },
      ({ params: { name }, query: { range = DEFAULT_RANGE } }) => {
        const model = Object.hasOwn(models, name) ? models[name] : undefined;
        if (model === undefined) {
          throw new Problem({ status: 404, slug: "no-dashboard", title: "There is no such dashboard" });
        }
        const now = Date.now();
        const key = `${name} ${range}`;
        const known = kept.get(key);
        if (known !== undefined && now - known.at < FRESH) return known.answer;
        const answer = show(name, model, windowOf(range, now / 1000), ask);
        kept.set(key, { at: now, answer });
        return answer;
      },
    );
    serveSite(api, readSite(WEB_DIRECTORY), VIEWS);
  },
};
