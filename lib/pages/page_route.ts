import { type Context, page, type PageResponse } from "fresh";
import { authenticatePerson } from "@/lib/auth/authenticate.ts";
import {
  mayManageBilling,
  requireOrganization,
} from "@/lib/auth/permissions.ts";
import { profileOf } from "@/lib/auth/profile.ts";
import type { SessionPrincipal } from "@/lib/auth/principal.ts";
import { cookieValues } from "@/lib/auth/cookies.ts";
import { signInUrlFor } from "@/lib/auth/sign_in.ts";
import { hasCode } from "@/lib/errors.ts";
import { limitByAddress } from "@/lib/http/rate_limit.ts";
import type { Services } from "@/lib/services.ts";
import type { State } from "@/lib/state.ts";
import type { Billing } from "@/lib/store/subscriptions.ts";
import { organizationDeleted } from "@/lib/store/tombstones.ts";
import { readLocale } from "./locale.ts";
import { limitPage, pageHandler, type PageMethod } from "./page_handler.ts";

interface Person {
  name: string;
  email: string;
  organizations: { id: string; name: string }[];
}

/** The signed-in user who views a page. */
export interface Visitor {
  principal: SessionPrincipal;
  /** Null if only the user id is known. */
  person: Person | null;
  /** Null if the session has no active organization. */
  organization: { id: string; name: string | null } | null;
  /** See {@linkcode mayManageBilling}. */
  mayManageBilling: boolean;
}

/** A visitor who acts for an organization. */
export interface Member extends Visitor {
  organization: NonNullable<Visitor["organization"]>;
}

/** A signed-out request to a page that needs sign-in. */
export interface SignedOut {
  access: "signed_out";
  locale: string;
  /** Whether the request has a session that is expired or not valid. */
  sessionEnded: boolean;
  /** Null if no sign-in page is configured. */
  signInUrl: string | null;
}

/** A signed-in visitor without an active organization. */
export interface NoOrganization {
  access: "no_organization";
  locale: string;
  visitor: Visitor;
}

/** A request to an organization's page. */
type MemberPage<Data> = Data & {
  access: "member";
  locale: string;
  visitor: Member;
};

interface PageResult<Data> {
  data: Data;
  headers?: Record<string, string>;
  /** Default: 200. */
  status?: number;
}

/**
 * Reads the data of a page, or returns a response that replaces the page.
 *
 * @param read The organization's billing, if the rate limit has read it.
 */
type LoadPage<Data> = (
  ctx: Context<State>,
  visitor: Member,
  read: Billing | null,
) => Promise<Response | PageResult<Data>>;

type PageProps<Data> = SignedOut | NoOrganization | MemberPage<Data>;

/**
 * Creates the handler of an organization's page, which needs sign-in.
 *
 * A signed-out visitor is redirected to sign in and returns to the page
 * afterwards. With Clerk the page is rendered with status 401 instead, and its
 * script refreshes the session: a session token lives for a minute, and a
 * visit to Stripe takes longer. A visitor without an organization is asked to
 * choose one.
 *
 * @param load Handles `GET` and `HEAD`.
 * @param post Handles the page's forms, if it has any.
 */
export function visitorPage<Data>(
  load: LoadPage<Data>,
  post?: LoadPage<Data>,
): PageMethod<PageProps<Data>> {
  return pageHandler<PageProps<Data>>({
    GET: renderFor(load),
    ...(post && { POST: renderFor(post) }),
  });
}

function renderFor<Data>(load: LoadPage<Data>): PageMethod<PageProps<Data>> {
  return async (ctx) => {
    const visitor = await findVisitor(ctx.state.services, ctx.req);
    if (visitor === null) {
      return await limitByAddress(ctx, () => signedOutResponse(ctx));
    }
    const { organization } = visitor;
    if (organization === null) {
      return await limitByAddress(ctx, () => withoutOrganization(ctx, visitor));
    }
    return await limitPage(ctx, organization.id, async (read) => {
      // The tombstone's commit deletes the link to the customer.
      if (!read?.customer) await requireExisting(ctx, organization.id);
      const member = { ...visitor, organization };
      const loaded = await load(ctx, member, read);
      if (loaded instanceof Response) return loaded;
      const { data, status = 200 } = loaded;
      const headers = { ...PERSONAL, ...loaded.headers };
      const locale = readLocale(ctx.req.headers);
      return page(
        { ...data, access: "member", locale, visitor: member },
        { status, headers },
      );
    });
  };
}

/** @throws {BillingError} `not_found` if the organization was deleted. */
async function requireExisting(
  { state: { services: { store } } }: Context<State>,
  orgId: string,
): Promise<void> {
  if (await store.readDeletion(orgId) !== null) {
    throw organizationDeleted(orgId);
  }
}

/** @throws {BillingError} `validation_error` for the form of a page. */
function withoutOrganization(
  { req }: Context<State>,
  visitor: Visitor,
): PageResponse<NoOrganization> {
  if (req.method === "POST") requireOrganization(visitor.principal);
  const locale = readLocale(req.headers);
  return page(
    { access: "no_organization", locale, visitor },
    { headers: PERSONAL },
  );
}

/**
 * Not `no-cache`, with which Back restores a page from the back/forward cache
 * even after sign-out.
 */
export const PERSONAL = { "Cache-Control": "no-store" };

/**
 * Returns the signed-in user of a request.
 *
 * @returns Null if the request is signed out, or its session has ended.
 * @throws {BillingError} `unavailable` if the session cannot be verified.
 */
export async function findVisitor(
  services: Services,
  request: Request,
): Promise<Visitor | null> {
  try {
    const principal = await authenticatePerson(services, request);
    return toVisitor(services, principal);
  } catch (error) {
    if (hasCode(error, "unauthorized")) return null;
    throw error;
  }
}

function toVisitor(services: Services, principal: SessionPrincipal): Visitor {
  const { orgId } = principal;
  const { orgName, name, email } = profileOf(services, principal);
  return {
    principal,
    person: name !== null && email !== null
      ? { name, email, organizations: organizationsOf(services, principal) }
      : null,
    organization: orgId === null ? null : { id: orgId, name: orgName },
    mayManageBilling: mayManageBilling(services, principal),
  };
}

/** Only the local sign-in knows a person's other organizations. */
function organizationsOf(
  { sandbox }: Services,
  { userId }: SessionPrincipal,
): Person["organizations"] {
  const person = sandbox?.identity?.people.find(({ id }) => id === userId);
  return (person?.memberships ?? [])
    .map(({ orgId, orgName }) => ({ id: orgId, name: orgName }));
}

function signedOutResponse(
  ctx: Context<State>,
): Response | PageResponse<SignedOut> {
  const { config } = ctx.state.services;
  // The query names the session to confirm after a return from Checkout.
  const signInUrl = signInUrlFor(
    config,
    `${ctx.url.pathname}${ctx.url.search}`,
  );
  if (config.auth.clerk === null && signInUrl !== null) {
    // Browsers keep the fragment on a redirect without one.
    return new Response(null, {
      status: 303,
      headers: { Location: signInUrl, "Cache-Control": "no-store" },
    });
  }
  const { length } = cookieValues(ctx.req.headers, config.auth.cookie);
  const sessionEnded = length > 0;
  const locale = readLocale(ctx.req.headers);
  return page({ access: "signed_out", locale, sessionEnded, signInUrl }, {
    status: 401,
    headers: { "Cache-Control": "no-store", "WWW-Authenticate": "Bearer" },
  });
}
