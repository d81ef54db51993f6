import type { Faults } from "./faults.ts";
import type { Scheduler } from "./scheduler.ts";
import type { Shadow, Write } from "./shadow.ts";

/** The parts that the stores of all processes share. */
export interface SharedKv {
  kv: Deno.Kv;
  scheduler: Scheduler;
  faults: Faults;
  /** Sees each committed write. */
  shadow: Shadow;
}

/**
 * The store as one process sees it: each call is an operation of the scheduler,
 * and may fail as Deno KV does.
 */
export function processKv(shared: SharedKv): Deno.Kv {
  const { kv } = shared;
  const read = <T>(label: string, work: () => Promise<T>) =>
    admit(shared, label, work);
  const view = {
    get: (key: Deno.KvKey) => read(`get ${name(key)}`, () => kv.get(key)),
    getMany: (keys: Deno.KvKey[]) =>
      read(`get ${keys.map(name).join(" ")}`, () => kv.getMany(keys)),
    list: (selector: Deno.KvListSelector, options?: Deno.KvListOptions) =>
      listLater(shared, selector, options),
    set: (key: Deno.KvKey, value: unknown) =>
      new ProcessAtomic(shared).set(key, value).commit(),
    delete: (key: Deno.KvKey) => new ProcessAtomic(shared).delete(key).commit(),
    atomic: () => new ProcessAtomic(shared),
    close: () => {},
  };
  return view as unknown as Deno.Kv;
}

function name(key: Deno.KvKey): string {
  return key.map(String).join("/");
}

/** The delay of a slow call exceeds the app's ten seconds in some cases. */
async function admit<T>(
  { faults, scheduler }: SharedKv,
  label: string,
  work: () => Promise<T>,
): Promise<T> {
  const delayMs = faults.storeDelayMs();
  if (delayMs > 0) await scheduler.sleep(`slow ${label}`, delayMs);
  return await scheduler.operation(label, async () => {
    if (faults.isLocked()) {
      scheduler.note("  database is locked");
      throw new TypeError("database is locked");
    }
    return await work();
  });
}

function listLater(
  shared: SharedKv,
  selector: Deno.KvListSelector,
  options?: Deno.KvListOptions,
) {
  let cursor = "";
  async function* entries() {
    const label = `list ${name("prefix" in selector ? selector.prefix : [])}`;
    const found = await admit(shared, label, async () => {
      const list = shared.kv.list(selector, options);
      const all = await Array.fromAsync(list);
      cursor = list.cursor;
      return all;
    });
    yield* found;
  }
  return Object.defineProperty(entries(), "cursor", { get: () => cursor });
}

class ProcessAtomic {
  readonly #checks: Deno.AtomicCheck[] = [];
  readonly #writes: Write[] = [];

  constructor(private readonly shared: SharedKv) {}

  check(...checks: Deno.AtomicCheck[]): this {
    this.#checks.push(...checks);
    return this;
  }

  set(key: Deno.KvKey, value: unknown, options?: { expireIn?: number }): this {
    this.#writes.push({ key, value, ...options });
    return this;
  }

  delete(key: Deno.KvKey): this {
    this.#writes.push({ key, value: undefined });
    return this;
  }

  commit(): Promise<Deno.KvCommitResult | Deno.KvCommitError> {
    const { faults, scheduler } = this.shared;
    const names = this.#writes.map(({ key }) => name(key)).join(" ");
    return admit(this.shared, `commit ${names}`, async () => {
      const result = await this.#apply();
      if (!faults.losesCommitAnswer()) return result;
      // KV Connect repeats a commit whose answer was lost. With a check, the
      // repetition is refused; without one, it applies again.
      scheduler.note("  the commit's answer is lost");
      return await this.#apply();
    });
  }

  async #apply(): Promise<Deno.KvCommitResult | Deno.KvCommitError> {
    const atomic = this.shared.kv.atomic().check(...this.#checks);
    for (const { key, value, expireIn } of this.#writes) {
      if (value === undefined) atomic.delete(key);
      // An expiry runs on real time; the stored values hold theirs.
      else atomic.set(key, value);
      if (expireIn !== undefined && !(expireIn > 0)) {
        throw new RangeError("a key expires at once");
      }
    }
    const result = await atomic.commit();
    if (result.ok) this.shared.shadow.apply(this.#writes);
    return result;
  }
}
