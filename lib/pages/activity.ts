import type { Services } from "@/lib/services.ts";
import type { Actor, StoredActivity } from "@/lib/store/activity.ts";
import { summaryOf } from "./activity_summary.ts";
import { FALLBACK_LOCALE } from "./locale.ts";
import type { Visitor } from "./page_route.ts";
import { translator } from "./translate.ts";

interface ActivityRequest {
  orgId: string;
  /** 1 to 100 */
  limit: number;
  /** `next_cursor` of the previous page; null for the newest. */
  cursor: string | null;
  /** Of the summaries. Default: `en-US`. */
  locale?: string;
}

/**
 * Reads a page of an organization's activity in its API representation, newest
 * first. Pages are stable: new activities don't shift the pages after a cursor.
 */
export async function readActivity(
  { store, now }: Pick<Services, "store" | "now">,
  { orgId, limit, cursor, locale = FALLBACK_LOCALE }: ActivityRequest,
) {
  await store.flushPortalOpened(orgId);
  const found = await store.listActivity(orgId, {
    // One more than asked for shows whether there is another page.
    limit: limit + 1,
    before: cursor,
    nowMs: now(),
  });
  const shown = found.slice(0, limit);
  return {
    items: shown.map((activity) => toItem(activity, locale)),
    next_cursor: found.length > limit ? shown.at(-1)?.seq ?? null : null,
  };
}

function toItem(activity: StoredActivity, locale: string) {
  const { seq, atMs, actor, action, details } = activity;
  return {
    id: `act_${seq}`,
    at: new Date(atMs).toISOString(),
    actor,
    action,
    summary: summaryOf(activity, locale),
    details,
  };
}

/** A page of the activity, with the names of the actors. */
export interface ActivityView {
  items: { id: string; atMs: number; actor: string; summary: string }[];
  nextCursor: string | null;
  /** Whether there may be newer activities. */
  isOlder: boolean;
}

const PER_PAGE = 20;

/** Reads a page of the activity as the organization page shows it. */
export async function readActivityView(
  services: Services,
  { visitor, orgId, cursor, locale }: {
    visitor: Visitor;
    orgId: string;
    cursor: string | null;
    locale: string;
  },
): Promise<ActivityView> {
  const request = { orgId, limit: PER_PAGE, cursor, locale };
  const { items, next_cursor } = await readActivity(services, request);
  const byKey = items.some(({ actor }) => actor.type === "api_key");
  const apiKeys = byKey ? await services.store.listApiKeys(orgId) : [];
  const keyNames = new Map(apiKeys.map(({ id, name }) => [id, name]));
  return {
    items: items.map(({ id, at, actor, summary }) => ({
      id,
      atMs: Date.parse(at),
      summary,
      actor: actorName(services, actor, { visitor, keyNames, locale }),
    })),
    nextCursor: next_cursor,
    isOlder: cursor !== null,
  };
}

function actorName(
  { sandbox }: Services,
  { type, id }: Actor,
  { visitor, keyNames, locale }: {
    visitor: Visitor;
    keyNames: ReadonlyMap<string | null, string>;
    locale: string;
  },
): string {
  const t = translator(locale);
  switch (type) {
    case "user": {
      if (id === visitor.principal.userId) return t("details.you");
      const person = sandbox?.identity?.people.find((one) => one.id === id);
      return person?.name ?? id ?? "";
    }
    case "api_key": {
      const name = keyNames.get(id);
      return name === undefined
        ? t("actor.revoked_key")
        : t("actor.api_key", { name });
    }
    case "service_key":
      return t("actor.service_key");
    case "stripe":
      return "Stripe";
    case "operator":
      return t("actor.operator");
  }
}
