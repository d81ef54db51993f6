import { callerOf } from "@/lib/http/authenticate_request.ts";
import { endpoint } from "@/lib/http/api_route.ts";
import { requireReader } from "@/lib/auth/permissions.ts";
import { readAccount, showBalance } from "@/lib/wallet/wallet.ts";

export const handler = endpoint({
  async GET(ctx) {
    const { services } = ctx.state;
    const orgId = requireReader(await callerOf(ctx));
    return Response.json(showBalance(await readAccount(services, orgId)));
  },
});
