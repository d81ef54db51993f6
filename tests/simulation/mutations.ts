/** A planted defect: a text of one file, replaced. */
export interface Mutation {
  name: string;
  file: string;
  find: string;
  replace: string;
}

const mutation = (
  name: string,
  file: string,
  find: string,
  replace: string,
): Mutation => ({ name, file, find, replace });

/** Each must be found by the simulation. `find` must occur exactly once. */
export const MUTATIONS: readonly Mutation[] = [
  mutation(
    "an in-period grant begins a period",
    "lib/wallet/ledger.ts",
    "const grantedForMs = inPeriod\n    ? wallet.grantedForMs",
    "const grantedForMs = inPeriod\n    ? periodStartMs",
  ),
  mutation(
    "the order of grants decides the newest period",
    "lib/wallet/ledger.ts",
    "Math.max(wallet.grantedForMs, periodStartMs)",
    "periodStartMs",
  ),
  mutation(
    "unused tokens never expire",
    "lib/wallet/ledger.ts",
    "lots.filter(({ startMs }) => startMs >= grantedForMs)",
    "lots",
  ),
  mutation(
    "a charge takes purchased tokens first",
    "lib/wallet/ledger.ts",
    "const granted = Math.min(tokens, wallet.granted);",
    "const granted = Math.max(tokens - wallet.purchased, 0);",
  ),
  mutation(
    "a charge may exceed the balance",
    "lib/wallet/ledger.ts",
    "if (tokens > wallet.granted + wallet.purchased) return null;",
    "",
  ),
  mutation(
    "a refund may take more than is left",
    "lib/wallet/ledger.ts",
    "Math.min(tokens, wallet.purchased)",
    "tokens",
  ),
  mutation(
    "a wallet is written without a check",
    "lib/store/postings.ts",
    "atomic.check({ key: walletKey, versionstamp: version })\n      .set",
    "atomic\n      .set",
  ),
  mutation(
    "a source may be posted twice",
    "lib/store/postings.ts",
    "if (former !== undefined && !isExpired(former, nowMs)) {",
    "if (former !== undefined && nowMs < 0) {",
  ),
  mutation(
    "a source is posted twice to a recent wallet",
    "lib/store/postings.ts",
    "if (!await commitPlans(target, plans, newSources)) return false;",
    "if (!await commitPlans(target, plans)) return false;",
  ),
  mutation(
    "a posting leaves no source",
    "lib/store/postings.ts",
    'plan.sources.push([posting.source, seq, posting.kind === "charge"]);',
    "",
  ),
  mutation(
    "a charge has no key digest",
    "lib/wallet/charges.ts",
    "const source = `charge:${await digestOf(idempotencyKey)}`;",
    "const source = `charge:${await digestOf(crypto.randomUUID())}`;",
  ),
  mutation(
    "an upgrade grants nothing",
    "lib/wallet/invoice_grants.ts",
    "if (tokens <= 0) return null;",
    "return null;",
  ),
  mutation(
    "an upgrade grants the full month",
    "lib/wallet/invoice_grants.ts",
    "return (monthEndMs - startMs) / lengthMs;",
    "return startMs > 0 ? 1 : lengthMs;",
  ),
  mutation(
    "an unpaid invoice grants",
    "lib/wallet/invoice_grants.ts",
    'if (invoice.status !== "paid" || !invoice.customer) return;',
    "if (!invoice.customer) return;",
  ),
  mutation(
    "a paid invoice is forgotten",
    "lib/webhooks/handlers.ts",
    '"invoice.paid": grantInvoice,',
    '"invoice.paid": syncCustomer,',
  ),
  mutation(
    "an event is recorded before its effect",
    "lib/webhooks/receive.ts",
    "const orgId = await handler(services, event) ??",
    "await store.recordEvent(event.id, now());\n" +
      "  const orgId = await handler(services, event) ??",
  ),
  mutation(
    "a failed handler is acknowledged",
    "lib/webhooks/receive.ts",
    "const orgId = await handler(services, event) ??",
    "const orgId = await handler(services, event).catch(() => null) ??",
  ),
  mutation(
    "a refund is forgotten",
    "lib/wallet/refunds.ts",
    'if (reversal.state === "reversed") {',
    'if (reversal.state === "open") {',
  ),
  mutation(
    "a failed refund restores nothing",
    "lib/wallet/refunds.ts",
    'if (reversal.state === "restored") {',
    'if (reversal.state === "open") {',
  ),
  mutation(
    "half a refund takes all tokens",
    "lib/wallet/refunds.ts",
    "if (amountMinor >= total) return purchased;",
    "if (amountMinor >= 0) return purchased;",
  ),
  mutation(
    "an unpaid pack adds tokens",
    "lib/wallet/purchases.ts",
    'if (session.payment_status !== "unpaid") {',
    "if (session.payment_status !== undefined) {",
  ),
  mutation(
    "a bank debit that clears is forgotten",
    "lib/wallet/purchases.ts",
    'if (session.payment_status !== "unpaid") {',
    'if (session.payment_status !== "unpaid" && former === null) {',
  ),
  mutation(
    "a pack whose event was missed is not added",
    "lib/wallet/missed_payments.ts",
    "if (posted !== null || !isOwn) return posted;",
    "if (posted !== null || isOwn) return posted;",
  ),
  mutation(
    "a refund whose event was missed is not applied",
    "lib/wallet/missed_payments.ts",
    "await reverseMissed(services, owner.orgId, charge);",
    "",
  ),
  mutation(
    "an ended subscription is preferred",
    "lib/billing/subscription_mapper.ts",
    "  canceled: 2,",
    "  canceled: -1,",
  ),
  mutation(
    "a subscription does not block a second one",
    "lib/billing/checkout.ts",
    "if (!hasSubscription(subscription)) {",
    "if (subscription !== undefined) {",
  ),
  mutation(
    "a checkout ignores a payment that overtook it",
    "lib/billing/checkout.ts",
    "if (stored && !await hasSubscribed(services, sale)) return url;",
    "if (stored) return url;",
  ),
  mutation(
    "an open session is not replaced",
    "lib/store/checkouts.ts",
    "    .check({ key: key.checkout(orgId), versionstamp })\n",
    "",
  ),
  mutation(
    "a trial is not paid",
    "lib/billing/subscription.ts",
    '  "active",\n  "trialing",\n  "past_due",\n];',
    '  "active",\n  "past_due",\n];',
  ),
  mutation(
    "a deletion leaves subscriptions",
    "lib/billing/organization_deletion.ts",
    "  await cancelSubscriptions(services, customer);\n",
    "",
  ),
  mutation(
    "a deletion keeps the ledger",
    "lib/store/keys.ts",
    '"portal_opened", "wallet", "ledger"],',
    '"portal_opened", "wallet"],',
  ),
  mutation(
    "a deletion leaves its id at the customer",
    "lib/billing/organization_deletion.ts",
    "  await clearOrganization(services, customer);\n",
    "",
  ),
  mutation(
    "an activity is recorded after a deletion",
    "lib/store/activity.ts",
    "kv.atomic().check(notDeleted(orgId))",
    "kv.atomic()",
  ),
  mutation(
    "an existing customer is not looked for",
    "lib/billing/customers.ts",
    "await findCustomer(services, orgId, former);",
    "former && await findCustomer(services, orgId, former);",
  ),
  mutation(
    "an import does not sync",
    "tasks/import/apply.ts",
    "    await syncSubscription(services, orgId);\n",
    "",
  ),
];

/** @throws {Error} If the defect's text does not occur exactly once. */
export function plant(
  source: string,
  { name, find, replace }: Mutation,
): string {
  const places = source.split(find).length - 1;
  if (places !== 1) {
    throw new Error(`"${name}" applies ${places} times, not once`);
  }
  return source.replace(find, () => replace);
}
