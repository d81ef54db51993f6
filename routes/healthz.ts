import { apiRoute } from "@/lib/http/api_route.ts";

/**
 * The process answers; what it depends on is `/readyz`. Counted against
 * nobody's limit: a balancer takes a refusal for a process that is ill.
 */
export const handler = apiRoute({
  GET: () => Response.json({ ok: true }),
}, { counts: "nobody" });
