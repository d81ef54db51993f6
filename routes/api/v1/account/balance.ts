import { requireCaller } from "@/lib/http/authenticate_request.ts";
import { apiRoute } from "@/lib/http/api_route.ts";
import { requireReader } from "@/lib/auth/permissions.ts";
import { readAccount, showBalance } from "@/lib/wallet/wallet.ts";

export const handler = apiRoute({
  async GET(ctx) {
    const { services } = ctx.state;
    const orgId = requireReader(await requireCaller(ctx));
    return Response.json(showBalance(await readAccount(services, orgId)));
  },
});
