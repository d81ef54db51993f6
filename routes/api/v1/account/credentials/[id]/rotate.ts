import { rotateApiKey, showApiKey } from "@/lib/auth/api_keys.ts";
import { apiRoute, endpoint } from "@/lib/http/api_route.ts";

export const handler = apiRoute({
  POST: endpoint({
    permission: "api_keys:manage",
    async handle({ services, principal, ctx }) {
      const id = ctx.params["id"] ?? "";
      const { apiKey, key } = await rotateApiKey(services, principal, id);
      const body = { ...showApiKey(apiKey), key };
      return Response.json(body, { status: 201 });
    },
  }),
});
