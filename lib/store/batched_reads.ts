import { bounded, isLocked, isUnreachable } from "./kv_retry.ts";

/** Deno KV's limit for one `getMany`. */
export const KEYS_PER_READ = 10;

/**
 * Returns Deno KV whose reads share calls: reads that arrive during a batch of
 * calls form the next batch, with up to ten keys per call. A call crosses to
 * another thread and back, which takes longer than reading a key.
 *
 * The keys of one `getMany` stay in one call, so they are read consistently. No
 * result is older than its request. Equal reads of a batch share their entries,
 * so values must not be changed.
 */
export function batchReads(kv: Deno.Kv): Deno.Kv {
  const reads = new BatchedReads(kv);
  const get = async (key: Deno.KvKey) => (await reads.read([key]))[0];
  const getMany = (keys: readonly Deno.KvKey[]) => reads.read(keys);
  return new Proxy(kv, {
    get(target, name) {
      if (name === "get") return get;
      if (name === "getMany") return getMany;
      const member = Reflect.get(target, name, target);
      return typeof member === "function" ? member.bind(target) : member;
    },
  });
}

type Entries = Deno.KvEntryMaybe<unknown>[];

/** A read that waits for its batch, for one or several callers. */
interface QueuedRead extends PromiseWithResolvers<Entries> {
  keys: readonly Deno.KvKey[];
}

class BatchedReads {
  /** By their keys. */
  #waiting = new Map<string, QueuedRead>();
  #running = false;

  constructor(private readonly kv: Deno.Kv) {}

  read(keys: readonly Deno.KvKey[]): Promise<Entries> {
    const id = JSON.stringify(keys);
    let queued = this.#waiting.get(id);
    if (queued === undefined) {
      queued = { keys, ...Promise.withResolvers<Entries>() };
      this.#waiting.set(id, queued);
    }
    if (!this.#running) void this.#run();
    return queued.promise;
  }

  async #run(): Promise<void> {
    this.#running = true;
    await null; // reads of the same moment share the first batch
    while (this.#waiting.size > 0) {
      const batch = inCalls([...this.#waiting.values()]);
      this.#waiting.clear();
      await Promise.all(batch.map((reads) => this.#call(reads)));
    }
    this.#running = false;
  }

  /** Never throws. */
  async #call(reads: readonly QueuedRead[]): Promise<void> {
    try {
      const keys = reads.flatMap(({ keys }) => keys);
      // The next batch waits, so a call that hangs must end.
      const entries = await bounded(this.kv.getMany(keys));
      for (const { keys, resolve } of reads) {
        resolve(entries.splice(0, keys.length));
      }
    } catch (error) {
      const affectsAll = isUnreachable(error) || isLocked(error);
      if (affectsAll || reads.length === 1) {
        for (const { reject } of reads) reject(error);
        return;
      }
      // Reads again one by one, so that an invalid read fails alone.
      await Promise.all(reads.map((read) => this.#call([read])));
    }
  }
}

/** Packs reads into calls, in order. */
function inCalls(reads: readonly QueuedRead[]): QueuedRead[][] {
  const calls: QueuedRead[][] = [];
  let room = 0;
  for (const read of reads) {
    if (room < read.keys.length) {
      calls.push([]);
      room = KEYS_PER_READ;
    }
    calls.at(-1)?.push(read);
    room -= read.keys.length;
  }
  return calls;
}
