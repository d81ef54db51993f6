import { type Context, nowSec } from "../context.ts";
import { endpoint, onlyId } from "../endpoint.ts";
import { invalidRequest, noSuchPath } from "../errors.ts";
import { emit, emitUpdate } from "../events.ts";
import { shortId } from "../ids.ts";
import { CUSTOMER, filedUnder } from "../kinds.ts";
import { PAGE, page, range } from "../lists.ts";
import { missing, text } from "../params.ts";
import type { Row } from "../rows.ts";
import type { WireCustomer } from "../wire.ts";
import { attachTo, detachAll, readAttached } from "./attaching.ts";
import {
  changedCustomer,
  CUSTOMER_PARAMS,
  type CustomerChange,
  newCustomer,
} from "./customer_changes.ts";

export const createCustomer = endpoint({
  returns: "customer",
  params: {
    ...CUSTOMER_PARAMS,
    payment_method: text(255),
    tax_id_data: missing,
    test_clock: missing,
  },
  async run(context, { payment_method: card, ...params }) {
    const id = shortId("cus");
    const given = params.invoice_settings?.default_payment_method;
    if (given && given !== card) throw notAttached(given);
    const object = changedCustomer(newCustomer(id, nowSec(context)), params);
    return await context.store.untilWritten(async (writes) => {
      emit(context, writes, { type: "customer.created", object });
      if (card !== undefined) {
        await attachTo(context, {
          id: card,
          customer: id,
          param: "payment_method",
        }, writes);
      }
      return writes.insert(CUSTOMER, {
        object,
        extra: null,
        createdMs: context.now(),
      }).object;
    });
  },
});

export const retrieveCustomer = endpoint({
  returns: "customer",
  params: {},
  async run(context, _params, ids) {
    const id = onlyId(ids);
    const row = await context.store.get(CUSTOMER, id);
    if (row === null) throw noSuchPath(CUSTOMER.noun, id);
    return row.deleted ? tombstone(id) : row.object;
  },
});

export const updateCustomer = endpoint({
  returns: "customer",
  params: { ...CUSTOMER_PARAMS, default_source: missing },
  async run(context, params, ids) {
    return (await changeCustomer(context, onlyId(ids), params)).object;
  },
});

/** Changes a customer, for the API and for its own portal page. */
export async function changeCustomer(
  context: Context,
  id: string,
  change: CustomerChange,
): Promise<Row<WireCustomer>> {
  const method = change.invoice_settings?.default_payment_method;
  if (method && await readAttached(context, method, id) === null) {
    throw notAttached(method);
  }
  const row = await context.store.update(
    CUSTOMER,
    id,
    ({ object }) => ({ object: changedCustomer(object, change) }),
    (writes, before, after) =>
      emitUpdate(context, writes, { type: "customer.updated", before, after }),
  );
  if (row === null) throw noSuchPath(CUSTOMER.noun, id);
  return row;
}

export const deleteCustomer = endpoint({
  returns: "customer",
  params: {},
  async run(context, _params, ids) {
    const id = onlyId(ids);
    await context.store.untilWritten(async (writes) => {
      const row = await context.store.get(CUSTOMER, id);
      if (row === null || row.deleted) throw noSuchPath(CUSTOMER.noun, id);
      const { object } = writes.replace(CUSTOMER, row, { deleted: true });
      emit(context, writes, { type: "customer.deleted", object });
    });
    await detachAll(context, id);
    return tombstone(id);
  },
});

export const listCustomers = endpoint({
  returns: "customer",
  many: true,
  params: { ...PAGE, created: range, email: text(512), test_clock: missing },
  run({ store }, params) {
    const { email: wanted } = params;
    return page(store, {
      kind: CUSTOMER,
      list: wanted === undefined
        ? ["customers"]
        : ["customers_by_email", filedUnder(wanted)],
      params,
      url: "/v1/customers",
      matches: (customer) => wanted === undefined || customer.email === wanted,
    });
  },
});

function tombstone(id: string) {
  return { id, object: "customer", deleted: true } as const;
}

function notAttached(method: string) {
  return invalidRequest(
    `The customer does not have a payment method with the ID ${method}. The payment method must be attached to the customer.`,
    {
      code: "resource_missing",
      param: "invoice_settings[default_payment_method]",
    },
  );
}
