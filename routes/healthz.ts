import { publicApiRoute } from "@/lib/http/public_route.ts";
import { VERSION } from "@/lib/version.ts";

/**
 * Reports that the process responds; `/readyz` checks its dependencies.
 * Not rate-limited: a load balancer would treat 429 as unhealthy.
 */
export const handler = publicApiRoute({
  GET: () => Response.json({ ok: true, version: VERSION }),
}, { rateLimit: "none" });
