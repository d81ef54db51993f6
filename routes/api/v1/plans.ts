import { catalogue } from "@/lib/catalogue.ts";
import { endpoint } from "@/lib/endpoint.ts";

export const handler = endpoint({
  async GET({ state: { services } }) {
    const headers = { "Cache-Control": "public, max-age=60" };
    return Response.json(await catalogue(services), { headers });
  },
}, { counts: "address" });
