import * as v from "valibot";
import { type Invoice, INVOICE_STATUSES } from "@/lib/billing/invoices.ts";
import { pageLimit } from "./requests.ts";
import { time, whole } from "./responses.ts";

/** An invoice's id, `in_…`. */
export const invoiceId = v.pipe(
  v.string(),
  v.regex(/^in_[A-Za-z0-9_]{1,250}$/, "an invoice's id"),
);

/** `GET /api/v1/billing/invoices`: the query. */
export const invoicesQuery = v.object({
  limit: pageLimit,
  starting_after: v.optional(invoiceId),
});

/** An invoice; amounts in the currency's minor unit. */
const invoiceResponse = v.strictObject({
  id: v.string(),
  number: v.nullable(v.string()),
  description: v.nullable(v.string()),
  status: v.picklist(INVOICE_STATUSES),
  currency: v.string(),
  total: whole,
  amount_due: whole,
  amount_paid: whole,
  created: time,
  period_start: time,
  period_end: time,
  hosted_invoice_url: v.pipe(
    v.nullable(v.string()),
    v.description("Null for a session without a billing role"),
  ),
  invoice_pdf: v.nullable(v.string()),
}) satisfies v.GenericSchema<unknown, Invoice>;

/** A page of invoices, newest first. */
export const invoicesResponse = v.strictObject({
  items: v.array(invoiceResponse),
  has_more: v.boolean(),
});
