import { created, listedIn } from "../api/list.ts";
import * as p from "../api/params.ts";
import { resource } from "../api/resource.ts";
import {
  BALANCE_TRANSACTION,
  CHARGE,
  DISPUTE,
  REFUND,
} from "../store/schema.ts";

const text = { reader: p.text(255) };

export const balanceTransactions = resource(BALANCE_TRANSACTION, {
  path: "/v1/balance_transactions",
  expand: { source: { anyOf: [CHARGE, REFUND, DISPUTE] } },
  list: {
    filters: {
      created,
      currency: text,
      // There are no payouts.
      payout: { ...text, matches: () => false },
      source: listedIn("balance_transactions_by_source"),
      type: text,
    },
  },
});
