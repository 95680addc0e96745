-- While an order is paid its parcel is still to leave. To give its goods or all of its money back without stopping the
-- parcel would send goods that nobody pays for: such an order is cancelled. Some money may go back for goodwill.
-- Runs after the order was locked and the refund counted in it (refund_planned).
CREATE FUNCTION refuse_refund_before_dispatch() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (
    SELECT FROM orders
    WHERE id = NEW.order_id AND state = 'paid'
      AND (refund_planned = total OR NEW.restock OR NEW.lines <> '[]')
  ) THEN
    RAISE EXCEPTION 'order % has not left: it must be cancelled, not refunded', NEW.order_id
      USING ERRCODE = 'check_violation', CONSTRAINT = 'refund_before_dispatch';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER refund_before_dispatch AFTER INSERT ON refunds FOR EACH ROW WHEN (NEW.kind = 'request')
  EXECUTE FUNCTION refuse_refund_before_dispatch();
