import type { WriteBatch } from "../store/write_batch.ts";
import type { Context } from "../context.ts";
import { notImplemented } from "../api/errors.ts";
import {
  emit,
  type PendingEvent,
  previousOf,
} from "../webhooks/event_emitter.ts";
import {
  CHARGE,
  CUSTOMER,
  INVOICE,
  readParam,
  type StoredInvoice,
} from "../store/schema.ts";
import type { Collection, StoredObject } from "../store/collections.ts";
import type {
  ApiCharge,
  ApiCustomer,
  ApiInvoice,
  ApiSubscription,
} from "../api/api_types.ts";
import { type Account, readAccount } from "./customer_account.ts";
import { presentCharge } from "./charge_presentation.ts";
import { presentInvoice } from "./invoice_presentation.ts";

type AnyCollection = Pick<Collection<{ id: string }, unknown>, "name">;
interface Page<T extends { id: string }, X> {
  stored: StoredObject<T, X>;
  /** The object as read; `null` for a new one. */
  before: StoredObject<T, X> | null;
  createdMs: number;
  write(writes: WriteBatch): void;
}

/** The most objects that a transaction reads from one list. */
const MAX_LISTED = 100;
/** Event prefixes that differ from the collection's name. */
const EVENT_PREFIXES: Record<string, string> = {
  dispute: "charge.dispute",
  subscription: "customer.subscription",
};

/**
 * A unit of work on one customer's billing. Reads are cached and see earlier changes; the commit
 * writes all changes and their events atomically, and checks the customer's account entry, so
 * that transactions of one customer never overlap. Without a commit, it is a preview.
 */
export class BillingTransaction {
  #pages = new Map<string, Page<{ id: string }, unknown>>();
  #events: PendingEvent[] = [];
  #pointers: { key: string[]; value: unknown }[] = [];

  private constructor(
    readonly context: Context,
    readonly account: Deno.KvEntryMaybe<Account>,
    readonly customerId: string,
    /** The customer's current time. The scheduler and previews advance it. */
    public nowSec: number,
  ) {}

  /** Opens a transaction at the customer's current time. */
  static async open(
    context: Context,
    customerId: string,
  ): Promise<BillingTransaction> {
    const { entry, nowSec } = await readAccount(context, customerId);
    return new BillingTransaction(context, entry, customerId, nowSec);
  }

  async find<T extends { id: string }, X>(
    collection: Collection<T, X>,
    id: string | null,
  ): Promise<StoredObject<T, X> | null> {
    if (id === null) return null;
    const known = this.#page(collection, id);
    if (known !== undefined) return known.stored;
    const stored = await this.context.store.get(collection, id);
    if (stored === null || stored.deleted) return null;
    this.#keep(collection, { stored, before: stored, createdMs: 0 });
    return stored;
  }

  /** Like `find`, for an object that must exist. */
  async need<T extends { id: string }, X>(
    collection: Collection<T, X>,
    id: string,
  ): Promise<StoredObject<T, X>> {
    const stored = await this.find(collection, id);
    if (stored === null) {
      throw new Error(`Cannot find ${collection.noun} ${id}`);
    }
    return stored;
  }

  async customer(): Promise<ApiCustomer> {
    const stored = await this.find(CUSTOMER, this.customerId);
    if (stored !== null) return stored.object;
    const named = { id: this.customerId, param: "customer" };
    return (await readParam(this.context, CUSTOMER, named)).object;
  }

  /** The objects of a list, oldest first, including this transaction's changes. */
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
    const fresh = [...this.#pages.keys()].filter((key) =>
      key.startsWith(`${collection.name} `)
    ).map((key) => key.slice(collection.name.length + 1)).filter((id) =>
      !known.has(id)
    );
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
    const blank = { order: "", deleted: false, versionstamp: "" };
    const stored = { ...blank, object, extra };
    const createdMs = this.nowSec * 1_000;
    this.#keep(collection, { stored, before: null, createdMs });
    return object;
  }

  /** Replaces an object that this transaction has read or inserted, without an event. */
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

  /** Changes some members of an object and emits `….updated` if any differ from `before`. */
  update<T extends { id: string }, X>(
    collection: Collection<T, X>,
    before: T,
    patch: Partial<T>,
    extra?: X,
  ): T {
    const after = this.change(collection, { ...before, ...patch }, extra);
    const prefix = EVENT_PREFIXES[collection.name] ?? collection.name;
    this.emitUpdate(`${prefix}.updated`, before, after);
    return after;
  }

  /** Stores a lookup key that leads to an object, such as the digest of a page's secret. */
  point(key: string[], value: unknown): void {
    this.#pointers.push({ key, value });
  }

  /** Emits an event with a copy of the object. */
  emit(type: string, object: object): void {
    this.#events.push({ type, object: this.#shown(object) });
  }

  /** Emits `….created` before all earlier events and drops the object's earlier updates. */
  emitCreated(type: string, object: { id: string }): void {
    this.#forgetUpdates(object.id);
    this.#events.unshift({ type, object: this.#shown(object) });
  }

  /**
   * Emits one `customer.subscription.updated` before all earlier events, in place of the
   * subscription's earlier ones.
   */
  emitSubscriptionUpdate(
    before: ApiSubscription,
    after: ApiSubscription,
  ): void {
    this.#forgetUpdates(after.id);
    const earlier = this.#events;
    this.#events = [];
    this.emitUpdate("customer.subscription.updated", before, after);
    this.#events.push(...earlier);
  }

  /** Emits an update with its `previous_attributes`, unless nothing has changed. */
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

  /** @param changes Changes to the account entry. By default the scheduler looks again at once. */
  commit(writes: WriteBatch, changes: Partial<Account> = {}): void {
    this.#emitCustomerUpdate();
    for (const page of this.#pages.values()) page.write(writes);
    for (const { key, value } of this.#pointers) writes.put(key, value);
    const account = this.account.value ?? { aheadSec: 0, quietUntilSec: 0 };
    writes.set(this.account, { ...account, quietUntilSec: 0, ...changes });
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
    // Numbering an invoice alone emits no `customer.updated`.
    const { next_invoice_sequence: _count, ...before } = page.before.object;
    const { next_invoice_sequence: _next, ...after } = page.stored.object;
    if (Object.keys(previousOf(before, after)).length === 0) return;
    this.emitUpdate("customer.updated", page.before.object, page.stored.object);
  }

  #page<T extends { id: string }, X>(
    collection: Collection<T, X>,
    id: string,
  ): Page<T, X> | undefined {
    // `#keep` stores each page under the name of its collection, so the type is right.
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

  // Events show an invoice or a charge with its current links.
  #shown(object: object): object {
    if (Reflect.get(object, "object") === CHARGE.name) {
      const charge = object as ApiCharge;
      return structuredClone(presentCharge(this.context, { object: charge }));
    }
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

/** A change that falls due at a time, in seconds of the customer's time. */
export interface Step {
  atSec: number;
  run(tx: BillingTransaction): Promise<unknown>;
}
