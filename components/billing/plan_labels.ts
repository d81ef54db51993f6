import { formatPrice, type Money } from "@/lib/pages/money.ts";
import { findPlan, type Interval } from "@/lib/billing/plans.ts";
import type { Subscription } from "@/lib/store/mod.ts";

/** The portal, at its first page. */
export const PORTAL_HREF = "/api/v1/operations/payment/customer-portal";

/** The part of the portal where a card is changed. */
export const CARD_HREF = `${PORTAL_HREF}?flow=payment_method_update`;

/** Stripe's page of the invoice that is open. */
export const INVOICE_HREF = "/organization/invoice";

/** A plan by its name; what was sold by hand has none of the catalogue's. */
export function planName(id: string | null): string {
  return (id === null ? undefined : findPlan(id)?.name) ?? "Your own plan";
}

/** `$29 a month`; the amount alone where it is paid in another rhythm. */
export function ratePhrase(
  price: Money,
  interval: Interval | null,
  locale: string,
): string {
  const amount = formatPrice(price, locale);
  return interval === null ? amount : `${amount} a ${interval}`;
}

/** What a subscription costs, as it is paid; null where that has no one sum. */
export function ratePaid(
  { price: { amountMinor, currency }, interval }: Subscription,
  locale: string,
): string | null {
  if (amountMinor === null) return null;
  return ratePhrase({ amountMinor, currency }, interval, locale);
}

/** `Visa ending in 4242`; null where nothing is there to charge. */
export function cardPhrase(
  { paymentMethod }: Subscription,
): string | null {
  if (paymentMethod === null) return null;
  const { brand, last4 } = paymentMethod;
  const words = brand.replaceAll("_", " ");
  const name = words.charAt(0).toUpperCase() + words.slice(1);
  return last4 === null ? name : `${name} ending in ${last4}`;
}
