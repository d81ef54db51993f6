import { type Activity, activityWrite } from "./activity.ts";
import { GroupCommit } from "./group_commit.ts";
import { key } from "./keys.ts";
import { withRetry } from "./kv_retry.ts";
import { PORTAL_OPENED_KEPT_MS, type PortalRecord } from "./subscriptions.ts";

/** Records that are written without a check, so that writes share commits. */
export interface EventStore {
  /** Reports whether a Stripe event was recorded as processed. */
  hasEvent(eventId: string, nowMs: number): Promise<boolean>;
  /**
   * Records a Stripe event as processed, with the activity that it reports.
   * Resolves when both are durable.
   */
  recordEvent(
    eventId: string,
    nowMs: number,
    activity?: OwnedActivity | null,
  ): Promise<void>;
  /**
   * Records that the organization's portal was opened, so that the next page
   * asks Stripe first. Resolves when it is durable, which may take 200 ms;
   * people do not return from the portal sooner.
   */
  markPortalOpened(
    orgId: string,
    record: Required<PortalRecord>,
    activity?: Activity,
  ): Promise<void>;
}

/** Stripe retries an event for 3 days; a person can resend it for 30. */
const EVENT_KEPT_MS = 90 * 24 * 60 * 60 * 1000;

/** How long portal writes wait for others to share a commit with. */
const PORTAL_DELAY_MS = 200;

/** An activity and its organization. */
interface OwnedActivity {
  orgId: string;
  activity: Activity;
}

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
    recordEvent(eventId, nowMs, owned) {
      const value: EventRecord = { expiresAtMs: nowMs + EVENT_KEPT_MS };
      return events.set(
        { key: key.event(eventId), value, expireInMs: EVENT_KEPT_MS },
        // A repeated delivery writes the same record again.
        ...(owned ? [activityWrite(owned.orgId, owned.activity, eventId)] : []),
      );
    },
    markPortalOpened(orgId, value, activity) {
      return portals.set(
        {
          key: key.portalOpened(orgId),
          value,
          expireInMs: PORTAL_OPENED_KEPT_MS,
        },
        ...(activity ? [activityWrite(orgId, activity)] : []),
      );
    },
  };
}
