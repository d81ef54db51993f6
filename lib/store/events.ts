import { type Activity, activityWrite } from "./activity.ts";
import { GroupCommit } from "./group_commit.ts";
import { key } from "./keys.ts";
import { withRetry } from "./kv_retry.ts";
import { PORTAL_OPENED_KEPT_MS, type PortalRecord } from "./subscriptions.ts";

/** Records whose writes share commits. */
export interface EventStore {
  /** Reports whether a Stripe event was recorded as processed. */
  hasEvent(eventId: string, nowMs: number): Promise<boolean>;
  /** Records a Stripe event as processed. Resolves when it is durable. */
  recordEvent(eventId: string, nowMs: number): Promise<void>;
  /**
   * Records that the organization's portal was opened, so that the next page
   * asks Stripe first. Resolves when it is durable, which may take 200 ms.
   * Nothing is recorded for a deleted organization.
   */
  markPortalOpened(
    orgId: string,
    record: Required<PortalRecord>,
    activity?: Activity,
  ): Promise<void>;
  /** Makes what `markPortalOpened()` has recorded in this process durable. */
  flushPortalOpened(orgId: string): Promise<void>;
}

/** Stripe retries an event for 3 days; a person can resend it for 30. */
const EVENT_KEPT_MS = 90 * 24 * 60 * 60 * 1000;

/** How long portal writes wait for others to share a commit with. */
const PORTAL_DELAY_MS = 200;

interface EventRecord {
  expiresAtMs: number;
}

export function eventStore(kv: Deno.Kv): EventStore {
  const events = new GroupCommit(kv);
  const portals = new GroupCommit(kv, PORTAL_DELAY_MS);
  return {
    async hasEvent(eventId, nowMs) {
      const { value } = await withRetry(() =>
        kv.get<EventRecord>(key.event(eventId))
      );
      return value !== null && nowMs < value.expiresAtMs;
    },
    recordEvent(eventId, nowMs) {
      const value: EventRecord = { expiresAtMs: nowMs + EVENT_KEPT_MS };
      const expireInMs = EVENT_KEPT_MS;
      return events.set({ key: key.event(eventId), value, expireInMs });
    },
    markPortalOpened(orgId, value, activity) {
      const opened = {
        key: key.portalOpened(orgId),
        value,
        orgId,
        expireInMs: PORTAL_OPENED_KEPT_MS,
      };
      if (activity === undefined) return portals.set(opened);
      return portals.set(opened, { ...activityWrite(orgId, activity), orgId });
    },
    flushPortalOpened: (orgId) => portals.flush(key.portalOpened(orgId)),
  };
}
