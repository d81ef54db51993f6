/**
 * The first parts of the keys whose second part is an organization. An export
 * contains these records, and a deletion erases them.
 */
export const ORGANIZATION_FAMILIES = [
  ...["customer", "customer_generation", "subscription", "checkout"],
  ...["awaited_pack", "portal_opened", "wallet", "ledger"],
  ...["ledger_source", "credentials", "credential_form", "activity"],
];

/**
 * Builders of all keys in Deno KV. Some spell an older name than the code
 * uses: stored keys keep their spelling.
 */
export const key = {
  customers: ["customer"],
  customer: (orgId: string) => ["customer", orgId],
  organization: (stripeCustomerId: string) => [
    "organization",
    stripeCustomerId,
  ],
  /** A number, raised each time the organization's customer is forgotten. */
  customerGeneration: (orgId: string) => ["customer_generation", orgId],
  subscription: (orgId: string) => ["subscription", orgId],
  checkout: (orgId: string) => ["checkout", orgId],
  checkoutSessions: ["checkout_session"],
  checkoutSession: (sessionId: string) => ["checkout_session", sessionId],
  pendingPurchases: (orgId: string) => ["awaited_pack", orgId],
  pendingPurchase: (orgId: string, sessionId: string) => [
    "awaited_pack",
    orgId,
    sessionId,
  ],
  portalOpened: (orgId: string) => ["portal_opened", orgId],
  event: (eventId: string) => ["event", eventId],
  wallets: ["wallet"],
  wallet: (orgId: string) => ["wallet", orgId],
  ledgers: ["ledger"],
  ledger: (orgId: string) => ["ledger", orgId],
  /** `seq` starts at 1 and has no gaps. */
  ledgerEntry: (orgId: string, seq: number) => ["ledger", orgId, seq],
  ledgerSource: (orgId: string, source: string) => [
    "ledger_source",
    orgId,
    source,
  ],
  apiKey: (digest: string) => ["credential", digest],
  apiKeyIndex: (orgId: string) => ["credentials", orgId],
  apiKeyForm: (orgId: string, form: string) => [
    "credential_form",
    orgId,
    form,
  ],
  activities: (orgId: string) => ["activity", orgId],
  /** `seq` sorts by time. */
  activity: (orgId: string, seq: string) => ["activity", orgId, seq],
  serviceKeys: ["service_key"],
  serviceKey: (digest: string) => ["service_key", digest],
  rateCounter: (subject: readonly [string, string], window: number) => [
    "call_count",
    ...subject,
    window,
  ],
  deletions: ["deleted"],
  deletion: (orgId: string) => ["deleted", orgId],
  deletedCustomer: (stripeCustomerId: string) => [
    "deleted_customer",
    stripeCustomerId,
  ],
  reconciliation: ["sweep"],
  importProgress: ["import"],
  importPages: ["import_page"],
  importPage: (list: string, index: number) => ["import_page", list, index],
  probe: ["probe"],
  schema: ["schema"],
};
