import type { Resources } from "../../services/description.ts";
import type { StoreBaseArgs } from "../stateful.ts";

/** What a {@link TraceStore} is made from. Its name is also that of its Kubernetes objects. */
export interface TraceStoreArgs extends StoreBaseArgs {
  /**
   * How long spans are kept.
   *
   * @default "72h"
   * @example "48h"
   */
  retention?: string;
  /**
   * What it requests and may use at the most.
   *
   * @default 20m to 1 CPU, 128Mi to 512Mi
   */
  resources?: Resources;
}
