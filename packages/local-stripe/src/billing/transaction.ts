import type { WriteBatch } from "../store/write_batch.ts";
import type { Context } from "../context.ts";
import { notImplemented } from "../api/errors.ts";
import {
  emit,
  type PendingEvent,
  previousOf,
} from "../webhooks/event_emitter.ts";
import {
  CUSTOMER,
  INVOICE,
  readParam,
  type StoredInvoice,
} from "../store/schema.ts";
import type { Collection, StoredObject } from "../store/collections.ts";
import type { ApiCustomer, ApiInvoice } from "../api/api_types.ts";
import { type Account, readAccount } from "./customer_account.ts";
import { presentInvoice } from "./invoice_presentation.ts";

type AnyCollection = Pick<Collection<{ id: string }, unknown>, "name">;
interface Page<T extends { id: string }, X> {
  stored: StoredObject<T, X>;
  /** As it was read; `null` for a new object. */
  before: StoredObject<T, X> | null;
  createdMs: number;
  write(writes: WriteBatch): void;
}

/** The most objects of one list that a transaction looks at. */
const MAX_LISTED = 100;

/**
 * One customer's billing while it is being changed: what is read is read once, what is changed is
 * seen by whoever reads it next, and all of it is committed together, with the events that tell
 * of it. Every commit checks the customer's account entry, so that no two of them overlap.
 * A transaction that is never committed is a preview.
 */
export class BillingTransaction {
  #pages = new Map<string, Page<{ id: string }, unknown>>();
  #events: PendingEvent[] = [];
  #pointers: { key: string[]; value: unknown }[] = [];

  private constructor(
    readonly context: Context,
    readonly account: Deno.KvEntryMaybe<Account>,
    readonly customerId: string,
    /** The customer's own time; a preview moves it on. */
    public nowSec: number,
  ) {}

  /** Opens a transaction at the customer's own time, or at a given one. */
  static async open(
    context: Context,
    customerId: string,
    atSec?: number,
  ): Promise<BillingTransaction> {
    const { entry, nowSec } = await readAccount(context, customerId);
    return new BillingTransaction(context, entry, customerId, atSec ?? nowSec);
  }

  async find<T extends { id: string }, X>(
    collection: Collection<T, X>,
    id: string,
  ): Promise<StoredObject<T, X> | null> {
    const known = this.#page(collection, id);
    if (known !== undefined) return known.stored;
    const stored = await this.context.store.get(collection, id);
    if (stored === null || stored.deleted) return null;
    this.#keep(collection, { stored, before: stored, createdMs: 0 });
    return stored;
  }

  /** An object that has to be there. */
  async need<T extends { id: string }, X>(
    collection: Collection<T, X>,
    id: string,
  ): Promise<StoredObject<T, X>> {
    const stored = await this.find(collection, id);
    if (stored === null) {
      throw new Error(`Cannot go on: there is no ${collection.noun} ${id}`);
    }
    return stored;
  }

  /** The customer itself. */
  async customer(): Promise<ApiCustomer> {
    const stored = await this.find(CUSTOMER, this.customerId);
    if (stored !== null) return stored.object;
    const named = { id: this.customerId, param: "customer" };
    return (await readParam(this.context, CUSTOMER, named)).object;
  }

