import { revokeApiKey } from "@/lib/auth/api_keys.ts";
import { apiRoute, endpoint } from "@/lib/http/api_route.ts";

export const handler = apiRoute({
  DELETE: endpoint({
    permission: "api_keys:manage",
    async handle({ services, orgId, ctx }) {
      await revokeApiKey(services, orgId, ctx.params["id"] ?? "");
      return new Response(null, { status: 204 });
    },
  }),
});
