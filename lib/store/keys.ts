/** Keys of the store, one builder each: no other module makes one. */
export const key = {
  customers: ["customer"],
  customer: (orgId: string) => ["customer", orgId],
  organization: (stripeCustomerId: string) => [
    "organization",
    stripeCustomerId,
  ],
  /** How often the organization's customer was forgotten, a number. */
  customerGeneration: (orgId: string) => ["customer_generation", orgId],
  subscription: (orgId: string) => ["subscription", orgId],
  checkout: (orgId: string) => ["checkout", orgId],
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
  /** `seq` counts from 1, without a gap. */
  ledgerEntry: (orgId: string, seq: number) => ["ledger", orgId, seq],
  ledgerSource: (orgId: string, source: string) => [
    "ledger_source",
    orgId,
    source,
  ],
  credential: (digest: string) => ["credential", digest],
  credentials: (orgId: string) => ["credentials", orgId],
  credentialForm: (orgId: string, form: string) => [
    "credential_form",
    orgId,
    form,
  ],
  callCount: (subject: readonly [string, string], window: number) => [
    "call_count",
    ...subject,
    window,
  ],
  sweep: ["sweep"],
  probe: ["probe"],
};
