import { callerOf } from "@/lib/caller.ts";
import { endpoint } from "@/lib/endpoint.ts";
import { requireReader } from "@/lib/permissions.ts";
import { readAccount, showBalance } from "@/lib/wallet.ts";

export const handler = endpoint({
  async GET(ctx) {
    const { services } = ctx.state;
    const orgId = requireReader(await callerOf(ctx));
    return Response.json(showBalance(await readAccount(services, orgId)));
  },
});
