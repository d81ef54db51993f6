import { readCatalogue } from "@/lib/billing/catalogue.ts";
import { apiRoute } from "@/lib/http/api_route.ts";

export const handler = apiRoute({
  async GET({ state: { services } }) {
    const headers = { "Cache-Control": "public, max-age=60" };
    return Response.json(await readCatalogue(services), { headers });
  },
}, { counts: "address" });
