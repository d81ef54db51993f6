import { catchUp } from "../../billing/scheduler.ts";
import type { Context } from "../../context.ts";
import { sha256 } from "../../store/ids.ts";
import {
  CUSTOMER,
  PORTAL_CONFIGURATION,
  PORTAL_SESSION,
  type PortalSessionExtra,
} from "../../store/schema.ts";
import type { StoredObject } from "../../store/collections.ts";
import type {
  ApiCustomer,
  ApiPortalConfiguration,
  ApiPortalSession,
} from "../../api/api_types.ts";
import { chooseLocale } from "../../money.ts";

const UNUSED_MS = 5 * 60_000;
const IDLE_MS = 60 * 60_000;

export type StoredPortalSession = StoredObject<
  ApiPortalSession,
  PortalSessionExtra
>;

/** Somebody who has opened a portal link that works. */
export interface PortalSession {
  context: Context;
  stored: StoredPortalSession;
  session: ApiPortalSession;
  customer: ApiCustomer;
  configuration: ApiPortalConfiguration;
  /** Path of this session's pages, e.g. "/sandbox/stripe/p/session/test_…". */
  base: string;
  /** What numbers and days are written in. */
  locale: string;
}

/** What a link turns out to be. */
export type Opened =
  | { is: "live"; portal: PortalSession }
  | { is: "expired"; stored: StoredPortalSession; customer: ApiCustomer }
  | { is: "unknown" };

/**
 * Opens a portal link: it lives for five minutes until it is first used, then until an hour after
 * the latest activity, of which this is one.
 */
export async function openPortalSession(
  context: Context,
  request: Request,
  secret: string,
): Promise<Opened> {
  const stored = await findSession(context, secret);
  if (stored === null) return { is: "unknown" };
  // What has fallen due since the last look is done before anything is shown.
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
      stored: await touch(context, stored),
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

/** Path under which the hosted pages are, without a slash at its end. */
export function pagesPath(context: Context): string {
  return new URL(context.pagesUrl).pathname.replace(/\/+$/, "");
}

/** The customer's email can open a fresh session, and until when nobody has guessed too often. */
export function canRecover(
  context: Context,
  stored: StoredPortalSession,
): boolean {
  const login = stored.object.after_expiration?.customer_login;
  if (!login || stored.extra.guesses >= MAX_GUESSES) return false;
  return login.expires_at === null || login.expires_at * 1_000 > context.now();
}
const MAX_GUESSES = 5;

/** Notes something about a session, such as a wrong guess. */
export async function noteSession(
  context: Context,
  stored: StoredPortalSession,
  note: (extra: PortalSessionExtra) => Partial<PortalSessionExtra>,
): Promise<StoredPortalSession> {
  const { id } = stored.object;
  const noted = await context.store.update(PORTAL_SESSION, id, ({ extra }) => ({
    extra: { ...extra, ...note(extra) },
  }));
  return noted ?? stored;
}

async function findSession(
  context: Context,
  secret: string,
): Promise<StoredPortalSession | null> {
  const pointer = await context.store.read<string>([
    "portal_secret",
    await sha256(secret),
  ]);
  return pointer.value === null
    ? null
    : await context.store.get(PORTAL_SESSION, pointer.value);
}

function isLive(
  { createdMs, openedMs, activeMs }: PortalSessionExtra,
  nowMs: number,
): boolean {
  return openedMs === null
    ? nowMs < createdMs + UNUSED_MS
    : nowMs < activeMs + IDLE_MS;
}

async function touch(
  context: Context,
  stored: StoredPortalSession,
): Promise<StoredPortalSession> {
  const nowMs = context.now();
  return await noteSession(context, stored, ({ openedMs }) => ({
    openedMs: openedMs ?? nowMs,
    activeMs: nowMs,
  }));
}
