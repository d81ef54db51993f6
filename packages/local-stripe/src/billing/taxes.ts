import type Stripe from "stripe";
import type { ApiCustomer, ApiInvoiceLine } from "../api/api_types.ts";
import { invalidRequest } from "../api/errors.ts";
import { PRICE, TAX_ID, type Taxation } from "../store/schema.ts";
import { shareOf } from "./amounts.ts";
import { netOf } from "./line_discounts.ts";
import { EU } from "./tax_ids.ts";
import type { BillingTransaction } from "./transaction.ts";

/** Invented: one rate for each country, in percent. No tax is collected elsewhere. */
// deno-fmt-ignore: a table reads best filled
const PERCENT: Record<string, number> = {
  AT: 20, BE: 21, BG: 20, CY: 19, CZ: 21, DE: 19, DK: 25, EE: 24, ES: 21, FI: 25.5, FR: 20, GR: 24,
  HR: 25, HU: 27, IE: 23, IT: 22, LT: 21, LU: 17, LV: 21, MT: 18, NL: 21, PL: 23, PT: 23, RO: 21,
  SE: 25, SI: 22, SK: 23,
  AU: 10, CA: 5, CH: 8.1, GB: 20, IN: 18, JP: 10, KR: 10, MX: 16, NO: 25, NZ: 15, SG: 9, ZA: 15,
};

/** The facts about a customer that determine the tax. */
export interface TaxedCustomer {
  /** "" if it is unknown. */
  country: string;
  exempt: ApiCustomer["tax_exempt"];
  taxIds: { type: string; verification?: { status: string } | null }[];
}

/** The tax of a customer; `null` without a country. */
export function taxationOf(
  { country, exempt, taxIds }: TaxedCustomer,
): Taxation | null {
  if (country === "") return null;
  const percent = PERCENT[country];
  if (percent === undefined) {
    return { country, percent: 0, reason: "not_collecting" };
  }
  if (exempt === "exempt") {
    return { country, percent: 0, reason: "customer_exempt" };
  }
  const reverses = exempt === "reverse" || EU.has(country) &&
      taxIds.some(({ type, verification }) =>
        type === "eu_vat" && verification?.status !== "unverified"
      );
  return reverses
    ? { country, percent: 0, reason: "reverse_charge" }
    : { country, percent, reason: "standard_rated" };
}

/** The tax of the transaction's customer. */
export async function customerTaxation(
  tx: BillingTransaction,
): Promise<Taxation | null> {
  const { address, id, tax_exempt: exempt } = await tx.customer();
  const stored = await tx.all(TAX_ID, ["tax_ids_by_customer", id]);
  const taxIds = stored.map(({ object }) => object);
  return taxationOf({ country: address?.country ?? "", exempt, taxIds });
}

/** The tax on an amount, or the part of an amount that is tax. */
export function taxOn(
  { percent }: Taxation,
  { amountMinor, inclusive }: { amountMinor: number; inclusive: boolean },
): number {
  const tenths = Math.round(percent * 10);
  return shareOf(amountMinor, tenths, inclusive ? 1_000 + tenths : 1_000);
}

/** Invoice lines with the tax on what their discounts leave. */
export async function withTaxes(
  tx: BillingTransaction,
  lines: ApiInvoiceLine[],
  taxation: Taxation,
): Promise<ApiInvoiceLine[]> {
  return await Promise.all(lines.map(async (line) => {
    const id = line.pricing?.price_details?.price ?? null;
    const price = await tx.find(PRICE, typeof id === "string" ? id : null);
    const inclusive = price?.object.tax_behavior === "inclusive";
    const amountMinor = netOf(line);
    const amount = taxOn(taxation, { amountMinor, inclusive });
    const taxable_amount = taxation.percent === 0
      ? 0
      : amountMinor - (inclusive ? amount : 0);
    const tax: LineTax = {
      amount,
      tax_behavior: inclusive ? "inclusive" : "exclusive",
      tax_rate_details: taxation.reason === "not_collecting"
        ? null
        : { tax_rate: rateId(taxation) },
      taxability_reason: taxation.reason,
      taxable_amount,
      type: "tax_rate_details",
    };
    return { ...line, taxes: [tax] };
  }));
}

type LineTax = Stripe.InvoiceLineItem.Tax;

/** The sums of the lines' taxes, by rate and behavior. */
export function totalTaxes(lines: ApiInvoiceLine[]): LineTax[] {
  const sums = new Map<string, LineTax>();
  for (const tax of lines.flatMap(({ taxes }) => taxes ?? [])) {
    const known = sums.get(tax.tax_behavior);
    sums.set(tax.tax_behavior, {
      ...tax,
      amount: tax.amount + (known?.amount ?? 0),
      taxable_amount: (tax.taxable_amount ?? 0) + (known?.taxable_amount ?? 0),
    });
  }
  return [...sums.values()];
}

function rateId({ country, reason }: Taxation): string {
  return `txr_${country}_${reason === "standard_rated" ? "standard" : "zero"}`;
}

/** A tax rate of an invoice; `null` for an unknown id. */
export function findTaxRate(id: string): Stripe.TaxRate | null {
  const [, country = "", kind] = /^txr_([A-Z]{2})_(standard|zero)$/.exec(id) ??
    [];
  const percent = PERCENT[country];
  if (percent === undefined) return null;
  const percentage = kind === "standard" ? percent : 0;
  return {
    id,
    object: "tax_rate",
    active: false,
    country,
    created: 0,
    description: null,
    display_name: "VAT",
    effective_percentage: percentage,
    flat_amount: null,
    inclusive: false,
    jurisdiction: country,
    jurisdiction_level: "country",
    livemode: false,
    metadata: null,
    percentage,
    rate_type: "percentage",
    state: null,
    tax_type: "vat",
  };
}

/** The name of a tax on pages: "VAT (19%)", "VAT (reverse charge)". */
export function taxLabel(
  { percent, reason }: { percent: number; reason: string },
): string {
  if (reason === "reverse_charge") return "VAT (reverse charge)";
  if (reason === "customer_exempt") return "Tax (exempt)";
  return percent === 0 ? "Tax" : `VAT (${percent}%)`;
}

/** @throws {ApiError} 400 `customer_tax_location_invalid` for a customer without a country. */
export function checkTaxLocation({ address }: ApiCustomer): void {
  if (address?.country) return;
  throw invalidRequest(
    "The customer's location isn't recognized. Set a valid customer address in order to automatically calculate tax.",
    { code: "customer_tax_location_invalid", param: "automatic_tax[enabled]" },
  );
}
