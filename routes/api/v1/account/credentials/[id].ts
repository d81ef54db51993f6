import { callerOf } from "@/lib/caller.ts";
import { revokeCredential } from "@/lib/credentials.ts";
import { endpoint } from "@/lib/endpoint.ts";
import { requireKeyManager } from "@/lib/permissions.ts";

export const handler = endpoint({
  async DELETE(ctx) {
    const { services } = ctx.state;
    const { orgId } = requireKeyManager(services, await callerOf(ctx));
    await revokeCredential(services, orgId, ctx.params["id"] ?? "");
    return new Response(null, { status: 204 });
  },
});
