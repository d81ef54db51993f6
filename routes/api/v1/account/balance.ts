import { apiRoute, endpoint } from "@/lib/http/api_route.ts";
import { readAccount, showBalance } from "@/lib/wallet/wallet.ts";

export const handler = apiRoute({
  GET: endpoint({
    permission: "billing:read",
    async handle({ services, orgId }) {
      return Response.json(showBalance(await readAccount(services, orgId)));
    },
  }),
});
