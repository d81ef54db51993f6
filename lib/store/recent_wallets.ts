import type { Wallet } from "./ledger_types.ts";

/** A stored wallet and its version. */
export type WalletEntry = Pick<
  Deno.KvEntry<Wallet>,
  "value" | "versionstamp"
>;

/** A wallet takes up to 10 KiB: 30 days of usage and 100 grants. */
const MAX_WALLETS = 2_000;

/**
 * The wallets that this process committed last, so that their next commit
 * needs no read.
 *
 * Another process may have changed a wallet since then. So use an entry only
 * for a commit that checks its version, and answer nothing before that commit.
 */
export class RecentWallets {
  // A Map keeps insertion order, so its first entry is the oldest.
  readonly #entries = new Map<string, WalletEntry>();

  constructor(private readonly max = MAX_WALLETS) {}

  get size(): number {
    return this.#entries.size;
  }

  set(orgId: string, entry: WalletEntry): void {
    this.#entries.delete(orgId);
    const [oldest] = this.#entries.keys();
    if (oldest !== undefined && this.#entries.size >= this.max) {
      this.#entries.delete(oldest);
    }
    this.#entries.set(orgId, entry);
  }

  /** Removes wallets, and returns them if all were present. */
  take(orgIds: readonly string[]): WalletEntry[] | null {
    const entries = orgIds.flatMap((orgId) => this.#entries.get(orgId) ?? []);
    for (const orgId of orgIds) this.#entries.delete(orgId);
    return entries.length === orgIds.length ? entries : null;
  }
}
