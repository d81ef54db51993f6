import { type Context, nowSec } from "../context.ts";
import { resource } from "../api/resource.ts";
import { invalidRequest, missingParam } from "../api/errors.ts";
import { emit } from "../webhooks/event_emitter.ts";
import { longId, pageSecret, sha256 } from "../store/ids.ts";
import {
  CUSTOMER,
  PORTAL_CONFIGURATION,
  PORTAL_SESSION,
  readParam,
} from "../store/schema.ts";
import * as p from "../api/params.ts";
import type { ApiPortalSession } from "../api/api_types.ts";
import {
  defaultConfiguration,
  type StoredConfiguration,
} from "./portal_configurations.ts";
import { checkFlow } from "./portal_flow_checks.ts";
import { FLOW, flowOf } from "./portal_flows.ts";

// deno-fmt-ignore: a table of words reads best filled
const LOCALES = [
  "auto", "bg", "cs", "da", "de", "el", "en", "en-AU", "en-CA", "en-GB", "en-IE", "en-IN", "en-NZ",
  "en-SG", "es", "es-419", "et", "fi", "fil", "fr", "fr-CA", "hr", "hu", "id", "it", "ja", "ko", "lt",
  "lv", "ms", "mt", "nb", "nl", "pl", "pt", "pt-BR", "ro", "ru", "sk", "sl", "sv", "th", "tr", "vi",
  "zh", "zh-HK", "zh-TW",
] as const;

const SESSION_PARAMS = {
  after_expiration: p.fields({
    customer_login: p.fields({ expires_at: p.integer(1) }),
    type: p.required(p.oneOf("customer_login")),
  }),
  configuration: p.text(255),
  customer: p.text(255),
  flow_data: FLOW,
  locale: p.oneOf(...LOCALES),
  return_url: p.url,
  ...p.gaps("customer_account", "on_behalf_of"),
};
type SessionParams = p.Read<typeof SESSION_PARAMS>;

export const portalSessions = resource(PORTAL_SESSION, {
  path: "/v1/billing_portal/sessions",
  expand: { configuration: PORTAL_CONFIGURATION },
  retrieve: false,
  create: {
    params: SESSION_PARAMS,
    async run(context, { customer, flow_data: flow, ...params }) {
      if (customer === undefined) throw missingParam("customer");
      const named = { id: customer, param: "customer" };
      await readParam(context, CUSTOMER, named);
      const configuration = await chooseConfiguration(
        context,
        params.configuration,
      );
      if (flow !== undefined) {
        await checkFlow(context, flow, { configuration, customer });
      }
      return await openSession(context, {
        after_expiration: afterExpirationOf(context, params.after_expiration),
        configuration: configuration.object.id,
        customer,
        flow: flow === undefined ? null : flowOf(flow),
        locale: params.locale ?? null,
        return_url: params.return_url ??
          configuration.object.default_return_url,
      });
    },
  },
});

/** The fields of a session that its creator chooses: the API, or a visitor renewing an expired link. */
type SessionTerms = Pick<
  ApiPortalSession,
  | "after_expiration"
  | "configuration"
  | "customer"
  | "flow"
  | "locale"
  | "return_url"
>;

// Outlives the session, so an old link can still answer that it has expired.
const KEPT_MS = 30 * 24 * 3_600_000;

/** Creates a session. Only the result has its URL: the store holds a digest of the secret. */
export async function openSession(
  context: Context,
  terms: SessionTerms,
): Promise<ApiPortalSession> {
  const secret = pageSecret();
  const object: ApiPortalSession = {
    id: longId("bps"),
    object: "billing_portal.session",
    ...terms,
    created: nowSec(context),
    customer_account: null,
    livemode: false,
    on_behalf_of: null,
    url: "",
  };
  const createdMs = context.now();
  const digest = await sha256(secret);
  await context.store.untilWritten((writes) => {
    writes.put(["portal_secret", digest], object.id, KEPT_MS);
    // The URL is a secret, so events leave it out.
    const url = `${context.pagesUrl}/p/session/test_***`;
    emit(context, writes, {
      type: "billing_portal.session.created",
      object: { ...object, url },
    });
    return Promise.resolve(writes.insert(PORTAL_SESSION, {
      object,
      extra: {
        createdMs,
        openedMs: null,
        activeMs: createdMs,
        flowDone: false,
        guesses: 0,
      },
      createdMs,
    }));
  });
  return { ...object, url: `${context.pagesUrl}/p/session/${secret}` };
}

async function chooseConfiguration(
  context: Context,
  id: string | undefined,
): Promise<StoredConfiguration> {
  const byDefault = await defaultConfiguration(context);
  if (id === undefined) return byDefault;
  const stored = await readParam(context, PORTAL_CONFIGURATION, {
    id,
    param: "configuration",
  });
  if (!stored.object.active) {
    throw invalidRequest(`The portal configuration ${id} is not active.`, {
      param: "configuration",
    });
  }
  return stored;
}

function afterExpirationOf(
  context: Context,
  given: SessionParams["after_expiration"],
): ApiPortalSession["after_expiration"] {
  if (given === undefined) return null;
  const expires = given.customer_login?.expires_at ?? null;
  if (expires !== null && expires <= nowSec(context)) {
    throw invalidRequest("The deadline must be in the future.", {
      param: "after_expiration[customer_login][expires_at]",
    });
  }
  return { customer_login: { expires_at: expires }, type: given.type };
}
