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
  const row = await caughtUp(context, id);
  if (row === null || !isOver(context, row)) return row;
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
  const row = await context.store.get(CHECKOUT_SESSION, id);
  const customer = row?.object.customer ?? null;
  if (!row?.extra.debit || customer === null) return row;
  // The customer's bank may have answered by now.
  await catchUp(context, customer);
  return await context.store.get(CHECKOUT_SESSION, id);
}

/** Plans that an open session is closed without a payment. */
export function planExpiry(
  context: Context,
  row: StoredSession,
  writes: WriteBatch,
): StoredSession {
  const recovery = row.object.after_expiration?.recovery;
  const next = {
    object: {
      ...row.object,
      status: "expired" as const,
      after_expiration: recovery?.enabled
        ? {
          recovery: { ...recovery, expires_at: nowSec(context) + RECOVERY_SEC },
        }
        : row.object.after_expiration,
    },
    extra: { ...row.extra, pending: null },
  };
  const expired = writes.replace(CHECKOUT_SESSION, row, next);
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

function isOver(context: Context, row: StoredSession): boolean {
  return row.object.status === "open" &&
    row.object.expires_at <= nowSec(context);
}
