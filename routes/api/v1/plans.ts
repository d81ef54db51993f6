import { readCatalogue } from "@/lib/billing/catalogue.ts";
import { publicApiRoute } from "@/lib/http/public_route.ts";

export const handler = publicApiRoute({
  async GET({ state: { services } }) {
    const headers = { "Cache-Control": "public, max-age=60" };
    return Response.json(await readCatalogue(services), { headers });
  },
}, { rateLimit: "address" });
