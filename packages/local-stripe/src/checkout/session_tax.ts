import type { ApiCustomer } from "../api/api_types.ts";
import { invalidRequest } from "../api/errors.ts";
import { gather } from "../api/pagination.ts";
import { newTaxId } from "../billing/tax_ids.ts";
import { taxationOf } from "../billing/taxes.ts";
import { type Context, nowSec } from "../context.ts";
import {
  CHECKOUT_SESSION,
  type CheckoutExtra,
  type Payer,
  type StoredSession,
} from "../store/checkout_session.ts";
import { CUSTOMER, TAX_ID, type Taxation } from "../store/schema.ts";
import { priced } from "./session.ts";
import type { SessionParams } from "./session_params.ts";

/**
 * The tax of a new session; `null` until the page knows the country.
 *
 * @throws {ApiError} 400 for a customer without an address that the page may not set.
 */
export async function initialTaxation(
  context: Context,
  params: SessionParams,
  customer: ApiCustomer | null,
): Promise<Taxation | null> {
  if (!params.automatic_tax?.enabled || customer === null) return null;
  if (customer.address?.country) {
    return await taxationFor(context, customer, {});
  }
  if (params.customer_update?.address === "auto") return null;
  throw invalidRequest(
    "Automatic tax calculation in Checkout requires a valid address on the Customer. Add a valid address to the Customer or set `customer_update[address]` to `auto`.",
    { code: "customer_tax_location_invalid", param: "automatic_tax[enabled]" },
  );
}

type TaxDetails = Partial<Pick<Payer, "country" | "taxId">>;

async function taxationFor(
  context: Context,
  customer: ApiCustomer | null,
  { country, taxId }: TaxDetails,
): Promise<Taxation | null> {
  const known = customer && await gather(context.store, {
    collection: TAX_ID,
    list: ["tax_ids_by_customer", customer.id],
    wanted: 100,
    newestFirst: true,
    matches: () => true,
  });
  const entered = taxId ? [newTaxId("", taxId, nowSec(context))] : [];
  return taxationOf({
    country: country || (customer?.address?.country ?? ""),
    exempt: customer?.tax_exempt ?? "none",
    taxIds: [...known?.map(({ object }) => object) ?? [], ...entered],
  });
}

/** Calculates an open session's tax for a payer. @returns The session with the new total. */
export async function applyTax(
  context: Context,
  stored: StoredSession,
  payer: TaxDetails,
): Promise<StoredSession> {
  const { automatic_tax: automaticTax, customer: id } = stored.object;
  if (!automaticTax.enabled) return stored;
  const customer = id === null ? null : await context.store.get(CUSTOMER, id);
  const { taxId } = payer;
  const details = keepsAddress(stored.extra, customer?.object)
    ? { ...(taxId && { taxId }) }
    : payer;
  const taxation = await taxationFor(
    context,
    customer?.object ?? null,
    details,
  );
  return await context.store.update(
    CHECKOUT_SESSION,
    stored.object.id,
    (current) =>
      current.object.status === "open"
        ? priced(current, { taxation })
        : current,
  ) ?? stored;
}

/** Whether the customer's own address determines the tax, whatever the page says. */
function keepsAddress(
  { customerUpdate }: CheckoutExtra,
  customer: ApiCustomer | undefined,
): boolean {
  return !customerUpdate.address && Boolean(customer?.address?.country);
}
