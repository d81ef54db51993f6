import { findPlan, type Interval } from "@/lib/billing/plans.ts";
import type { PortalReturn } from "@/lib/billing/portal_flows.ts";
import { formatMoney, formatPrice } from "@/lib/pages/formats.ts";
import { translator } from "@/lib/pages/translate.ts";
import type { Money } from "@/lib/billing/money.ts";
import type { Subscription } from "@/lib/store/subscriptions.ts";

/** Opens the customer portal. */
export const PORTAL_HREF = "/api/v1/operations/payment/customer-portal";

/** Opens the portal's payment method page. */
export const CARD_HREF = `${PORTAL_HREF}?flow=payment_method_update`;

/** Undoes a scheduled plan change or cancellation. */
export const KEEP_HREF = "/organization/keep";

/** Opens the portal's page for name, email, address and tax IDs. */
export const CUSTOMER_HREF = `${PORTAL_HREF}?flow=customer_update`;

/** Makes a portal link return to the page that it is on. */
export function returningTo(page: PortalReturn, href: string): string {
  if (page === "organization" || !href.startsWith(PORTAL_HREF)) return href;
  return `${href}${href.includes("?") ? "&" : "?"}return_to=${page}`;
}

/** Redirects to Stripe's page of the open invoice. */
export const INVOICE_HREF = "/organization/invoice";

/** Returns amount and number of the subscription's open invoice, or null. */
export function openInvoice(
  { invoice }: Subscription,
  locale: string,
): { amount: string; number: string } | null {
  if (!invoice?.isOpen) return null;
  const { amountDueMinor: amountMinor, currency, number, id } = invoice;
  return {
    amount: formatMoney({ amountMinor, currency }, locale),
    number: number ?? id,
  };
}

/** Returns the plan's name, or a generic one for a custom plan. */
export function planName(id: string | null, locale: string): string {
  return (id === null ? undefined : findPlan(id)?.name) ??
    translator(locale)("plans.custom");
}

/** Returns the plan with its billing interval: `Pro (monthly)`. */
export function planIntervalLabel(
  plan: string | null,
  interval: Interval | null,
  locale: string,
): string {
  const name = planName(plan, locale);
  if (interval === null) return name;
  const key = interval === "year"
    ? "plan_interval.year"
    : "plan_interval.month";
  return translator(locale)(key, { plan: name });
}

/** Formats `$29 per month`; the amount alone for any other interval. */
export function rateLabel(
  price: Money,
  interval: Interval | null,
  locale: string,
): string {
  const amount = formatPrice(price, locale);
  if (interval === null) return amount;
  const key = interval === "year" ? "rate.year" : "rate.month";
  return translator(locale)(key, { amount });
}

/** Returns the subscription's rate; null if its price has no single amount. */
export function subscriptionRate(
  { price: { amountMinor, currency }, interval }: Subscription,
  locale: string,
): string | null {
  if (amountMinor === null) return null;
  return rateLabel({ amountMinor, currency }, interval, locale);
}
