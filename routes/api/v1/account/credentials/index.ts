import { requireCaller } from "@/lib/http/authenticate_request.ts";
import { createApiKey, showApiKey } from "@/lib/auth/api_keys.ts";
import { apiRoute } from "@/lib/http/api_route.ts";
import { requireKeyManager } from "@/lib/auth/permissions.ts";
import { readJson } from "@/lib/http/request.ts";
import { parse } from "@/lib/http/schemas/requests.ts";
import { newApiKeySchema } from "@/lib/http/schemas/api_keys.ts";

export const handler = apiRoute({
  async GET(ctx) {
    const { services } = ctx.state;
    const { orgId } = requireKeyManager(services, await requireCaller(ctx));
    const credentials = await services.store.listApiKeys(orgId);
    return Response.json({ items: credentials.map(showApiKey) });
  },
  async POST(ctx) {
    const { services } = ctx.state;
    const manager = requireKeyManager(services, await requireCaller(ctx));
    const wanted = parse(newApiKeySchema, await readJson(ctx.req));
    const { orgId, userId: createdBy } = manager;
    const { apiKey, key } = await createApiKey(services, {
      ...{ orgId, createdBy, ...wanted },
    });
    return Response.json({ ...showApiKey(apiKey), key }, {
      status: 201,
    });
  },
});
