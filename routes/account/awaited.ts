import { readPendingPurchases } from "@/lib/wallet/pending_purchases.ts";
import { pageHandler } from "@/lib/pages/page_handler.ts";
import {
  authenticatePerson,
  requireOrganization,
} from "@/lib/auth/authenticate.ts";
import { define } from "@/lib/state.ts";

/** What the account page asks while a payment is on its way. */
export const handler = define.handlers(pageHandler<never>({
  async GET({ req, state: { services } }) {
    const principal = await authenticatePerson(services, req);
    const orgId = requireOrganization(principal);
    const packs = await readPendingPurchases(services, orgId);
    const onTheirWay = packs.filter(({ state }) => state === "on_its_way");
    return Response.json(
      { on_their_way: onTheirWay.map(({ sessionId }) => sessionId) },
      { headers: { "Cache-Control": "no-store" } },
    );
  },
}));
