import type {
  ApiCustomer,
  ApiPortalConfiguration,
  ApiPortalSession,
} from "../../api/api_types.ts";
import { catchUp } from "../../billing/scheduler.ts";
import { type Context, pagesPath } from "../../context.ts";
import { chooseLocale } from "../../money.ts";
import type { StoredObject } from "../../store/collections.ts";
import {
  CUSTOMER,
  PORTAL_CONFIGURATION,
  PORTAL_SESSION,
  type PortalSessionExtra,
} from "../../store/schema.ts";
import { findLinkedId } from "../secret_link.ts";

const UNUSED_TIMEOUT_MS = 5 * 60_000;
const IDLE_TIMEOUT_MS = 60 * 60_000;

export type StoredPortalSession = StoredObject<
  ApiPortalSession,
  PortalSessionExtra
>;

/** An opened portal link. */
export interface PortalSession {
  context: Context;
  stored: StoredPortalSession;
  session: ApiPortalSession;
  customer: ApiCustomer;
  configuration: ApiPortalConfiguration;
  /** Path of this session's pages, e.g. "/sandbox/stripe/p/session/test_…". */
  base: string;
  /** For amounts and dates. */
  locale: string;
}

/** The state of a portal link. */
export type OpenedLink =
  | { is: "live"; portal: PortalSession }
  | { is: "expired"; stored: StoredPortalSession; customer: ApiCustomer }
  | { is: "unknown" };

/**
 * Opens a portal link, which counts as activity. A link expires five minutes after its creation
 * unless it is opened, and then one hour after the latest activity.
 */
export async function openPortalSession(
  context: Context,
  request: Request,
  secret: string,
): Promise<OpenedLink> {
  const stored = await findSession(context, secret);
  if (stored === null) return { is: "unknown" };
  await catchUp(context, stored.object.customer);
  const customer = await context.store.get(CUSTOMER, stored.object.customer);
  const configuration = await context.store.get(
    PORTAL_CONFIGURATION,
    stored.object.configuration,
  );
  if (customer === null || customer.deleted || configuration === null) {
    return { is: "unknown" };
  }
  if (!isLive(stored.extra, context.now())) {
    return { is: "expired", stored, customer: customer.object };
  }
  const session = stored.object;
  return {
    is: "live",
    portal: {
      context,
      stored: await recordActivity(context, stored),
      session,
      customer: customer.object,
      configuration: configuration.object,
      base: `${pagesPath(context)}/p/session/${secret}`,
      locale: chooseLocale(
        session.locale,
        request.headers.get("accept-language"),
      ),
    },
  };
}

/** The target of a form's "Cancel" link: the portal's home or, in a deep link, the return URL. */
export function leaveUrl({ base, session }: PortalSession): string | null {
  return session.flow === null ? base : session.return_url;
}

/** Changes the stored extra data of a session. */
export async function updateExtra(
  context: Context,
  stored: StoredPortalSession,
  change: (extra: PortalSessionExtra) => Partial<PortalSessionExtra>,
): Promise<StoredPortalSession> {
  const { id } = stored.object;
  const updated = await context.store.update(
    PORTAL_SESSION,
    id,
    ({ extra }) => ({ extra: { ...extra, ...change(extra) } }),
  );
  return updated ?? stored;
}

async function findSession(
  context: Context,
  secret: string,
): Promise<StoredPortalSession | null> {
  const id = await findLinkedId(context, "portal_secret", secret);
  return id === null ? null : await context.store.get(PORTAL_SESSION, id);
}

function isLive(
  { createdMs, openedMs, activeMs }: PortalSessionExtra,
  nowMs: number,
): boolean {
  return openedMs === null
    ? nowMs < createdMs + UNUSED_TIMEOUT_MS
    : nowMs < activeMs + IDLE_TIMEOUT_MS;
}

async function recordActivity(
  context: Context,
  stored: StoredPortalSession,
): Promise<StoredPortalSession> {
  const nowMs = context.now();
  return await updateExtra(context, stored, ({ openedMs }) => ({
    openedMs: openedMs ?? nowMs,
    activeMs: nowMs,
  }));
}
