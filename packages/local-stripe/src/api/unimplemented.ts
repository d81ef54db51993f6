/**
 * First path segments of Stripe's API, so that a URL which is not implemented gets 501 and only a
 * misspelled one gets 404.
 */
// deno-fmt-ignore: a list of names reads best filled
const FAMILIES = new Set([
  "account_links", "account_sessions", "accounts", "apple_pay", "application_fees", "apps", "balance",
  "balance_settings", "balance_transactions", "billing", "charges", "checkout", "climate",
  "confirmation_tokens", "country_specs", "coupons", "credit_notes", "customer_sessions", "disputes",
  "entitlements", "ephemeral_keys", "exchange_rates", "external_accounts", "file_links", "files",
  "financial_connections", "forwarding", "identity", "invoice_payments", "invoice_rendering_templates",
  "invoiceitems", "issuing", "link_account_sessions", "linked_accounts", "mandates", "payment_attempt_records", "payment_intents", "payment_links",
  "payment_method_configurations", "payment_method_domains", "payment_records", "payouts", "plans",
  "product_catalog", "promotion_codes", "quotes", "radar", "refunds", "reporting", "reviews",
  "setup_attempts", "setup_intents", "shipping_rates", "sigma", "sources", "stripecli",
  "subscription_items", "subscription_schedules", "subscriptions", "tax", "tax_codes", "tax_ids",
  "tax_rates", "terminal", "test_helpers", "three_d_secure", "tokens", "topups", "transfers",
  "treasury",
]);

/** Other URLs that are not implemented, below segments that otherwise are. */
const OTHERS = [
  /^(GET|POST|DELETE) \/v1\/customers\/[^/]+\/(balance_transactions|bank_accounts|cards|cash_balance|cash_balance_transactions|discount|funding_instructions|sources|subscriptions|tax_ids)(\/|$)/,
  /^POST \/v1\/invoices(\/|$)/,
  /^DELETE \/v1\/invoices\/[^/]+$/,
  /^GET \/v1\/(customers|invoices|prices|products)\/search$/,
  /^(GET|POST|DELETE) \/v1\/products\/[^/]+\/features(\/|$)/,
];

/** Removed URLs and their replacements. */
const REMOVED: [RegExp, replacement: string][] = [
  [/^GET \/v1\/invoices\/upcoming(\/|$)/, "POST /v1/invoices/create_preview"],
  [
    /^\w+ \/v1\/subscription_items\/[^/]+\/usage_record/,
    "POST /v1/billing/meter_events",
  ],
  [/^\w+ \/v1\/orders(\/|$)/, "POST /v1/checkout/sessions"],
  [/^\w+ \/v1\/skus(\/|$)/, "POST /v1/prices"],
  [/^\w+ \/v1\/recipients(\/|$)/, "POST /v1/accounts"],
];

/** The operation that replaces a removed URL. */
export function replacementOf(
  method: string,
  path: string,
): string | undefined {
  return REMOVED.find(([url]) => url.test(`${method} ${path}`))?.[1];
}

/** Reports whether Stripe's API has a URL, judging by its first segment. */
export function isStripePath(method: string, path: string): boolean {
  const [, version, family = ""] = path.split("/");
  if (version === "v2") return true;
  if (version !== "v1" || replacementOf(method, path)) return false;
  return FAMILIES.has(family) ||
    OTHERS.some((pattern) => pattern.test(`${method} ${path}`));
}
