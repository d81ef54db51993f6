/**
 * Families of URLs that Stripe has and this stand-in has nothing of. They are named so that a
 * missing room answers 501, and only a misspelt one 404.
 */
// deno-fmt-ignore: a table of words reads best filled
const FAMILIES = new Set([
  "account_links", "account_sessions", "accounts", "apple_pay", "application_fees", "apps", "balance",
  "balance_settings", "balance_transactions", "billing", "charges", "checkout", "climate",
  "confirmation_tokens", "country_specs", "coupons", "credit_notes", "customer_sessions", "disputes",
  "entitlements", "ephemeral_keys", "exchange_rates", "file_links", "files",
  "financial_connections", "forwarding", "identity", "invoice_payments", "invoice_rendering_templates",
  "invoiceitems", "issuing", "mandates", "payment_attempt_records", "payment_intents", "payment_links",
  "payment_method_configurations", "payment_method_domains", "payment_records", "payouts", "plans",
  "product_catalog", "promotion_codes", "quotes", "radar", "refunds", "reporting", "reviews",
  "setup_attempts", "setup_intents", "shipping_rates", "sigma", "sources", "stripecli",
  "subscription_items", "subscription_schedules", "subscriptions", "tax", "tax_codes", "tax_ids",
  "tax_rates", "terminal", "test_helpers", "three_d_secure", "tokens", "topups", "transfers",
  "treasury",
]);

/** Beside what is answered: the other URLs of the families that are begun. */
const OTHERS = [
  /^(GET|POST|DELETE) \/v1\/customers\/[^/]+\/(balance_transactions|cash_balance|cash_balance_transactions|discount|funding_instructions|sources|tax_ids)(\/|$)/,
  /^POST \/v1\/invoices(\/|$)/,
  /^DELETE \/v1\/invoices\/[^/]+$/,
  /^GET \/v1\/(customers|invoices|prices|products)\/search$/,
  /^(GET|POST|DELETE) \/v1\/products\/[^/]+\/features(\/|$)/,
];

/** Whether Stripe has this URL, going by its family. */
export function isStripePath(method: string, path: string): boolean {
  const [, version, family = ""] = path.split("/");
  if (version === "v2") return true;
  if (version !== "v1") return false;
  return FAMILIES.has(family) ||
    OTHERS.some((pattern) => pattern.test(`${method} ${path}`));
}
