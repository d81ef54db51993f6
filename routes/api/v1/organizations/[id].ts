import { exportOrganization } from "@/lib/billing/organization_export.ts";
import { deleteOrganization } from "@/lib/billing/organization_deletion.ts";
import { apiRoute, endpoint } from "@/lib/http/api_route.ts";

export const handler = apiRoute({
  GET: endpoint({
    permission: "organizations:write",
    organization: "path",
    async handle({ services, orgId }) {
      const text = await exportOrganization(services, orgId);
      const body = ReadableStream.from(text)
        .pipeThrough(new TextEncoderStream());
      const headers = { "Content-Type": "application/json" };
      return new Response(body, { headers });
    },
  }),
  DELETE: endpoint({
    permission: "organizations:write",
    organization: "path",
    async handle({ services, orgId }) {
      await deleteOrganization(services, orgId);
      return new Response(null, { status: 204 });
    },
  }),
});
