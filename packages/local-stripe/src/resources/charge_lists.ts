import { catchUpBanks } from "../billing/scheduler.ts";
import { endpoint } from "../api/endpoint.ts";
import { noSuchParam } from "../api/errors.ts";
import { PAGE, page, range } from "../api/pagination.ts";
import { text } from "../api/params.ts";
import type { Collection } from "../store/collections.ts";
import { CHARGE } from "../store/schema.ts";

/** What hangs on a charge and the payment it was made for. */
interface OfCharge {
  id: string;
  payment_intent: string | null;
}

/** Lists what charges have of a collection, in the lists that begin with its plural. */
export function listOfCharges<T extends OfCharge, X>(
  collection: Collection<T, X>,
  plural: "disputes" | "refunds",
) {
  return endpoint({
    returns: collection.name,
    many: true,
    params: {
      ...PAGE,
      charge: text(255),
      created: range,
      payment_intent: text(255),
    },
    async run(context, params) {
      const { charge, payment_intent: intent } = params;
      if (charge && await context.store.get(CHARGE, charge) === null) {
        throw noSuchParam(CHARGE.noun, charge, "charge");
      }
      await catchUpBanks(context);
      return await page(context.store, {
        collection,
        list: charge !== undefined
          ? [`${plural}_by_charge`, charge]
          : intent === undefined
          ? [plural]
          : [`${plural}_by_payment_intent`, intent],
        params,
        url: `/v1/${plural}`,
        matches: (one) => intent === undefined || one.payment_intent === intent,
      });
    },
  });
}
