import { type Context, nowSec } from "../context.ts";
import { pageSecret, sha256 } from "../store/ids.ts";
import { CUSTOMER } from "../store/schema.ts";
import { sessionId } from "./line_items.ts";
import {
  CHECKOUT_SESSION,
  presentSession,
  type StoredSession,
} from "./session.ts";

const DAY_SEC = 86_400;
const LINK_KEPT_MS = 90 * DAY_SEC * 1_000;

/**
 * Opens a closed session again, as a copy of it.
 *
 * @returns Its address; `null` when it was not to be recovered, or that time is over too.
 */
export async function recoverSession(
  context: Context,
  { object, extra }: StoredSession,
): Promise<string | null> {
  const recovery = object.after_expiration?.recovery;
  if (!recovery?.enabled || (recovery.expires_at ?? 0) <= nowSec(context)) {
    return null;
  }
  const owner = object.customer &&
    await context.store.get(CUSTOMER, object.customer);
  if (owner !== null && (!owner || owner.deleted)) return null;
  const secret = pageSecret();
  const digest = await sha256(secret);
  const created = nowSec(context);
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
