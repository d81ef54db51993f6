import { callerOf } from "@/lib/http/authenticate_request.ts";
import { revokeCredential } from "@/lib/auth/api_keys.ts";
import { endpoint } from "@/lib/http/api_route.ts";
import { requireKeyManager } from "@/lib/auth/permissions.ts";

export const handler = endpoint({
  async DELETE(ctx) {
    const { services } = ctx.state;
    const { orgId } = requireKeyManager(services, await callerOf(ctx));
    await revokeCredential(services, orgId, ctx.params["id"] ?? "");
    return new Response(null, { status: 204 });
  },
});
