import { asObjects, asText, groupOf, type KubernetesObject, namespaceOf } from "../manifests/manifest.ts";
import type { JsonObject } from "../program/registration.ts";
import { type Api, ApiError } from "./api.ts";

/** The name under which this tool owns the fields that it applies. */
export const FIELD_MANAGER = "tradestack";

/** A kind of object as a cluster serves it. */
export interface Kind {
  readonly apiVersion: string;
  readonly kind: string;
  /** Plural name in paths, such as `deployments`. */
  readonly resource: string;
  readonly namespaced: boolean;
}

const groupPath = (apiVersion: string): string =>
  groupOf(apiVersion) ? `/apis/${apiVersion}` : `/api/${apiVersion}`;

/** Reads and changes a cluster's objects of any kind. */
export class Objects {
  readonly api: Api;
  readonly #kinds = new Map<string, Promise<readonly Kind[]>>();

  constructor(api: Api) {
    this.api = api;
  }

  /** How the cluster serves a kind; undefined where it does not (yet), such as before its definition is applied. */
  async kind(apiVersion: string, kind: string): Promise<Kind | undefined> {
    let served = this.#kinds.get(apiVersion);
    if (served === undefined) {
      served = this.#discover(apiVersion);
      this.#kinds.set(apiVersion, served);
    }
    const found = (await served).find((candidate) => candidate.kind === kind);
    // A definition may have been applied since; do not remember that it was not there.
    if (found === undefined) this.#kinds.delete(apiVersion);
    return found;
  }

  async #discover(apiVersion: string): Promise<readonly Kind[]> {
    const list = await this.api.find(groupPath(apiVersion));
    return asObjects(list?.resources)
      .filter(({ name }) => !asText(name).includes("/"))
      .map(({ kind, name, namespaced }) => ({
        apiVersion,
        kind: asText(kind),
        resource: asText(name),
        namespaced: namespaced === true,
      }));
  }

  /** The version of a group that the cluster prefers, such as `apps/v1` for `apps`; undefined for an unknown group. */
  async preferredVersion(group: string): Promise<string | undefined> {
    if (group === "") return "v1";
    const found = await this.api.find(`/apis/${group}`);
    const preferred = found?.preferredVersion as JsonObject | undefined;
    return preferred === undefined ? undefined : asText(preferred.groupVersion);
  }

  async #path(object: KubernetesObject): Promise<string> {
    const kind = await this.kind(object.apiVersion, object.kind);
    if (kind === undefined) {
      throw new ApiError(
        404,
        JSON.stringify({ message: `the cluster does not know ${object.kind} (${object.apiVersion})` }),
      );
    }
    const namespace = kind.namespaced ? `/namespaces/${namespaceOf(object) ?? "default"}` : "";
    return `${groupPath(object.apiVersion)}${namespace}/${kind.resource}/${object.metadata.name}`;
  }

  /** The live object; undefined where there is none. */
  async get(object: KubernetesObject): Promise<KubernetesObject | undefined> {
    return (await this.api.find(await this.#path(object))) as KubernetesObject | undefined;
  }

  /**
   * Applies an object server-side, taking over fields that others set before.
   *
   * @param dryRun Whether the server only says what would come of it. Default: false.
   * @returns What the object is (or would be) after it.
   */
  async apply(object: KubernetesObject, { dryRun = false } = {}): Promise<KubernetesObject> {
    const { body } = await this.api.json("PATCH", await this.#path(object), {
      query: { fieldManager: FIELD_MANAGER, force: "true", dryRun: dryRun ? "All" : undefined },
      contentType: "application/apply-patch+yaml",
      body: object,
    });
    return body as KubernetesObject;
  }

  /**
   * Changes single fields of a live object, which stay whoever's they are.
   *
   * @param change The fields as a JSON merge patch: null removes one.
   */
  async merge(object: KubernetesObject, change: JsonObject): Promise<KubernetesObject> {
    const { body } = await this.api.json("PATCH", await this.#path(object), {
      query: { fieldManager: FIELD_MANAGER },
      contentType: "application/merge-patch+json",
      body: change,
    });
    return body as KubernetesObject;
  }

  /** Lists objects of a kind, in one namespace or in all, by label. */
  async list(kind: Kind, options: { namespace?: string; labels?: string } = {}): Promise<KubernetesObject[]> {
    const namespace = options.namespace === undefined ? "" : `/namespaces/${options.namespace}`;
    const found = await this.api.find(`${groupPath(kind.apiVersion)}${namespace}/${kind.resource}`, {
      labelSelector: options.labels,
    });
    // Items of a list do not say their own kind.
    return asObjects(found?.items).map(
      (item) => ({ ...item, apiVersion: kind.apiVersion, kind: kind.kind }) as KubernetesObject,
    );
  }

  /** Lists a namespace's objects of a kind; none where the cluster does not know the kind. */
  async in(namespace: string, apiVersion: string, kind: string): Promise<KubernetesObject[]> {
    const found = await this.kind(apiVersion, kind);
    return found === undefined ? [] : this.list(found, { namespace });
  }

  /** Deletes an object, and what it owns, if it is there; its end is not awaited. */
  async delete(object: KubernetesObject): Promise<void> {
    try {
      await this.api.json("DELETE", await this.#path(object), {
        body: { kind: "DeleteOptions", apiVersion: "v1", propagationPolicy: "Foreground" },
      });
    } catch (error) {
      if (!(error instanceof ApiError && error.status === 404)) throw error;
    }
  }

  /** The last lines a container wrote; empty where there are none. */
  async log(
    namespace: string,
    pod: string,
    options: { container: string; previous: boolean; lines: number },
  ) {
    try {
      return await this.api.text(`/api/v1/namespaces/${namespace}/pods/${pod}/log`, {
        container: options.container,
        previous: String(options.previous),
        tailLines: String(options.lines),
      });
    } catch (error) {
      if (error instanceof ApiError) return "";
      throw error;
    }
  }
}
