import type { ApiTaxId } from "../api/api_types.ts";
import { endpoint } from "../api/endpoint.ts";
import { noSuchPath } from "../api/errors.ts";
import { PAGE, page, type PageParams } from "../api/pagination.ts";
import type { WriteBatch } from "../store/write_batch.ts";
import { tombstone } from "../api/resource.ts";
import { newTaxId, TAX_ID as PARAMS } from "../billing/tax_ids.ts";
import type { TaxIdTerms } from "../billing/tax_ids.ts";
import { type Context, nowSec } from "../context.ts";
import type { StoredObject } from "../store/collections.ts";
import { CUSTOMER, readPath, TAX_ID } from "../store/schema.ts";
import { emit } from "../webhooks/event_emitter.ts";

/** The tax ids of a customer, below `/v1/customers`. */
export const TAX_ID_ROUTES = {
  "POST /*/tax_ids": endpoint({
    returns: TAX_ID.name,
    params: PARAMS,
    async run(context, params, customer) {
      await readPath(context, CUSTOMER, customer);
      return await addTaxId(context, customer, params);
    },
  }),
  "GET /*/tax_ids": endpoint({
    returns: TAX_ID.name,
    many: true,
    params: PAGE,
    async run(context, params, customer) {
      await readPath(context, CUSTOMER, customer);
      return await listTaxIds(context, customer, params);
    },
  }),
  "GET /*/tax_ids/*": endpoint({
    returns: TAX_ID.name,
    run: async (context, _params, customer, id) =>
      (await readTaxId(context, customer, id)).object,
  }),
  "DELETE /*/tax_ids/*": endpoint({
    returns: TAX_ID.name,
    run: (context, _params, customer, id) => removeTaxId(context, customer, id),
  }),
};

/** One page of a customer's tax ids, newest first. */
export function listTaxIds(
  { store }: Context,
  customer: string,
  params: PageParams = {},
) {
  return page(store, {
    collection: TAX_ID,
    list: ["tax_ids_by_customer", customer],
    params,
    url: `/v1/customers/${customer}/tax_ids`,
  });
}

/** Adds a tax id. @throws {ApiError} 400 `tax_id_invalid` for a wrong format. */
export function addTaxId(
  context: Context,
  customer: string,
  terms: TaxIdTerms,
): Promise<ApiTaxId> {
  return context.store.untilWritten((writes) =>
    Promise.resolve(insertTaxId(context, writes, customer, terms))
  );
}

/** Adds a tax id and its event to a write batch. */
export function insertTaxId(
  context: Context,
  writes: WriteBatch,
  customer: string,
  terms: TaxIdTerms,
): ApiTaxId {
  const object = newTaxId(customer, terms, nowSec(context));
  emit(context, writes, { type: "customer.tax_id.created", object });
  const createdMs = context.now();
  return writes.insert(TAX_ID, { object, extra: null, createdMs }).object;
}

/** Deletes a tax id. @throws {ApiError} 404 unless it is one of the customer's. */
export function removeTaxId(context: Context, customer: string, id: string) {
  return context.store.untilWritten(async (writes) => {
    const stored = await readTaxId(context, customer, id);
    const { object } = writes.replace(TAX_ID, stored, { deleted: true });
    emit(context, writes, { type: "customer.tax_id.deleted", object });
    return tombstone(TAX_ID, id);
  });
}

async function readTaxId(
  context: Context,
  customer: string,
  id: string,
): Promise<StoredObject<ApiTaxId>> {
  const stored = await readPath(context, TAX_ID, id);
  if (stored.object.customer !== customer) throw noSuchPath(TAX_ID.noun, id);
  return stored;
}
