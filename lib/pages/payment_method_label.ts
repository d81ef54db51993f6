import type { Subscription } from "@/lib/store/subscriptions.ts";
import { translator } from "./translate.ts";

/** Formats `Visa ending in 4242`; null without a payment method. */
export function paymentMethodLabel(
  { paymentMethod }: Pick<Subscription, "paymentMethod">,
  locale: string,
): string | null {
  if (paymentMethod === null) return null;
  const { brand: id, last4 } = paymentMethod;
  const spaced = id.replaceAll("_", " ");
  const brand = spaced.charAt(0).toUpperCase() + spaced.slice(1);
  if (last4 === null) return brand;
  return translator(locale)("card.ending", { brand, last4 });
}