  /** What a list holds, oldest first, as it will be after this transaction. */
  async all<T extends { id: string }, X>(
    collection: Collection<T, X>,
    list: string[],
  ): Promise<StoredObject<T, X>[]> {
    const range = { limit: MAX_LISTED + 1, newestFirst: false };
    const ids = await this.context.store.ids(list, range);
    if (ids.length > MAX_LISTED) {
      throw notImplemented(`more than ${MAX_LISTED} of ${list[0]} at a time`);
    }
    await Promise.all(ids.map(({ id }) => this.find(collection, id)));
    const known = new Set(ids.map(({ id }) => id));
    const fresh = [...this.#pages.keys()]
      .filter((key) => key.startsWith(`${collection.name} `))
      .map((key) => key.slice(collection.name.length + 1))
      .filter((id) => !known.has(id));
    return [...known, ...fresh].flatMap((id) => {
      const stored = this.#page(collection, id)?.stored;
      return stored && isIn(collection, stored, list) ? [stored] : [];
    });
  }

  insert<T extends { id: string }, X>(
    collection: Collection<T, X>,
    object: T,
    extra: X,
  ): T {
    const stored = {
      object,
      extra,
      order: "",
      deleted: false,
      versionstamp: "",
    };
    const createdMs = this.nowSec * 1_000;
    this.#keep(collection, { stored, before: null, createdMs });
    return object;
  }

  /** Changes an object that was found or inserted here. */
  change<T extends { id: string }, X>(
    collection: Collection<T, X>,
    object: T,
    extra?: X,
  ): T {
    const page = this.#page(collection, object.id);
    if (page === undefined) {
      throw new Error(`Cannot change ${object.id}: it was not read`);
    }
    const next = extra === undefined ? page.stored.extra : extra;
    const stored = { ...page.stored, object, extra: next };
    this.#keep(collection, { ...page, stored });
    return object;
  }

  /** Leaves a trace from something that is not an object's id to an object. */
  point(key: string[], value: unknown): void {
    this.#pointers.push({ key, value });
  }

  /** Tells of something; the object as it is at this moment. */
  emit(type: string, object: object): void {
    this.#events.push({ type, object: this.#shown(object) });
  }

  /** Tells first of all that something was made, as it is by now. */
  emitCreated(type: string, object: { id: string }): void {
    this.#forgetUpdates(object.id);
    this.#events.unshift({ type, object: this.#shown(object) });
  }

  /** Tells first of all of a change, and of all later ones to the same object with it. */
  emitMerged(
    type: string,
    before: { id: string },
    after: { id: string },
  ): void {
    this.#forgetUpdates(after.id);
    const told = this.#events;
    this.#events = [];
    this.emitUpdate(type, before, after);
    this.#events.push(...told);
  }

  /** Tells of a change, or nothing where nothing has changed. */
  emitUpdate(
    type: string,
    before: { id: string },
    after: { id: string },
  ): void {
    const object = this.#shown(after);
    const previousAttributes = previousOf(this.#shown(before), object);
    if (Object.keys(previousAttributes).length === 0) return;
    this.#events.push({ type, object, previousAttributes });
  }

  /** @param kept What changes of the account; by itself only that something may be due now. */
  commit(writes: WriteBatch, kept: Partial<Account> = {}): void {
    this.#emitCustomerUpdate();
    for (const page of this.#pages.values()) page.write(writes);
    for (const { key, value } of this.#pointers) writes.put(key, value);
    const account = this.account.value ?? { aheadSec: 0, quietUntilSec: 0 };
    writes.set(this.account, { ...account, quietUntilSec: 0, ...kept });
    for (const event of this.#events) emit(this.context, writes, event);
  }

  #forgetUpdates(id: string): void {
    this.#events = this.#events.filter(({ type, object }) =>
      !type.endsWith(".updated") || Reflect.get(object, "id") !== id
    );
  }

  #emitCustomerUpdate(): void {
    const page = this.#page(CUSTOMER, this.customerId);
    if (!page?.before || page.stored === page.before) return;
    // The count of its invoices alone is not told of.
    const { next_invoice_sequence: _count, ...before } = page.before.object;
    const { next_invoice_sequence: _next, ...after } = page.stored.object;
    if (Object.keys(previousOf(before, after)).length === 0) return;
    this.emitUpdate("customer.updated", page.before.object, page.stored.object);
  }

  #page<T extends { id: string }, X>(
    collection: Collection<T, X>,
    id: string,
  ): Page<T, X> | undefined {
    // What is kept under a collection's name was put there with that very collection.
    return this.#pages.get(placeOf(collection, id)) as Page<T, X> | undefined;
  }

  #keep<T extends { id: string }, X>(
    collection: Collection<T, X>,
    page: Omit<Page<T, X>, "write">,
  ): void {
    const { stored, before, createdMs } = page;
    const write = (writes: WriteBatch) => {
      const { object, extra } = stored;
      if (before === null) {
        writes.insert(collection, { object, extra, createdMs });
      } else if (stored !== before) {
        writes.replace(collection, before, { object, extra });
      }
    };
    const place = placeOf(collection, stored.object.id);
    this.#pages.set(place, { ...page, write } as Page<{ id: string }, unknown>);
  }

  // Invoices are shown with the links of the moment.
  #shown(object: object): object {
    const page = this.#page(INVOICE, String(Reflect.get(object, "id")));
    if (page === undefined) return structuredClone(object);
    const stored: StoredInvoice = {
      ...page.stored,
      object: object as ApiInvoice,
    };
    return structuredClone(presentInvoice(this.context, stored));
  }
}

function placeOf(collection: AnyCollection, id: string): string {
  return `${collection.name} ${id}`;
}

function isIn<T extends { id: string }, X>(
  collection: Collection<T, X>,
  stored: StoredObject<T, X>,
  list: string[],
): boolean {
  const name = list.join(" ");
  return collection.lists(stored.object, stored.extra).some((one) =>
    one.join(" ") === name
  );
}

/**
 * Runs a piece of billing work in a customer's transaction, again from the start when others were
 * faster, and commits it. What `work` throws leaves everything as it was.
 */
export async function withTransaction<R>(
  context: Context,
  of: { customer: string; atSec?: number },
  work: (transaction: BillingTransaction) => Promise<R>,
): Promise<R> {
  return await context.store.untilWritten(async (writes) => {
    const transaction = await BillingTransaction.open(
      context,
      of.customer,
      of.atSec,
    );
    const result = await work(transaction);
    transaction.commit(writes);
    return result;
  });
}

/** Something that happens by itself, at a time of its own. */
export interface Step {
  atSec: number;
  run(transaction: BillingTransaction): Promise<unknown>;
}
