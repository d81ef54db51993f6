import { callerOf } from "@/lib/caller.ts";
import { createCredential, showCredential } from "@/lib/credentials.ts";
import { endpoint } from "@/lib/endpoint.ts";
import { requireKeyManager } from "@/lib/permissions.ts";
import { readJson } from "@/lib/request_body.ts";
import { parse } from "@/lib/schemas.ts";
import { newCredentialSchema } from "@/lib/schemas/credentials.ts";

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
