import type Stripe from "stripe";
import { ACCOUNT_ID } from "../api/auth.ts";
import { endpoint } from "../api/endpoint.ts";
import type { Resource } from "../api/resource.ts";
import type { Context } from "../context.ts";
import { nulls } from "../store/objects.ts";

/** The only account. */
export function newAccount(
  { businessName, branding }: Pick<Context, "businessName" | "branding">,
): Stripe.Account {
  return {
    id: ACCOUNT_ID,
    object: "account",
    business_profile: {
      mcc: "5734",
      name: businessName,
      // deno-fmt-ignore: a list of names reads best filled
      ...nulls(
        "annual_revenue", "estimated_worker_count", "minority_owned_business_designation",
        "product_description", "specified_commercial_transactions_act_url", "support_address",
        "support_email", "support_phone", "url",
      ),
      support_url: branding.supportUrl ?? null,
    },
    business_type: null,
    capabilities: { card_payments: "active", transfers: "active" },
    charges_enabled: true,
    controller: { type: "account" },
    country: "US",
    default_currency: "usd",
    details_submitted: true,
    email: null,
    external_accounts: {
      object: "list",
      data: [],
      has_more: false,
      url: `/v1/accounts/${ACCOUNT_ID}/external_accounts`,
    },
    payouts_enabled: true,
    settings: {
      branding: {
        ...nulls("icon", "logo", "secondary_color"),
        primary_color: branding.primaryColor ?? null,
      },
      // deno-fmt-ignore: a list of names reads best filled
      card_payments: nulls(
        "statement_descriptor_prefix", "statement_descriptor_prefix_kana",
        "statement_descriptor_prefix_kanji",
      ),
      dashboard: { display_name: businessName, timezone: "Etc/UTC" },
      payments: {
        statement_descriptor: "PORTICO",
        // deno-fmt-ignore: a list of names reads best filled
        ...nulls(
          "statement_descriptor_kana", "statement_descriptor_kanji",
          "statement_descriptor_prefix_kana", "statement_descriptor_prefix_kanji",
        ),
      },
    },
    type: "standard",
  };
}

export const account: Resource = {
  routes: {
    "GET /v1/account": endpoint({
      returns: "account",
      run: (context) => Promise.resolve(newAccount(context)),
    }),
  },
  types: {},
};
