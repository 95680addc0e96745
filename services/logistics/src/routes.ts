import { Type } from "typebox";
import {
  type Api,
  type Database,
  IdempotentHeaders,
  ProblemDetails,
  requirePermission,
  sendStored,
} from "../../chassis/index.ts";
import { ShipmentDetails, ShipmentList, Tracking, TrackingNumber } from "../../contracts/logistics-api.ts";
import { cancelShipment } from "./cancel-shipment.ts";
import { reportLoss } from "./report-loss.ts";
import { findShipment, listShipments, trackShipment } from "./shipment-view.ts";

const Id = Type.String({ format: "uuid" });
const ShipmentParams = Type.Object({ shipmentId: Id });
const problems = { "4xx": ProblemDetails, "5xx": ProblemDetails };

/** What the routes need beside the database. */
export interface RouteOptions {
  /** Name of the carrier that shipments go by. */
  readonly carrier: string;
  /** Called when an event was stored. */
  readonly onEvent: () => void;
  /** Called when a shipment came to its end. */
  readonly onEnd: (state: "cancelled" | "lost") => void;
}

/** The HTTP face of shipments; the gateway leads to `/tracking` and `/shipments` from `/api`. */
export function registerShipmentRoutes(
  api: Api,
  database: Database,
  { carrier, onEvent, onEnd }: RouteOptions,
): void {
  api.get(
    "/tracking/:trackingNumber",
    {
      schema: {
        summary: "Follow a parcel",
        params: Type.Object({ trackingNumber: TrackingNumber }),
        response: { 200: Tracking, ...problems },
      },
    },
    (request) => trackShipment(database, request.params.trackingNumber),
  );

  api.get(
    "/shipments",
    {
      schema: {
        summary: "Find an order's shipment",
        querystring: Type.Object({ order: Id }, { additionalProperties: false }),
        response: { 200: ShipmentList, ...problems },
      },
    },
    async (request) => {
      requirePermission(request, "shipments:read");
      return { items: await listShipments(database, request.query.order) };
    },
  );

  api.get(
    "/shipments/:shipmentId",
    {
      schema: {
        summary: "Show a shipment",
        params: ShipmentParams,
        response: { 200: ShipmentDetails, ...problems },
      },
    },
    async (request) => {
      requirePermission(request, "shipments:read");
      return findShipment(database, request.params.shipmentId);
    },
  );

  api.post(
    "/shipments/:shipmentId/loss",
    {
      schema: {
        summary: "Report a parcel lost",
        params: ShipmentParams,
        headers: IdempotentHeaders,
        response: { 200: ShipmentDetails, ...problems },
      },
    },
    async (request, reply) => {
      const { id: reportedBy } = requirePermission(request, "shipments:write");
      const idempotencyKey = request.headers["idempotency-key"];
      const { shipmentId } = request.params;
      const { answer, isNew } = await reportLoss(database, { shipmentId, idempotencyKey, reportedBy });
      if (isNew) {
        onEvent();
        onEnd("lost");
        request.log.info({ shipmentId, reportedBy }, "a parcel was reported lost");
      }
      return sendStored(reply, answer);
    },
  );

  // Not among the routes that the gateway forwards: for the order service only.
  api.put(
    "/cancellations/:orderId",
    {
      schema: {
        summary: "Stop the shipment of an order that is cancelled",
        params: Type.Object({ orderId: Id }),
        response: { 204: Type.Null(), ...problems },
      },
    },
    async (request, reply) => {
      if (await cancelShipment(database, request.params.orderId, carrier)) onEnd("cancelled");
      return reply.code(204).send(null);
    },
  );
}
