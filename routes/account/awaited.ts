import { readAwaitedPacks } from "@/lib/awaited_packs.ts";
import { pageHandler } from "@/lib/page_handler.ts";
import { authenticatePerson, requireOrganization } from "@/lib/principal.ts";
import { define } from "@/lib/state.ts";

/** What the account page asks while a payment is on its way. */
export const handler = define.handlers(pageHandler<never>({
  async GET({ req, state: { services } }) {
    const principal = await authenticatePerson(services, req);
    const orgId = requireOrganization(principal);
    const packs = await readAwaitedPacks(services, orgId);
    const onTheirWay = packs.filter(({ state }) => state === "on_its_way");
    return Response.json(
      { on_their_way: onTheirWay.map(({ sessionId }) => sessionId) },
      { headers: { "Cache-Control": "no-store" } },
    );
  },
}));
