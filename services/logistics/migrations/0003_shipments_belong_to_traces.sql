-- What led to a shipment, so that its way is a part of the same trace as its order.
ALTER TABLE shipments ADD COLUMN traceparent text;
