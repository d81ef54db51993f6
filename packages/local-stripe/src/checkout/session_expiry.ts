import { catchUp } from "../billing/scheduler.ts";
import { DAY_SEC } from "../billing/periods.ts";
import type { WriteBatch } from "../store/write_batch.ts";
import { type Context, nowSec } from "../context.ts";
import { pageSecret, sha256 } from "../store/ids.ts";
import { CUSTOMER } from "../store/schema.ts";
import { emit } from "../webhooks/event_emitter.ts";
import { sessionId } from "./line_items.ts";
import {
  CHECKOUT_SESSION,
  presentSession,
  type StoredSession,
} from "../store/checkout_session.ts";

const RECOVERY_SEC = 30 * DAY_SEC;
const LINK_KEPT_MS = 90 * DAY_SEC * 1_000;
/** The most sessions that one call expires. */
const MAX_EXPIRED = 500;

/** Reads a session; one that is open past its `expires_at` is expired first. */
export async function readSession(
  context: Context,
  id: string,
): Promise<StoredSession | null> {
  const stored = await readSettled(context, id);
  if (stored === null || !isOver(context, stored)) return stored;
  return await context.store.untilWritten(async (writes) => {
    const current = await context.store.get(CHECKOUT_SESSION, id);
    if (current === null || !isOver(context, current)) return current;
    return planExpiry(context, current, writes);
  });
}

// The bank debit of a session may have fallen due.
async function readSettled(
  context: Context,
  id: string,
): Promise<StoredSession | null> {
  const stored = await context.store.get(CHECKOUT_SESSION, id);
  const customer = stored?.object.customer ?? null;
  if (!stored?.extra.debit || customer === null) return stored;
  await catchUp(context, customer);
  return await context.store.get(CHECKOUT_SESSION, id);
}

/** Adds the expiry of an open session to a write batch. */
export function planExpiry(
  context: Context,
  stored: StoredSession,
  writes: WriteBatch,
): StoredSession {
  const { after_expiration: after } = stored.object;
  const expires_at = nowSec(context) + RECOVERY_SEC;
  const expired = writes.replace(CHECKOUT_SESSION, stored, {
    object: {
      ...stored.object,
      status: "expired" as const,
      after_expiration: after?.recovery?.enabled
        ? { recovery: { ...after.recovery, expires_at } }
        : after,
    },
    extra: { ...stored.extra, pending: null },
  });
  const object = presentSession(context, expired);
  emit(context, writes, { type: "checkout.session.expired", object });
  return expired;
}

/** Expires the sessions that are open past their `expires_at`, at most 500. */
export async function expireDueSessions(context: Context): Promise<number> {
  const range = { limit: MAX_EXPIRED, newestFirst: false };
  const open = await context.store.ids(["checkout_sessions_open"], range);
  let expired = 0;
  for (const { id } of open) {
    const session = await readSession(context, id);
    if (session?.object.status === "expired") expired++;
  }
  return expired;
}

function isOver(context: Context, { object }: StoredSession): boolean {
  return object.status === "open" && object.expires_at <= nowSec(context);
}

/**
 * Recovers an expired session as a new, open copy.
 *
 * @returns The URL of the copy; `null` if recovery is not enabled or has expired too.
 */
export async function recoverSession(
  context: Context,
  { object, extra }: StoredSession,
): Promise<string | null> {
  const recovery = object.after_expiration?.recovery;
  const created = nowSec(context);
  if (!recovery?.enabled || (recovery.expires_at ?? 0) <= created) return null;
  const owner = object.customer &&
    await context.store.get(CUSTOMER, object.customer);
  if (owner !== null && (!owner || owner.deleted)) return null;
  const secret = pageSecret();
  const digest = await sha256(secret);
  const copy = {
    ...object,
    id: sessionId(),
    after_expiration: { recovery: { ...recovery, expires_at: null } },
    created,
    expires_at: created + DAY_SEC,
    recovered_from: object.id,
    status: "open" as const,
  };
  return await context.store.untilWritten((writes) => {
    const made = writes.insert(CHECKOUT_SESSION, {
      object: copy,
      extra: { ...extra, secret, pending: null, failure: null },
      createdMs: context.now(),
    });
    writes.put(["checkout_secret", digest], copy.id, LINK_KEPT_MS);
    return Promise.resolve(presentSession(context, made).url);
  });
}
