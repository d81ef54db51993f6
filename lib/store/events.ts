import { GroupCommit } from "./group_commit.ts";
import { key } from "./keys.ts";
import { withRetry } from "./kv_retry.ts";
import { type MarkedOpen, PORTAL_OPENED_MS } from "./subscriptions.ts";

/** What happened, noted once; these writes need no check and share commits. */
export interface EventStore {
  /** Whether an event of Stripe's has had its effect. */
  hasEvent(eventId: string, nowMs: number): Promise<boolean>;
  /** Notes that it had. Settles when that is durable. */
  recordEvent(eventId: string, nowMs: number): Promise<void>;
  /**
   * Notes that somebody was sent to the portal, so that the next page asks
   * Stripe first. Settles when that is durable, a moment later: nobody comes
   * back sooner.
   */
  markPortalOpened(orgId: string, nowMs: number): Promise<void>;
}

/** Stripe repeats an event for 3 days, and a person for 30. */
const SEEN_MS = 90 * 24 * 60 * 60 * 1000;

/** Openings of the portal share a commit for so long. */
const MARK_DELAY_MS = 200;

interface SeenEvent {
  expiresAtMs: number;
}

export function eventStore(kv: Deno.Kv): EventStore {
  const events = new GroupCommit(kv);
  const marks = new GroupCommit(kv, MARK_DELAY_MS);
  return {
    async hasEvent(eventId, nowMs) {
      const { value } = await withRetry(() =>
        kv.get<SeenEvent>(key.event(eventId))
      );
      return value !== null && nowMs < value.expiresAtMs;
    },
    recordEvent(eventId, nowMs) {
      const value: SeenEvent = { expiresAtMs: nowMs + SEEN_MS };
      const write = { key: key.event(eventId), value, expireInMs: SEEN_MS };
      return events.set(write);
    },
    markPortalOpened(orgId, nowMs) {
      const value: MarkedOpen = { openedAtMs: nowMs };
      return marks.set({
        key: key.portalOpened(orgId),
        value,
        expireInMs: PORTAL_OPENED_MS,
      });
    },
  };
}
