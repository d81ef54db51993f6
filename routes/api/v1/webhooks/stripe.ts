import { apiRoute } from "@/lib/http/api_route.ts";
import { EVENT_LIMIT_BYTES, readText } from "@/lib/http/request.ts";
import { requireSignature } from "@/lib/webhooks/signature.ts";
import { receiveEvent } from "@/lib/webhooks/receive.ts";

/**
 * Counted against nobody's limit: Stripe sends what it has in bursts, from a
 * few addresses, and what it is refused comes late. The signature is checked
 * before anything else is done.
 */
export const handler = apiRoute({
  async POST({ req, state: { services } }) {
    const signature = requireSignature(
      services,
      req.headers.get("Stripe-Signature"),
    );
    // Held until the event is handled, so that bodies cannot fill the memory.
    using share = services.eventBytes.share();
    const body = await readText(req, { limitBytes: EVENT_LIMIT_BYTES, share });
    await receiveEvent(services, { body, signature });
    return Response.json({ received: true });
  },
}, { counts: "nobody" });
