import { requireCaller } from "@/lib/http/authenticate_request.ts";
import { revokeApiKey } from "@/lib/auth/api_keys.ts";
import { apiRoute } from "@/lib/http/api_route.ts";
import { requireKeyManager } from "@/lib/auth/permissions.ts";

export const handler = apiRoute({
  async DELETE(ctx) {
    const { services } = ctx.state;
    const { orgId } = requireKeyManager(services, await requireCaller(ctx));
    await revokeApiKey(services, orgId, ctx.params["id"] ?? "");
    return new Response(null, { status: 204 });
  },
});
