import { catchUp } from "../billing/scheduler.ts";
import type { WriteBatch } from "../store/write_batch.ts";
import { type Context, nowSec } from "../context.ts";
import { emit } from "../webhooks/event_emitter.ts";
import {
  CHECKOUT_SESSION,
  presentSession,
  type StoredSession,
} from "./session.ts";

const RECOVERY_SEC = 30 * 86_400;
/** How many sessions one sweep closes. */
const SWEPT = 500;

/** A session as it is now: one whose time is over is closed by whoever looks at it first. */
export async function readSession(
  context: Context,
  id: string,
): Promise<StoredSession | null> {
  const stored = await caughtUp(context, id);
  if (stored === null || !isOver(context, stored)) return stored;
  return await context.store.untilWritten(async (writes) => {
    const current = await context.store.get(CHECKOUT_SESSION, id);
    if (current === null || !isOver(context, current)) return current;
    return planExpiry(context, current, writes);
  });
}

async function caughtUp(
  context: Context,
  id: string,
): Promise<StoredSession | null> {
  const stored = await context.store.get(CHECKOUT_SESSION, id);
  const customer = stored?.object.customer ?? null;
  if (!stored?.extra.debit || customer === null) return stored;
  // The customer's bank may have answered by now.
  await catchUp(context, customer);
  return await context.store.get(CHECKOUT_SESSION, id);
}

/** Plans that an open session is closed without a payment. */
export function planExpiry(
  context: Context,
  stored: StoredSession,
  writes: WriteBatch,
): StoredSession {
  const recovery = stored.object.after_expiration?.recovery;
  const next = {
    object: {
      ...stored.object,
      status: "expired" as const,
      after_expiration: recovery?.enabled
        ? {
          recovery: { ...recovery, expires_at: nowSec(context) + RECOVERY_SEC },
        }
        : stored.object.after_expiration,
    },
    extra: { ...stored.extra, pending: null },
  };
  const expired = writes.replace(CHECKOUT_SESSION, stored, next);
  emit(context, writes, {
    type: "checkout.session.expired",
    object: presentSession(context, expired),
  });
  return expired;
}

/** Closes the open sessions whose time is over, at most 500 of them; for whoever moves the clock. */
export async function expireDueSessions(context: Context): Promise<number> {
  const open = await context.store.ids(["checkout_sessions_open"], {
    limit: SWEPT,
    newestFirst: false,
  });
  let closed = 0;
  for (const { id } of open) {
    if ((await readSession(context, id))?.object.status === "expired") closed++;
  }
  return closed;
}

function isOver(context: Context, stored: StoredSession): boolean {
  return stored.object.status === "open" &&
    stored.object.expires_at <= nowSec(context);
}
