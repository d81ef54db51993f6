/** A committed write; `undefined` deletes the key. */
export interface Write {
  key: Deno.KvKey;
  value: unknown;
  expireIn?: number;
}

/** The stored wallet, without the fields that no invariant reads. */
export interface WalletRecord {
  granted: number;
  purchased: number;
  entries: number;
  lots: { startMs: number; tokens: number }[];
}

/** The stored ledger entry. */
export interface EntryRecord {
  id: string;
  atMs: number;
  kind: string;
  granted: number;
  purchased: number;
  balance: number;
  source: string;
  description: string;
}

/**
 * A copy of the app's store, built from its commits, so that invariants cost no
 * reads. Checks each commit.
 */
export class Shadow {
  readonly #values = new Map<string, unknown>();

  /** @throws {Error} If the commit breaks an invariant of the store. */
  apply(writes: readonly Write[]): void {
    for (const { key, value } of writes) {
      this.#checkWrite(key, value);
      const name = JSON.stringify(key);
      if (value === undefined) this.#values.delete(name);
      else this.#values.set(name, value);
    }
    const wallets = writes.filter(({ key }) => key[0] === "wallet");
    for (const { key } of wallets) this.#checkWallet(String(key[1]));
  }

  isDeleted(orgId: string): boolean {
    return this.get("deleted", orgId) !== undefined;
  }

  /** The keys of an organization's records. */
  keysOf(orgId: string): string[] {
    return [...this.#values.keys()].filter((name) => {
      const [family, id] = JSON.parse(name);
      return id === orgId && family !== "deleted";
    });
  }

  get<T>(...key: Deno.KvKey): T | undefined {
    return this.#values.get(JSON.stringify(key)) as T | undefined;
  }

  /** A ledger, oldest entry first. */
  ledger(orgId: string): EntryRecord[] {
    const { entries = 0 } = this.get<WalletRecord>("wallet", orgId) ?? {};
    return Array.from({ length: entries }, (_, index) => {
      const entry = this.get<EntryRecord>("ledger", orgId, index + 1);
      if (entry === undefined) {
        throw broken(`${orgId} lacks entry ${index + 1}`);
      }
      return entry;
    });
  }

  /** Compares the copy with the store. */
  async compare(kv: Deno.Kv): Promise<void> {
    let count = 0;
    for await (const { key, value } of kv.list({ prefix: [] })) {
      count += 1;
      const copy = this.#values.get(JSON.stringify(key));
      if (JSON.stringify(copy) !== JSON.stringify(value)) {
        throw broken(`${key.join("/")} was written around the commits`);
      }
    }
    if (count !== this.#values.size) throw broken("keys have disappeared");
  }

  #checkWrite(key: Deno.KvKey, value: unknown): void {
    const former = this.get<unknown>(...key);
    const changes = former !== undefined &&
      JSON.stringify(former) !== JSON.stringify(value);
    if (key[0] === "ledger" && changes && value !== undefined) {
      throw broken(`ledger entry ${key.join("/")} was overwritten`);
    }
    if (key[0] === "organization" && changes && value !== undefined) {
      throw broken(`customer ${String(key[1])} moved to another organization`);
    }
  }

  /** The newest entries are checked by each commit, so the sum holds. */
  #checkWallet(orgId: string): void {
    const wallet = this.get<WalletRecord>("wallet", orgId);
    if (wallet === undefined && this.isDeleted(orgId)) return;
    if (wallet === undefined) {
      throw broken(`the wallet of ${orgId} was deleted`);
    }
    const { granted, purchased } = wallet;
    if (!(granted >= 0 && purchased >= 0)) {
      throw broken(`the wallet of ${orgId} is negative`);
    }
    const sum = { granted: 0, purchased: 0 };
    for (const entry of this.ledger(orgId)) {
      sum.granted += entry.granted;
      sum.purchased += entry.purchased;
      if (entry.balance !== sum.granted + sum.purchased) {
        throw broken(`${entry.source} of ${orgId} has a wrong balance`);
      }
    }
    if (sum.granted !== granted || sum.purchased !== purchased) {
      throw broken(`the balance of ${orgId} is not the sum of its ledger`);
    }
  }
}

/** An invariant that does not hold. */
export class Broken extends Error {
  override name = "Broken";
}

export function broken(message: string): Broken {
  return new Broken(message);
}
