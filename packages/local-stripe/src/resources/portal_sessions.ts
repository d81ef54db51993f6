import { type Context, nowSec } from "../context.ts";
import { endpoint } from "../api/endpoint.ts";
import { invalidRequest, missingParam } from "../api/errors.ts";
import { emit } from "../webhooks/event_emitter.ts";
import { longId, pageSecret, sha256 } from "../store/ids.ts";
import {
  CUSTOMER,
  PORTAL_CONFIGURATION,
  PORTAL_SESSION,
  readParam,
} from "../store/schema.ts";
import {
  fields,
  integer,
  missing,
  oneOf,
  type Read,
  required,
  text,
  url,
} from "../api/params.ts";
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
  after_expiration: fields({
    customer_login: fields({ expires_at: integer(1) }),
    type: required(oneOf("customer_login")),
  }),
  configuration: text(255),
  customer: text(255),
  customer_account: missing,
  flow_data: FLOW,
  locale: oneOf(...LOCALES),
  on_behalf_of: missing,
  return_url: url,
};
type SessionParams = Read<typeof SESSION_PARAMS>;

export const createPortalSession = endpoint({
  returns: "billing_portal.session",
  params: SESSION_PARAMS,
  async run(context, params) {
    if (params.customer === undefined) throw missingParam("customer");
    await readParam(context, CUSTOMER, {
      id: params.customer,
      param: "customer",
    });
    const configuration = await chooseConfiguration(
      context,
      params.configuration,
    );
    const returnUrl = params.return_url ??
      configuration.object.default_return_url;
    if (returnUrl === null) throw missingParam("return_url");
    const { flow_data: flow } = params;
    if (flow !== undefined) {
      const { customer } = params;
      await checkFlow(context, flow, { configuration, customer });
    }
    return await openSession(context, {
      after_expiration: afterExpirationOf(context, params.after_expiration),
      configuration: configuration.object.id,
      customer: params.customer,
      flow: flow === undefined ? null : flowOf(flow),
      locale: params.locale ?? null,
      return_url: returnUrl,
    });
  },
});

/** What a session is made from, by the API or by a visitor who recovers an expired link. */
export type SessionTerms = Pick<
  ApiPortalSession,
  | "after_expiration"
  | "configuration"
  | "customer"
  | "flow"
  | "locale"
  | "return_url"
>;

// Kept this long past its life, so that an old link can still say that it is too old.
const KEPT_MS = 30 * 24 * 3_600_000;

/** Makes a session and the only copy of its address: the store holds a digest of the secret. */
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
    // The address is a secret of its own, which no event keeps.
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
