import { CREDIT_PACKS } from "@/lib/billing/plans.ts";
import {
  localized,
  type Translate,
  translator,
} from "@/lib/pages/translate.ts";
import type { EntryKind } from "@/lib/store/ledger_types.ts";

interface EntryText {
  kind: EntryKind;
  /** As stored, in English. */
  description: string;
}

/**
 * Returns an entry's description in the visitor's language. Text that an API
 * client or Stripe has written is returned unchanged.
 */
export function entryLabel(
  { kind, description }: EntryText,
  locale: string,
): string {
  const t = translator(locale);
  switch (kind) {
    case "grant":
      return grantLabel(description, t);
    case "purchase":
      return packLabel(description, locale);
    case "refund":
    case "adjustment":
      return refundLabel(description, t);
    case "expiry":
      return t("entry.expired");
    case "charge":
      return description;
  }
}

/** The formats of `lib/wallet/monthly_grants.ts` and `invoice_grants.ts`. */
function grantLabel(description: string, t: Translate): string {
  const [, plan, kind] =
    /^(.+) plan – (monthly|prorated) tokens$/.exec(description) ?? [];
  if (plan === undefined) return description;
  return kind === "monthly"
    ? t("entry.monthly", { plan })
    : t("entry.prorated", { plan });
}

/** The format of `lib/wallet/purchases.ts` for a single pack. */
function packLabel(description: string, locale: string): string {
  const pack = CREDIT_PACKS.find(({ name }) =>
    description === `${name.en} credit pack`
  );
  if (pack === undefined) return description;
  const name = localized(pack.name, locale);
  return translator(locale)("entry.pack", { pack: name });
}

/** The descriptions of `lib/wallet/refunds.ts`. */
function refundLabel(description: string, t: Translate): string {
  switch (description) {
    case "Credit pack refunded":
      return t("entry.refund");
    case "Credit pack payment disputed":
      return t("entry.dispute");
    case "Refund reversed":
      return t("entry.refund_reversed");
    case "Dispute reversed":
      return t("entry.dispute_reversed");
    default:
      return description;
  }
}
