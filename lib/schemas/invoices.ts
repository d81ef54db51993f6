import * as v from "valibot";

/** How long a page of invoices is to be; Stripe takes no more than 100. */
const limitSchema = v.optional(
  v.pipe(
    v.string(),
    v.regex(/^[1-9]\d{0,2}$/, "a whole number"),
    v.transform(Number),
    v.maxValue(100),
  ),
  "20",
);

/** Which page of invoices. */
export const invoicesQuery = v.object({
  limit: limitSchema,
  starting_after: v.optional(
    v.pipe(v.string(), v.regex(/^in_[A-Za-z0-9_]{1,250}$/, "an invoice's id")),
  ),
});

/** Seconds since the epoch are Stripe's; the API has RFC 3339. */
const time = v.pipe(v.string(), v.isoTimestamp());

/** Where an invoice that is no draft can stand, in Stripe's words. */
export const INVOICE_STATUSES = [
  "open",
  "paid",
  "uncollectible",
  "void",
] as const;

/** An invoice as it is shown; amounts in the currency's minor unit. */
export const invoiceAnswer = v.strictObject({
  id: v.string(),
  number: v.nullable(v.string()),
  status: v.picklist(INVOICE_STATUSES),
  currency: v.string(),
  total: v.pipe(v.number(), v.integer()),
  amount_due: v.pipe(v.number(), v.integer()),
  amount_paid: v.pipe(v.number(), v.integer()),
  created: time,
  period_start: time,
  period_end: time,
  hosted_invoice_url: v.nullable(v.string()),
  invoice_pdf: v.nullable(v.string()),
});
export type InvoiceAnswer = v.InferOutput<typeof invoiceAnswer>;

/** A page of them, newest first. */
export const invoicesAnswer = v.strictObject({
  items: v.array(invoiceAnswer),
  has_more: v.boolean(),
});
