import { apiRoute, endpoint } from "@/lib/http/api_route.ts";
import { activityQuery } from "@/lib/http/schemas/activity.ts";
import { readActivity } from "@/lib/pages/activity.ts";

export const handler = apiRoute({
  GET: endpoint({
    permission: "billing:read",
    query: activityQuery,
    async handle({ services, orgId, input: { limit, cursor = null } }) {
      const page = await readActivity(services, { orgId, limit, cursor });
      return Response.json(page);
    },
  }),
});
