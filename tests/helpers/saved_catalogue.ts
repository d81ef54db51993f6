import { createServices } from "@/compose.ts";
import type { Config } from "@/lib/config/config.ts";

type Entries = Promise<Deno.KvEntry<unknown>[]>;

/** By the app's URL, which the portal's configuration contains. */
const saved = new Map<string, Entries>();

/**
 * Writes the sandbox's catalogue to an empty store. It is created once per test
 * file, as that takes 23 requests to the local Stripe.
 */
export async function restoreCatalogue(
  kv: Deno.Kv,
  config: Config,
  now: () => number,
): Promise<void> {
  const entries = saved.get(config.appUrl) ?? createCatalogue(config, now);
  saved.set(config.appUrl, entries);
  const commit = kv.atomic();
  for (const { key, value } of await entries) commit.set(key, value);
  await commit.commit();
}

async function createCatalogue(config: Config, now: () => number): Entries {
  using kv = await Deno.openKv(":memory:");
  const { services } = await createServices(config, { kv, now });
  await services.prices();
  return await Array.fromAsync(kv.list({ prefix: ["sandbox"] }));
}
