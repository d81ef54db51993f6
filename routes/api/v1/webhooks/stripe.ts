import { endpoint } from "@/lib/endpoint.ts";
import { EVENT_LIMIT_BYTES, readText } from "@/lib/request_body.ts";
import { receiveEvent } from "@/lib/webhooks.ts";

/**
 * Counted against nobody's limit: Stripe sends what it has in bursts, from a
 * few addresses, and what it is refused comes late. The signature is checked
 * before anything else is done.
 */
export const handler = endpoint({
  async POST({ req, state: { services } }) {
    const body = await readText(req, EVENT_LIMIT_BYTES);
    const signature = req.headers.get("Stripe-Signature");
    await receiveEvent(services, { body, signature });
    return Response.json({ received: true });
  },
}, { counts: "nobody" });
