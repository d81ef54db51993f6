import { presentCharge } from "../billing/charge_presentation.ts";
import type { Context } from "../context.ts";
import { chooseLocale, formatDay, formatMoney } from "../money.ts";
import { CHARGE } from "../store/schema.ts";
import { brandName } from "./card_label.ts";
import { DescriptionList, Heading } from "./elements.tsx";
import { notFoundPage, page } from "./page.tsx";

/** The receipt of a paid charge, to which its `receipt_url` leads. */
export async function handleReceipt(
  context: Context,
  request: Request,
  id: string,
): Promise<Response> {
  const stored = await context.store.get(CHARGE, id);
  if (!stored || presentCharge(context, stored).receipt_url === null) {
    return notFoundPage(context);
  }
  const locale = chooseLocale(null, request.headers.get("accept-language"));
  const { amount, amount_refunded: refunded, created, currency } =
    stored.object;
  const card = stored.object.payment_method_details?.card;
  const money = (minor: number) => formatMoney(minor, currency, locale);
  return page(
    context,
    "Receipt",
    <>
      <Heading
        title={`Receipt from ${context.businessName}`}
        lead={`${money(amount)} paid on ${formatDay(created, locale)}`}
      />
      <DescriptionList
        class="facts"
        rows={[
          ["Payment method", `${brandName(card?.brand ?? "")} ${card?.last4}`],
          ...refunded > 0 ? [["Refunded", money(refunded)] as const] : [],
        ]}
      />
    </>,
  );
}
