/** An organization's customer at Stripe. */
export interface CustomerRecord {
  /** `cus_…` */
  stripeCustomerId: string;
  createdAtMs: number;
}

/** A customer record with the version that it was read at. */
export interface StoredCustomer extends CustomerRecord {
  versionstamp: string;
}

/**
 * The one door to Deno KV: keys are built here and nowhere else, and every
 * call goes through one bounded retry. Values are plain objects, never an
 * object of an SDK.
 */
export interface Store {
  /** The organization's customer, or null while it has none. */
  readCustomer(orgId: string): Promise<StoredCustomer | null>;
  /** The organization that a customer belongs to. */
  readOrganization(stripeCustomerId: string): Promise<string | null>;
  /**
   * Gives an organization its customer, both ways at once.
   *
   * @returns Whether it is so now: false where another customer was first.
   */
  linkCustomer(orgId: string, customer: CustomerRecord): Promise<boolean>;
  /**
   * Forgets a customer that Stripe no longer has, both ways at once, and
   * raises the organization's generation, so that a new customer is asked
   * for under a new idempotency key. Does nothing if the record has changed
   * since it was read.
   */
  forgetCustomer(orgId: string, customer: StoredCustomer): Promise<void>;
  /** Answers if the store does; throws what it throws. */
  ping(): Promise<void>;
  close(): void;
}

/** Keys, one builder each; `design` of the store is this table. */
const key = {
  customer: (orgId: string) => ["customer", orgId],
  organization: (stripeCustomerId: string) => [
    "organization",
    stripeCustomerId,
  ],
  /** How often the organization's customer was forgotten, a number. */
  customerGeneration: (orgId: string) => ["customer_generation", orgId],
};

/**
 * Opens Deno KV at a path of the configuration, and makes the folder that a
 * file is to lie in.
 */
export async function openKv(kvPath: string): Promise<Deno.Kv> {
  const isFile = kvPath !== ":memory:" && !/^https?:/.test(kvPath);
  const folder = isFile ? kvPath.replace(/[^/\\]*$/, "") : "";
  if (folder !== "") await Deno.mkdir(folder, { recursive: true });
  return await Deno.openKv(kvPath);
}

/** Wraps an open Deno KV; `close()` closes it. */
export function createStore(kv: Deno.Kv): Store {
  return {
    readCustomer: (orgId) => readCustomer(kv, orgId),
    readOrganization: (stripeCustomerId) =>
      readOrganization(kv, stripeCustomerId),
    linkCustomer: (orgId, customer) => linkCustomer(kv, orgId, customer),
    forgetCustomer: (orgId, customer) => forgetCustomer(kv, orgId, customer),
    ping: () => ping(kv),
    close: () => kv.close(),
  };
}

async function readCustomer(
  kv: Deno.Kv,
  orgId: string,
): Promise<StoredCustomer | null> {
  const entry = await persist(() => kv.get<unknown>(key.customer(orgId)));
  if (!isCustomerRecord(entry.value)) return null;
  return { ...entry.value, versionstamp: entry.versionstamp ?? "" };
}

/** A claim, while a customer is being made, has no `stripeCustomerId` yet. */
function isCustomerRecord(value: unknown): value is CustomerRecord {
  return typeof value === "object" && value !== null &&
    "stripeCustomerId" in value && typeof value.stripeCustomerId === "string";
}

async function readOrganization(
  kv: Deno.Kv,
  stripeCustomerId: string,
): Promise<string | null> {
  const entry = await persist(() =>
    kv.get<string>(key.organization(stripeCustomerId))
  );
  return entry.value;
}

async function linkCustomer(
  kv: Deno.Kv,
  orgId: string,
  customer: CustomerRecord,
): Promise<boolean> {
  const { stripeCustomerId } = customer;
  await persist(() =>
    kv.atomic()
      .check({ key: key.customer(orgId), versionstamp: null })
      .check({ key: key.organization(stripeCustomerId), versionstamp: null })
      .set(key.customer(orgId), customer)
      .set(key.organization(stripeCustomerId), orgId)
      .commit()
  );
  // What counts is what stands there now: over KV Connect a commit that took
  // effect may still be reported as refused, and another may have been first.
  const stands = await readCustomer(kv, orgId);
  return stands?.stripeCustomerId === stripeCustomerId;
}

async function forgetCustomer(
  kv: Deno.Kv,
  orgId: string,
  customer: StoredCustomer,
): Promise<void> {
  const generation = await persist(() =>
    kv.get<number>(key.customerGeneration(orgId))
  );
  await persist(() =>
    kv.atomic()
      .check({
        key: key.customer(orgId),
        versionstamp: customer.versionstamp,
      })
      .check(generation)
      .delete(key.customer(orgId))
      .delete(key.organization(customer.stripeCustomerId))
      .set(key.customerGeneration(orgId), (generation.value ?? 0) + 1)
      .commit()
  );
}

async function ping(kv: Deno.Kv): Promise<void> {
  await persist(() => kv.get(["ping"]));
}

const MAX_ATTEMPTS = 8;
const FIRST_WAIT_MS = 4;

/**
 * Repeats a call that met "database is locked", which a second process on the
 * same file causes and which SQLite reports before anything was applied. Each
 * wait is random up to a bound that doubles: 4 ms to 256 ms, half a second in
 * all. Anything else is thrown at once.
 */
async function persist<T>(call: () => Promise<T>): Promise<T> {
  for (let attempt = 1;; attempt++) {
    try {
      return await call();
    } catch (error) {
      if (attempt === MAX_ATTEMPTS || !isLocked(error)) throw error;
      const boundMs = FIRST_WAIT_MS * 2 ** (attempt - 1);
      await new Promise((done) => setTimeout(done, Math.random() * boundMs));
    }
  }
}

function isLocked(error: unknown): boolean {
  return error instanceof TypeError &&
    error.message.includes("database is locked");
}
