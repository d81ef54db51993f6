import { changeApiKey, revokeApiKey, showApiKey } from "@/lib/auth/api_keys.ts";
import { apiRoute, endpoint } from "@/lib/http/api_route.ts";
import { apiKeyChangeSchema } from "@/lib/http/schemas/api_keys.ts";

export const handler = apiRoute({
  PATCH: endpoint({
    permission: "api_keys:manage",
    body: apiKeyChangeSchema,
    async handle({ services, principal, input: { name, scopes }, ctx }) {
      const apiKey = await changeApiKey(services, principal, {
        id: ctx.params["id"] ?? "",
        change: { ...(name && { name }), ...(scopes && { scopes }) },
      });
      return Response.json(showApiKey(apiKey));
    },
  }),
  DELETE: endpoint({
    permission: "api_keys:manage",
    async handle({ services, principal, ctx }) {
      await revokeApiKey(services, principal, ctx.params["id"] ?? "");
      return new Response(null, { status: 204 });
    },
  }),
});
