import type Stripe from "stripe";
import { type Context, nowSec } from "../context.ts";
import { endpoint } from "../endpoint.ts";
import { invalidRequest, missingParam, noSuchParam } from "../errors.ts";
import { longId, pageSecret, sha256 } from "../ids.ts";
import {
  CUSTOMER,
  PORTAL_CONFIGURATION,
  PORTAL_SESSION,
  readParam,
} from "../kinds.ts";
import {
  fields,
  integer,
  list,
  missing,
  oneOf,
  type Read,
  required,
  text,
  url,
} from "../params.ts";
import type { WirePortalSession } from "../wire.ts";
import {
  type ConfigurationRow,
  defaultConfiguration,
} from "./portal_configurations.ts";

// deno-fmt-ignore: a table of words reads best filled
const LOCALES = [
  "auto", "bg", "cs", "da", "de", "el", "en", "en-AU", "en-CA", "en-GB", "en-IE", "en-IN", "en-NZ",
  "en-SG", "es", "es-419", "et", "fi", "fil", "fr", "fr-CA", "hr", "hu", "id", "it", "ja", "ko", "lt",
  "lv", "ms", "mt", "nb", "nl", "pl", "pt", "pt-BR", "ro", "ru", "sk", "sl", "sv", "th", "tr", "vi",
  "zh", "zh-HK", "zh-TW",
] as const;

const id = text(255);
const SUBSCRIPTION_FLOWS = {
  subscription_cancel: fields({
    retention: fields({
      coupon_offer: required(fields({ coupon: required(id) })),
      type: required(oneOf("coupon_offer")),
    }),
    subscription: required(id),
  }),
  subscription_pause: fields({ subscription: required(id) }),
  subscription_update: fields({ subscription: required(id) }),
  subscription_update_confirm: fields({
    discounts: list(fields({ coupon: id, promotion_code: id }), 1),
    items: required(
      list(fields({ id: required(id), price: id, quantity: integer(0) }), 1),
    ),
    subscription: required(id),
  }),
};

const FLOW = fields({
  ...SUBSCRIPTION_FLOWS,
  after_completion: fields({
    hosted_confirmation: fields({ custom_message: text(500) }),
    redirect: fields({ return_url: required(url) }),
    type: required(oneOf("hosted_confirmation", "portal_homepage", "redirect")),
  }),
  type: required(oneOf(
    "customer_update",
    "payment_method_update",
    "subscription_cancel",
    "subscription_pause",
    "subscription_update",
    "subscription_update_confirm",
  )),
});
type Flow = ReturnType<typeof FLOW.read>;

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
    if (flow !== undefined) checkFlow(flow, configuration);
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
  WirePortalSession,
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
): Promise<WirePortalSession> {
  const secret = pageSecret();
  const object: WirePortalSession = {
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
): Promise<ConfigurationRow> {
  const byDefault = await defaultConfiguration(context);
  if (id === undefined) return byDefault;
  const row = await readParam(context, PORTAL_CONFIGURATION, {
    id,
    param: "configuration",
  });
  if (!row.object.active) {
    throw invalidRequest(`The portal configuration ${id} is not active.`, {
      param: "configuration",
    });
  }
  return row;
}

// A flow acts on one thing, so that the parameters for another one are a mistake.
function checkFlow(flow: Flow, configuration: ConfigurationRow): void {
  for (
    const type of Object.keys(
      SUBSCRIPTION_FLOWS,
    ) as (keyof typeof SUBSCRIPTION_FLOWS)[]
  ) {
    const param = `flow_data[${type}]`;
    const given = flow[type];
    if (type !== flow.type) {
      if (given === undefined) continue;
      throw invalidRequest(
        `${param} cannot be given with the flow type ${flow.type}.`,
        { param },
      );
    }
    if (given === undefined) throw missingParam(param);
    // There are no subscriptions here yet, so that every one of them is missing.
    throw noSuchParam(
      "subscription",
      given.subscription,
      `${param}[subscription]`,
    );
  }
  checkAfterCompletion(flow.after_completion);
  const { customer_update: details, payment_method_update: card } =
    configuration.object.features;
  const enabled = flow.type === "customer_update"
    ? details.enabled
    : card.enabled;
  if (!enabled) {
    throw invalidRequest(
      `The flow ${flow.type} cannot be used because that feature in the portal configuration is disabled.`,
      { param: "flow_data[type]" },
    );
  }
}

function checkAfterCompletion(after: Flow["after_completion"]): void {
  const at = "flow_data[after_completion]";
  if (after?.type === "redirect" && after.redirect === undefined) {
    throw missingParam(`${at}[redirect]`);
  }
  const other = after?.type === "redirect" ? "hosted_confirmation" : "redirect";
  if (after && after.type !== "portal_homepage" && after[other] !== undefined) {
    throw invalidRequest(
      `${at}[${other}] cannot be given with the type ${after.type}.`,
      {
        param: `${at}[${other}]`,
      },
    );
  }
}

function flowOf(flow: Flow): Stripe.BillingPortal.Session.Flow {
  const { type, hosted_confirmation: confirmation, redirect } =
    flow.after_completion ?? {};
  return {
    after_completion: {
      hosted_confirmation: confirmation
        ? { custom_message: confirmation.custom_message ?? null }
        : null,
      redirect: redirect ?? null,
      type: type ?? "hosted_confirmation",
    },
    customer_update: flow.type === "customer_update" ? {} : null,
    subscription_cancel: null,
    subscription_pause: null,
    subscription_update: null,
    subscription_update_confirm: null,
    type: flow.type,
  };
}

function afterExpirationOf(
  context: Context,
  given: SessionParams["after_expiration"],
): WirePortalSession["after_expiration"] {
  if (given === undefined) return null;
  const expires = given.customer_login?.expires_at ?? null;
  if (expires !== null && expires <= nowSec(context)) {
    throw invalidRequest("The deadline must be in the future.", {
      param: "after_expiration[customer_login][expires_at]",
    });
  }
  return { customer_login: { expires_at: expires }, type: given.type };
}
