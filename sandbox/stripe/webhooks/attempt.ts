import type { Context } from "../context.ts";
import { nowSec } from "../context.ts";
import { EVENT } from "../events.ts";
import { presentEvent } from "../resources/events.ts";
import { type Delivery, type Due, queue, save } from "./deliveries.ts";
import {
  type EndpointRow,
  liveSecrets,
  payloadOf,
  WEBHOOK_ENDPOINT,
} from "./endpoints.ts";
import { signatureOf } from "./signature.ts";
import type { Attempt } from "./deliveries.ts";

/** How a request gets to an endpoint; fails as `fetch` does. */
export type Post = (request: Request) => Promise<Response>;

/** Later than any endpoint is waited for, so that nobody tries what is being tried. */
const LEASE_MS = 60_000;
const FIRST_RETRY_MS = 10_000;
const MAX_TRIES = 6;

/**
 * Takes what is due for itself: until the lease ends nobody else tries it, and after a crash
 * somebody does.
 *
 * @returns Whether nobody was faster.
 */
export async function claim(context: Context, due: Due): Promise<boolean> {
  const writes = context.store.begin();
  writes.delete(due);
  queue(writes, due.delivery, context.now() + LEASE_MS);
  return await writes.commit();
}

/**
 * Tries one delivery that has been claimed, and notes what came of it. A failure is tried again
 * after 10 seconds, a minute, 6 minutes, 36 minutes and 3.6 hours, and then no more.
 */
export async function attempt(
  context: Context,
  claimed: { delivery: Delivery; leaseMs: number },
  post: Post,
): Promise<void> {
  const { delivery } = claimed;
  const tried = await send(context, delivery, post);
  const writes = context.store.begin();
  writes.drop(["due", dueKeyOf(delivery, claimed.leaseMs)]);
  const next = after(delivery, tried);
  save(writes, next);
  if (next.state === "waiting") queue(writes, next, next.dueMs);
  await writes.commit();
}
