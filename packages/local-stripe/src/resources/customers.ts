import { type Context, nowSec } from "../context.ts";
import type { ApiCustomer } from "../api/api_types.ts";
import { endpoint } from "../api/endpoint.ts";
import { invalidRequest, noSuchPath } from "../api/errors.ts";
import { created, filter, listedIn } from "../api/list.ts";
import { merge } from "../api/merge.ts";
import { PAGE, page } from "../api/pagination.ts";
import * as p from "../api/params.ts";
import { resource, tombstone, updateObject } from "../api/resource.ts";
import { checkRoom, hasBilling } from "../billing/customer_account.ts";
import { withPrices } from "../billing/recurring_prices.ts";
import { withCustomer } from "../billing/subscription_actions.ts";
import { endAll } from "../billing/subscription_end.ts";
import { emit } from "../webhooks/event_emitter.ts";
import type { StoredObject } from "../store/collections.ts";
import { shortId } from "../store/ids.ts";
import { newCustomer } from "../store/objects.ts";
import {
  CUSTOMER,
  filedUnder,
  PAYMENT_METHOD,
  readParam,
  readPath,
  SUBSCRIPTION,
  TEST_CLOCK,
} from "../store/schema.ts";
import {
  changedCustomer,
  CUSTOMER_PARAMS,
  type CustomerChange,
} from "./customer_params.ts";
import { TAX_ID } from "../billing/tax_ids.ts";
import { insertTaxId, listTaxIds, TAX_ID_ROUTES } from "./tax_ids.ts";
import { searchCustomers } from "./customer_search.ts";
import {
  attachTo,
  detachAll,
  readAttached,
} from "./payment_method_attachment.ts";
import {
  listCustomerPaymentMethods,
  retrieveCustomerPaymentMethod,
} from "./payment_methods.ts";

export const customers = resource(CUSTOMER, {
  path: "/v1/customers",
  expand: {
    cash_balance: { missing: "cash balances (expand cash_balance)" },
    default_source: "empty",
    "invoice_settings.default_payment_method": PAYMENT_METHOD,
    invoice_credit_balance: {
      missing: "credit balances (expand invoice_credit_balance)",
    },
    sources: emptyList("sources"),
    subscriptions: {
      include: (context, id) =>
        page(context.store, {
          collection: SUBSCRIPTION,
          list: ["subscriptions_live_by_customer", id],
          params: {},
          url: `/v1/customers/${id}/subscriptions`,
          present: ({ object }) => withPrices(context, object),
        }),
    },
    tax: { missing: "automatic tax (expand tax)" },
    tax_ids: { include: (context, id) => listTaxIds(context, id) },
    test_clock: TEST_CLOCK,
  },
  list: {
    filters: {
      created,
      test_clock: listedIn("customers_by_clock"),
      email: filter(
        p.text(512),
        ({ email }: ApiCustomer, wanted) => email === wanted,
        (wanted) => ["customers_by_email", filedUnder(wanted)],
      ),
    },
  },
  create: {
    params: {
      ...CUSTOMER_PARAMS,
      payment_method: p.text(255),
      test_clock: p.text(255),
      tax_id_data: p.list(p.fields(TAX_ID), 5),
    },
    async run(context, given) {
      const { payment_method: card, tax_id_data: taxIds = [], ...rest } = given;
      const { test_clock: clock, ...params } = rest;
      const method = params.invoice_settings?.default_payment_method;
      if (method && method !== card) throw notAttached(method);
      const id = shortId("cus");
      const blank = clock === undefined
        ? newCustomer(id, nowSec(context))
        : await newOnClock(context, id, clock);
      const made = named(changedCustomer(blank, params));
      return await context.store.untilWritten(async (writes) => {
        let object = made;
        // Attaching a test card by name creates the payment method, so its id is known only then.
        const emitBefore = (attached?: string) => {
          if (method && attached) object = withDefault(made, attached);
          emit(context, writes, { type: "customer.created", object });
          for (const terms of taxIds) insertTaxId(context, writes, id, terms);
        };
        const to = { customer: id, param: "payment_method", emitBefore };
        if (card === undefined) emitBefore();
        else await attachTo(context, { ...to, id: card }, writes);
        const createdMs = context.now();
        return writes.insert(CUSTOMER, { object, extra: null, createdMs })
          .object;
      });
    },
  },
  update: {
    params: { ...CUSTOMER_PARAMS, ...p.gaps("default_source") },
    run: async (context, params, id) =>
      (await changeCustomer(context, id, params)).object,
  },
  routes: {
    "GET /search": searchCustomers,
    "GET /*": endpoint({
      async run(context, _params, id) {
        const stored = await context.store.get(CUSTOMER, id);
        if (stored === null) throw noSuchPath(CUSTOMER.noun, id);
        return stored.deleted ? tombstone(CUSTOMER, id) : stored.object;
      },
    }),
    "DELETE /*": endpoint({
      async run(context, _params, id) {
        await removeCustomer(context, id);
        return tombstone(CUSTOMER, id);
      },
    }),
    "GET /*/sources": endpoint({
      returns: "source",
      many: true,
      params: { ...PAGE, object: p.text(255) },
      async run(context, _params, id) {
        await readPath(context, CUSTOMER, id);
        return await emptyList("sources").include(context, id);
      },
    }),
    ...TAX_ID_ROUTES,
    "GET /*/payment_methods": listCustomerPaymentMethods,
    "GET /*/payment_methods/*": retrieveCustomerPaymentMethod,
  },
});

function emptyList(name: string) {
  return {
    include: (_context: Context, id: string) =>
      Promise.resolve({
        object: "list",
        data: [],
        has_more: false,
        url: `/v1/customers/${id}/${name}`,
      }),
  };
}

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

/** Stripe takes the name of a new customer from the other two names. */
function named(customer: ApiCustomer): ApiCustomer {
  const { name, business_name, individual_name } = customer;
  return {
    ...customer,
    name: name ?? business_name ?? individual_name ?? null,
  };
}

function withDefault(customer: ApiCustomer, method: string): ApiCustomer {
  return merge(customer, {
    invoice_settings: { default_payment_method: method },
  });
}

/**
 * Changes a customer, for the API and for its portal page.
 *
 * @throws {ApiError} 404 for an unknown customer; 400 for a default payment method that is not
 * attached to it.
 */
export async function changeCustomer(
  context: Context,
  id: string,
  change: CustomerChange,
): Promise<StoredObject<ApiCustomer>> {
  const method = change.invoice_settings?.default_payment_method;
  if (method && await readAttached(context, method, id) === null) {
    throw notAttached(method);
  }
  return await updateObject(
    context,
    CUSTOMER,
    id,
    ({ object }) => ({ object: changedCustomer(object, change) }),
    "customer.updated",
  );
}

/** Deletes a customer: ends its subscriptions first, then detaches its payment methods. */
export async function removeCustomer(
  context: Context,
  id: string,
): Promise<void> {
  await readPath(context, CUSTOMER, id);
  if (await hasBilling(context, id)) await withCustomer(context, id, endAll);
  await context.store.untilWritten(async (writes) => {
    const stored = await readPath(context, CUSTOMER, id);
    const { object } = writes.replace(CUSTOMER, stored, { deleted: true });
    emit(context, writes, { type: "customer.deleted", object });
  });
  await detachAll(context, id);
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
