import { authenticatePerson } from "@/lib/auth/authenticate.ts";
import { requireOrganization } from "@/lib/auth/permissions.ts";
import { pageHandler } from "@/lib/pages/page_handler.ts";
import { define } from "@/lib/state.ts";
import { readPendingPurchases } from "@/lib/wallet/pending_purchases.ts";

/** Polled by the account page while a payment is pending. */
export const handler = define.handlers(pageHandler<never>({
  async GET({ req, state: { services } }) {
    const orgId = requireOrganization(await authenticatePerson(services, req));
    const packs = await readPendingPurchases(services, orgId);
    const pending = packs.filter(({ state }) => state === "on_its_way");
    return Response.json(
      { on_their_way: pending.map(({ sessionId }) => sessionId) },
      { headers: { "Cache-Control": "no-store" } },
    );
  },
}));
