import type { Change } from "../change.ts";
import { type Context, nowSec } from "../context.ts";
import { lockTimeout } from "../errors.ts";
import { emit } from "../events.ts";
import {
  CHECKOUT_SESSION,
  presentSession,
  type SessionRow,
} from "./session.ts";

const RECOVERY_SEC = 30 * 86_400;
const ABANDONED_MS = 60_000;
/** How many sessions one sweep closes. */
const SWEPT = 500;

/** A session as it is now: one whose time is over is closed by whoever looks at it first. */
export async function readSession(
  context: Context,
  id: string,
): Promise<SessionRow | null> {
  const row = await context.store.get(CHECKOUT_SESSION, id);
  if (row === null || !isOver(context, row)) return row;
  return await context.store.untilWritten(async (writes) => {
    const current = await context.store.get(CHECKOUT_SESSION, id);
    if (current === null || !isOver(context, current)) return current;
    return planExpiry(context, current, writes);
  });
}

/** Plans that an open session is closed without a payment. */
export function planExpiry(
  context: Context,
  row: SessionRow,
  writes: Change,
): SessionRow {
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
    extra: { ...row.extra, attempt: null },
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

/** Somebody is paying at this moment, and has not been given up on. */
export function isBeingPaid({ extra }: SessionRow): boolean {
  return extra.attempt?.state === "working" &&
    Date.now() - extra.attempt.sinceMs < ABANDONED_MS;
}

/** @throws {StripeProblem} 429 while a payment is being made. */
export function refuseWhilePaid(row: SessionRow): void {
  if (isBeingPaid(row)) throw lockTimeout();
}

function isOver(context: Context, row: SessionRow): boolean {
  return row.object.status === "open" && !isBeingPaid(row) &&
    row.object.expires_at <= nowSec(context);
}
