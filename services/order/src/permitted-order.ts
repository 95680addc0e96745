import type { FastifyRequest } from "fastify";
import type { Queryable } from "../../chassis/index.ts";
import type { Permission } from "../../contracts/identity.ts";
import { type Actor, actorOn } from "./buyer.ts";
import { unknownOrder } from "./order.ts";
import { findOrder, type OrderView } from "./order-view.ts";

/**
 * Finds an order for somebody who may do something with it: whose it is, by login or token, or who has the
 * permission.
 *
 * @throws {Problem} 404 for everybody else, as if there were none.
 */
export async function permittedOrder(
  database: Pick<Queryable, "query">,
  request: Pick<FastifyRequest, "headers">,
  orderId: string,
  permission: Permission,
): Promise<{ readonly view: OrderView; readonly actor: Actor }> {
  const view = await findOrder(database, orderId);
  const actor = view && actorOn(request, view.ownership, permission);
  if (view === undefined || actor === undefined) throw unknownOrder(orderId);
  return { view, actor };
}
