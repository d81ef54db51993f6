import { type Context, page, type PageResponse } from "fresh";
import { limitByAddress } from "@/lib/http/rate_limit.ts";
import { cookieValues } from "@/lib/auth/cookies.ts";
import { BillingError } from "@/lib/errors.ts";
import { limitPage, pageHandler, type PageMethod } from "./page_handler.ts";
import {
  authenticatePerson,
  mayManageBilling,
  type SessionPrincipal,
} from "@/lib/auth/authenticate.ts";
import type { Services } from "@/lib/services.ts";
import { signInUrlFor } from "@/lib/auth/sign_in.ts";
import type { State } from "@/lib/state.ts";
import type { Billing } from "@/lib/store/mod.ts";

/** Who looks at a page, as far as the page has to know. */
export interface Visitor {
  principal: SessionPrincipal;
  /** Null where only an id is known. */
  person: { name: string; email: string } | null;
  /** Null: the person acts for none. */
  organization: { id: string; name: string | null } | null;
  /** As {@linkcode mayManageBilling} says. */
  mayManageBilling: boolean;
}

/** Nobody whom we know, at a page that is somebody's. */
export interface SignedOut {
  visitor: null;
  /** Whether a session was there, which has ended. */
  sessionEnded: boolean;
  /** Where one signs in; null where nothing is configured. */
  signInUrl: string | null;
}

/** What a page shows beside its visitor, and headers of its own. */
export interface PageResult<Data> {
  data: Data;
  headers?: Record<string, string>;
  /** 200 when left out. */
  status?: number;
}

/**
 * Reads what a page shows, or answers in its place.
 *
 * @param read The organization's billing where the rate limit has read it.
 */
export type LoadPage<Data> = (
  ctx: Context<State>,
  visitor: Visitor,
  read: Billing | null,
) => Promise<Response | PageResult<Data>>;

type VisitorPage<Data> = PageMethod<SignedOut | (Data & { visitor: Visitor })>;

/**
 * Makes the handler of a page that is somebody's own.
 *
 * Who is not signed in, or no longer, is sent to sign in with the way back.
 * With Clerk the person gets a page instead whose script refreshes what ran
 * out: a session token lives for a minute, and a visit at Stripe longer.
 *
 * @param load What the page shows beside its visitor, or an answer in place
 * of the page.
 * @param post The same for its forms, where it has any.
 */
export function visitorPage<Data>(
  load: LoadPage<Data>,
  post?: LoadPage<Data>,
): VisitorPage<Data> {
  return pageHandler<SignedOut | (Data & { visitor: Visitor })>({
    GET: renderFor(load),
    ...(post && { POST: renderFor(post) }),
  });
}

function renderFor<Data>(load: LoadPage<Data>): VisitorPage<Data> {
  return async (ctx) => {
    const visitor = await findVisitor(ctx.state.services, ctx.req);
    if (visitor === null) {
      return await limitByAddress(ctx, () => answerSignedOut(ctx));
    }
    const render = async (read: Billing | null) => {
      const loaded = await load(ctx, visitor, read);
      if (loaded instanceof Response) return loaded;
      const { data, status = 200 } = loaded;
      const headers = { ...PERSONAL, ...loaded.headers };
      return page({ ...data, visitor }, { status, headers });
    };
    return visitor.organization === null
      ? await limitByAddress(ctx, () => render(null))
      : await limitPage(ctx, visitor.organization.id, render);
  };
}

/** Not `no-store`: with that the Back button could not bring a page back. */
const PERSONAL = { "Cache-Control": "private, no-cache" };

/**
 * Tells who looks at a page; null for somebody who is not signed in, or not
 * any more.
 *
 * @throws {BillingError} `unavailable` when it cannot be told.
 */
export async function findVisitor(
  services: Services,
  request: Request,
): Promise<Visitor | null> {
  try {
    const principal = await authenticatePerson(services, request);
    return describe(services, principal);
  } catch (error) {
    if (error instanceof BillingError && error.code === "unauthorized") {
      return null;
    }
    throw error;
  }
}

/** Tokens carry ids only; the local sign-in knows names as well. */
function describe(services: Services, principal: SessionPrincipal): Visitor {
  const { userId, orgId } = principal;
  const person = services.sandbox?.identity?.people
    .find(({ id }) => id === userId);
  const membership = person?.memberships
    .find((membership) => membership.orgId === orgId);
  return {
    principal,
    person: person ? { name: person.name, email: person.email } : null,
    organization: orgId === null
      ? null
      : { id: orgId, name: membership?.orgName ?? null },
    mayManageBilling: mayManageBilling(services, principal),
  };
}

function answerSignedOut(
  ctx: Context<State>,
): Response | PageResponse<SignedOut> {
  const { config } = ctx.state.services;
  // With its query: a way back from Checkout says there what is to confirm.
  const signInUrl = signInUrlFor(
    config,
    `${ctx.url.pathname}${ctx.url.search}`,
  );
  if (config.auth.clerk === null && signInUrl !== null) {
    // A browser keeps the fragment over a redirect that has none.
    return new Response(null, {
      status: 303,
      headers: { Location: signInUrl, "Cache-Control": "no-store" },
    });
  }
  const sessionEnded = cookieValues(ctx.req.headers, "__session").length > 0;
  return page({ visitor: null, sessionEnded, signInUrl }, {
    status: 401,
    headers: { "Cache-Control": "no-store", "WWW-Authenticate": "Bearer" },
  });
}
