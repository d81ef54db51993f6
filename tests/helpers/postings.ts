import type {
  Charge,
  Grant,
  Posting,
  Purchase,
} from "@/lib/store/ledger_types.ts";
import { createStore, type Store } from "@/lib/store/mod.ts";
import type { PostOutcome } from "@/lib/store/postings.ts";
import { applyPosting } from "@/lib/wallet/ledger.ts";

/** A charge of one token by default. */
export function charge(source: string, tokens = 1): Charge {
  return { kind: "charge", source, tokens, description: "Usage" };
}

export function purchase(source: string, tokens: number): Purchase {
  return { kind: "purchase", source, tokens, description: "A pack" };
}

export function grant(
  source: string,
  tokens: number,
  more: Partial<Grant> = {},
): Grant {
  return {
    kind: "grant",
    description: "A month",
    periodStartMs: 1_000,
    rollsOver: false,
    source,
    tokens,
    ...more,
  };
}

export function refundDebit(source: string, tokens: number): Posting {
  return { kind: "refund", source, tokens, description: "Refund" };
}

/** Concurrent charges with distinct sources. */
export function chargeConcurrently(
  store: Store,
  orgId: string,
  { times, name = "c" }: { times: number; name?: string },
): Promise<PostOutcome[]> {
  return Promise.all(
    Array.from(
      { length: times },
      (_, index) => store.post(orgId, charge(`charge:${name}${index}`), 1),
    ),
  );
}

/** Counts outcomes by kind. */
export function countKinds(
  outcomes: readonly PostOutcome[],
): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { kind } of outcomes) counts[kind] = (counts[kind] ?? 0) + 1;
  return counts;
}

/** An in-memory store and its Deno KV. */
export async function withStore(
  use: (store: Store, kv: Deno.Kv) => Promise<void>,
): Promise<void> {
  using kv = await Deno.openKv(":memory:");
  await use(createStore(kv, applyPosting), kv);
}

/** Replaces a commit. */
export type CommitFault = (commit: () => Promise<Deno.KvCommitResult>) =>
  | Promise<Deno.KvCommitResult | Deno.KvCommitError>
  | Deno.KvCommitError;

/** The same store, with commits replaced while `next` returns a function. */
export function troubled(
  kv: Deno.Kv,
  next: () => CommitFault | undefined,
): Deno.Kv {
  return new Proxy(kv, {
    get(target, name) {
      const value = Reflect.get(target, name, target);
      if (typeof value !== "function") return value;
      if (name !== "atomic") return value.bind(target);
      return () => troubledAtomic(target.atomic(), next);
    },
  });
}

function troubledAtomic(
  atomic: Deno.AtomicOperation,
  next: () => CommitFault | undefined,
): Deno.AtomicOperation {
  const proxy: Deno.AtomicOperation = new Proxy(atomic, {
    get(target, name) {
      const value = Reflect.get(target, name, target);
      if (name === "commit") {
        const trouble = next();
        const commit = () => target.commit() as Promise<Deno.KvCommitResult>;
        return trouble === undefined
          ? commit
          : async () => await trouble(commit);
      }
      return (...args: unknown[]) => {
        Reflect.apply(value, target, args);
        return proxy;
      };
    },
  });
  return proxy;
}
