import { type Context, nowSec } from "../context.ts";
import { endpoint, onlyId } from "../api/endpoint.ts";
import { invalidRequest, noSuchPath } from "../api/errors.ts";
import { emit, emitUpdate } from "../webhooks/event_emitter.ts";
import { shortId } from "../store/ids.ts";
import { checkRoom, hasBilling } from "../billing/customer_account.ts";
import { withCustomer } from "../billing/subscription_actions.ts";
import { endAll } from "../billing/subscription_end.ts";
import {
  CUSTOMER,
  filedUnder,
  readParam,
  TEST_CLOCK,
} from "../store/schema.ts";
import { PAGE, page, range } from "../api/pagination.ts";
import { missing, text } from "../api/params.ts";
import type { StoredObject } from "../store/collections.ts";
import type { ApiCustomer } from "../api/api_types.ts";
import {
  attachTo,
  detachAll,
  readAttached,
} from "./payment_method_attachment.ts";
import {
  changedCustomer,
  CUSTOMER_PARAMS,
  type CustomerChange,
  newCustomer,
} from "./customer_params.ts";

export const createCustomer = endpoint({
  returns: "customer",
  params: {
    ...CUSTOMER_PARAMS,
    payment_method: text(255),
    tax_id_data: missing,
    test_clock: text(255),
  },
  async run(context, { payment_method: card, test_clock: clock, ...params }) {
    const id = shortId("cus");
    const given = params.invoice_settings?.default_payment_method;
    if (given && given !== card) throw notAttached(given);
    const blank = clock === undefined
      ? newCustomer(id, nowSec(context))
      : await newOnClock(context, id, clock);
    const made = changedCustomer(blank, params);
    return await context.store.untilWritten(async (writes) => {
      let object = made;
      // A test card's name stands for the payment method that is being made of it.
      const emitBefore = (method?: string) => {
        if (given && method) object = withDefault(made, method);
        emit(context, writes, { type: "customer.created", object });
      };
      const to = { customer: id, param: "payment_method", emitBefore };
      if (card === undefined) emitBefore();
      else await attachTo(context, { ...to, id: card }, writes);
      const createdMs = context.now();
      return writes.insert(CUSTOMER, { object, extra: null, createdMs }).object;
    });
  },
});

async function newOnClock(
  context: Context,
  id: string,
  clock: string,
): Promise<ApiCustomer> {
  const named = { id: clock, param: "test_clock" };
  const { object } = await readParam(context, TEST_CLOCK, named);
  await checkRoom(context, clock);
  return { ...newCustomer(id, object.frozen_time), test_clock: clock };
}

function withDefault(customer: ApiCustomer, method: string): ApiCustomer {
  const settings = customer.invoice_settings;
  return {
    ...customer,
    invoice_settings: { ...settings, default_payment_method: method },
  };
}

export const retrieveCustomer = endpoint({
  returns: "customer",
  params: {},
  async run(context, _params, ids) {
    const id = onlyId(ids);
    const stored = await context.store.get(CUSTOMER, id);
    if (stored === null) throw noSuchPath(CUSTOMER.noun, id);
    return stored.deleted ? tombstone(id) : stored.object;
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
): Promise<StoredObject<ApiCustomer>> {
  const method = change.invoice_settings?.default_payment_method;
  if (method && await readAttached(context, method, id) === null) {
    throw notAttached(method);
  }
  const stored = await context.store.update(
    CUSTOMER,
    id,
    ({ object }) => ({ object: changedCustomer(object, change) }),
    (writes, before, after) =>
      emitUpdate(context, writes, { type: "customer.updated", before, after }),
  );
  if (stored === null) throw noSuchPath(CUSTOMER.noun, id);
  return stored;
}

export const deleteCustomer = endpoint({
  returns: "customer",
  params: {},
  async run(context, _params, ids) {
    const id = onlyId(ids);
    await removeCustomer(context, id);
    return tombstone(id);
  },
});

/** Deletes a customer; what it is subscribed to ends first, and its cards are nobody's then. */
export async function removeCustomer(
  context: Context,
  id: string,
): Promise<void> {
  const known = await context.store.get(CUSTOMER, id);
  if (known === null || known.deleted) throw noSuchPath(CUSTOMER.noun, id);
  if (await hasBilling(context, id)) await withCustomer(context, id, endAll);
  await context.store.untilWritten(async (writes) => {
    const stored = await context.store.get(CUSTOMER, id);
    if (stored === null || stored.deleted) throw noSuchPath(CUSTOMER.noun, id);
    const { object } = writes.replace(CUSTOMER, stored, { deleted: true });
    emit(context, writes, { type: "customer.deleted", object });
  });
  await detachAll(context, id);
}

export const listCustomers = endpoint({
  returns: "customer",
  many: true,
  params: { ...PAGE, created: range, email: text(512), test_clock: text(255) },
  run({ store }, params) {
    const { email: wanted, test_clock: clock } = params;
    return page(store, {
      collection: CUSTOMER,
      list: clock !== undefined
        ? ["customers_by_clock", clock]
        : wanted === undefined
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
