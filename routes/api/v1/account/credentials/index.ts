import { createApiKey, showApiKey } from "@/lib/auth/api_keys.ts";
import { apiRoute, endpoint } from "@/lib/http/api_route.ts";
import { newApiKeySchema } from "@/lib/http/schemas/api_keys.ts";

export const handler = apiRoute({
  GET: endpoint({
    permission: "api_keys:manage",
    async handle({ services, orgId }) {
      const keys = await services.store.listApiKeys(orgId);
      return Response.json({ items: keys.map(showApiKey) });
    },
  }),
  POST: endpoint({
    permission: "api_keys:manage",
    body: newApiKeySchema,
    async handle({ services, principal, orgId, input }) {
      const { expires_in_days: expiresInDays, ...named } = input;
      const { apiKey, key } = await createApiKey(services, {
        orgId,
        createdBy: principal.userId,
        expiresInDays,
        ...named,
      });
      const body = { ...showApiKey(apiKey), key };
      return Response.json(body, { status: 201 });
    },
  }),
});
