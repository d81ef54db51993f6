import { ACCOUNT_ID } from "../api/auth.ts";
import { endpoint } from "../api/endpoint.ts";
import { noSuchPath } from "../api/errors.ts";
import { byId, created } from "../api/list.ts";
import { findTaxRate } from "../billing/taxes.ts";
import * as p from "../api/params.ts";
import { type Resource, resource } from "../api/resource.ts";
import type { Collection } from "../store/collections.ts";
import {
  CHARGE,
  CUSTOMER,
  INVOICE,
  PAYMENT_INTENT,
  PAYMENT_METHOD,
} from "../store/schema.ts";
import { newAccount } from "./account.ts";

/** A type of object that the local Stripe never creates. */
function none(
  name: string,
  noun: string,
): Collection<{ id: string; object: string }> {
  return { name, noun, lists: () => [] };
}

const flag = { reader: p.boolean };
const of = (collection: Parameters<typeof byId>[0]) => byId(collection, "none");

/** Lists that are always empty; that of accounts has only connected ones. */
export const EMPTY_LISTS: Resource[] = [
  resource(none("account", "account"), {
    path: "/v1/accounts",
    expand: { external_accounts: "empty" },
    retrieve: false,
    list: { filters: { created } },
    routes: {
      "GET /*": endpoint({
        run(context, _params, id) {
          if (id !== ACCOUNT_ID) throw noSuchPath("account", id);
          return Promise.resolve(newAccount(context));
        },
      }),
    },
  }),
  resource(none("credit_note", "credit note"), {
    path: "/v1/credit_notes",
    list: {
      filters: { created, customer: of(CUSTOMER), invoice: of(INVOICE) },
      gaps: p.gaps("customer_account"),
    },
  }),
  resource(none("payment_link", "payment_link"), {
    path: "/v1/payment_links",
    list: { filters: { active: flag } },
  }),
  resource(none("radar.early_fraud_warning", "early_fraud_warning"), {
    path: "/v1/radar/early_fraud_warnings",
    list: {
      filters: {
        created,
        charge: of(CHARGE),
        payment_intent: of(PAYMENT_INTENT),
      },
    },
  }),
  resource(none("setup_intent", "setupintent"), {
    path: "/v1/setup_intents",
    list: {
      filters: {
        attach_to_self: flag,
        created,
        customer: of(CUSTOMER),
        payment_method: of(PAYMENT_METHOD),
      },
      gaps: p.gaps("customer_account"),
    },
  }),
  resource(none("tax_rate", "tax rate"), {
    path: "/v1/tax_rates",
    retrieve: false,
    routes: {
      "GET /*": endpoint({
        run(_context, _params, id) {
          const rate = findTaxRate(id);
          if (rate === null) throw noSuchPath("tax rate", id);
          return Promise.resolve(rate);
        },
      }),
    },
    list: { filters: { active: flag, created, inclusive: flag } },
  }),
];
