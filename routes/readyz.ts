import { publicApiRoute } from "@/lib/http/public_route.ts";
import { readiness } from "@/lib/http/readiness.ts";
import { VERSION } from "@/lib/version.ts";

/** Not rate-limited, for the same reason as `/healthz`. */
export const handler = publicApiRoute({
  async GET({ state: { services } }) {
    const failing = await readiness(services);
    if (failing.length === 0) {
      return Response.json({ ok: true, version: VERSION });
    }
    const headers = { "Retry-After": "5" };
    return Response.json({ ok: false, failing }, { status: 503, headers });
  },
}, { rateLimit: "none" });
