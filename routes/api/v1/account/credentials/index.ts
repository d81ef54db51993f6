import { callerOf } from "@/lib/http/authenticate_request.ts";
import { createCredential, showCredential } from "@/lib/auth/api_keys.ts";
import { endpoint } from "@/lib/http/api_route.ts";
import { requireKeyManager } from "@/lib/auth/permissions.ts";
import { readJson } from "@/lib/http/request.ts";
import { parse } from "@/lib/http/schemas/requests.ts";
import { newCredentialSchema } from "@/lib/http/schemas/api_keys.ts";

export const handler = endpoint({
  async GET(ctx) {
    const { services } = ctx.state;
    const { orgId } = requireKeyManager(services, await callerOf(ctx));
    const credentials = await services.store.listCredentials(orgId);
    return Response.json({ items: credentials.map(showCredential) });
  },
  async POST(ctx) {
    const { services } = ctx.state;
    const manager = requireKeyManager(services, await callerOf(ctx));
    const wanted = parse(newCredentialSchema, await readJson(ctx.req));
    const { orgId, userId: createdBy } = manager;
    const { credential, key } = await createCredential(services, {
      ...{ orgId, createdBy, ...wanted },
    });
    return Response.json({ ...showCredential(credential), key }, {
      status: 201,
    });
  },
});
