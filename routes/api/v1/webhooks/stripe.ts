import { publicApiRoute } from "@/lib/http/public_route.ts";
import { EVENT_LIMIT_BYTES, readText } from "@/lib/http/request.ts";
import { receiveEvent } from "@/lib/webhooks/receive.ts";
import { requireSignature } from "@/lib/webhooks/signature.ts";

/**
 * Not rate-limited: Stripe sends events in bursts from a few addresses, and
 * retries a refused one only later. The signature is checked first.
 */
export const handler = publicApiRoute({
  async POST({ req, state: { services } }) {
    const signature = requireSignature(
      services,
      req.headers.get("Stripe-Signature"),
    );
    // Held until the event is handled, so bodies cannot exhaust the memory.
    using share = services.eventBytes.share();
    const body = await readText(req, { limitBytes: EVENT_LIMIT_BYTES, share });
    await receiveEvent(services, { body, signature });
    return Response.json({ received: true });
  },
}, { rateLimit: "none" });
