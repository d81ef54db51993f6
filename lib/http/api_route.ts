import type { Context } from "fresh";
import type * as v from "valibot";
import { authenticate } from "@/lib/auth/authenticate.ts";
import type { Principal } from "@/lib/auth/principal.ts";
import { ORGANIZATION_HEADER } from "@/lib/auth/page_organization.ts";
import { ORGANIZATION_ID } from "@/lib/auth/session_claims.ts";
import {
  requireBillingRole,
  requireKeyManager,
  requireOrganization,
  requireOrganizationWriter,
  requireReader,
  requireUsageWriter,
} from "@/lib/auth/permissions.ts";
import { BillingError } from "@/lib/errors.ts";
import type { Services } from "@/lib/services.ts";
import type { State } from "@/lib/state.ts";
import type { Billing } from "@/lib/store/subscriptions.ts";
import { answerUnhandled, handlerFor, type MethodHandlers } from "./methods.ts";
import {
  addRateLimit,
  type Handler,
  limitAnonymous,
  respond,
} from "./public_route.ts";
import {
  limitFailures,
  type OrganizationCount,
  runLimited,
} from "./rate_limit.ts";
import { isForm, readForm, readJson } from "./request.ts";
import { fieldsOf, headersOf, parse, queryOf } from "./schemas/requests.ts";

/**
 * Makes an API route for organizations. Other methods are 405, errors become
 * JSON in the path's format, and every response has the API's headers.
 *
 * @param endpoints One {@linkcode endpoint} per method.
 */
export function apiRoute(endpoints: MethodHandlers<Handler>): Handler {
  return respond((ctx) => {
    const handle = handlerFor(endpoints, ctx.req);
    if (handle !== undefined) {
      return limitFailures(ctx, () => handle(ctx));
    }
    return limitAnonymous(ctx, () => answerUnhandled(endpoints, ctx.req));
  });
}

/** Checks of a permission; each returns the principal or throws. */
const PERMISSIONS = {
  "billing:read": (_services: Services, principal: Principal): Principal => {
    requireReader(principal);
    return principal;
  },
  "billing:manage": (services: Services, principal: Principal): Principal => {
    requireBillingRole(services, principal);
    return principal;
  },
  "usage:write": (services: Services, principal: Principal): Principal => {
    requireUsageWriter(services, principal);
    return principal;
  },
  "api_keys:manage": requireKeyManager,
  "organizations:write": requireOrganizationWriter,
};
type Permissions = typeof PERMISSIONS;
type Permission = keyof Permissions;

type InputSchema = v.GenericSchema<unknown, object>;

/** How {@linkcode endpoint} checks requests before it handles them. */
export interface EndpointOptions<
  P extends Permission,
  Fields extends InputSchema,
  Headers extends InputSchema,
> {
  permission: P;
  /** For a GET that leads to changes: refuses impersonated sessions. */
  writes?: true;
  headers?: Headers & { entries: object };
  query?: Fields;
  body?: Fields;
  /** Also accepts the body as an HTML form. */
  form?: true;
  /** Takes the organization from the path parameter `id`. */
  organization?: "path";
  handle: (
    request: ApiRequest<P, v.InferOutput<Fields> & v.InferOutput<Headers>>,
  ) => Response | Promise<Response>;
}

/** A request that passed the checks of its {@linkcode endpoint}. */
export interface ApiRequest<P extends Permission, Input> {
  services: Services;
  principal: ReturnType<Permissions[P]>;
  orgId: string;
  /** The parsed fields of headers, query and body. */
  input: Input;
  /** The organization's billing if the rate limit has just read it. */
  billing: Billing | null;
  ctx: Context<State>;
}

/**
 * Makes the endpoint of one method: authenticates the caller, counts the call
 * against the organization's plan or the service key, checks the permission,
 * parses the input and calls the handler.
 */
export function endpoint<
  P extends Permission,
  Fields extends InputSchema = InputSchema,
  Headers extends InputSchema = InputSchema,
>(options: EndpointOptions<P, Fields, Headers>): Handler {
  return async (ctx) => {
    const { services } = ctx.state;
    const caller = await authenticate(services, ctx.req, options);
    const { rateLimit, billing } = await countCall(services, caller);
    const response = await runLimited(rateLimit, services, async () => {
      const check: (services: Services, principal: Principal) => Principal =
        PERMISSIONS[options.permission];
      const principal = check(services, caller) as ReturnType<Permissions[P]>;
      const orgId = options.organization === "path"
        ? organizationOfPath(ctx)
        : requireOrganization(caller);
      const input = await readInput(ctx, options);
      const request = { services, principal, orgId, input, billing, ctx };
      return await services.telemetry.forOrganization(
        orgId,
        () => options.handle(request),
      );
    });
    return addRateLimit(response, rateLimit, services);
  };
}

/** A service key serves many organizations, so its calls count against itself. */
function countCall(
  { rateLimits }: Services,
  caller: Principal,
): Promise<OrganizationCount> {
  return caller.kind === "service_key"
    ? rateLimits.countServiceKey(caller.serviceKeyId)
    : rateLimits.countOrganization(requireOrganization(caller));
}

/**
 * @throws {BillingError} `validation_error` if it is malformed, or differs from
 * the organization in the call's header.
 */
function organizationOfPath({ params, req }: Context<State>): string {
  const id = params["id"] ?? "";
  const named = req.headers.get(ORGANIZATION_HEADER) ?? id;
  if (ORGANIZATION_ID.test(id) && named === id) return id;
  throw new BillingError("validation_error", "Invalid id: expected org_…");
}

async function readInput<
  Fields extends InputSchema,
  Headers extends InputSchema,
>(
  { req, url }: Context<State>,
  { headers, query, body, form }: Pick<
    EndpointOptions<Permission, Fields, Headers>,
    "headers" | "query" | "body" | "form"
  >,
): Promise<v.InferOutput<Fields> & v.InferOutput<Headers>> {
  return {
    ...(headers &&
      parse(headers, headersOf(req, Object.keys(headers.entries)))),
    ...(query && parse(query, queryOf(url))),
    ...(body && parse(body, await readBody(req, form))),
  } as v.InferOutput<Fields> & v.InferOutput<Headers>;
}

async function readBody(request: Request, form = false): Promise<object> {
  return form && isForm(request)
    ? fieldsOf(await readForm(request))
    : await readJson(request);
}
