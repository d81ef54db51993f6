import type { ApiPortalConfiguration } from "../api/api_types.ts";
import { invalidRequest } from "../api/errors.ts";
import { merge } from "../api/merge.ts";
import { metadata } from "../api/metadata.ts";
import * as p from "../api/params.ts";
import { insertObject, resource, updateObject } from "../api/resource.ts";
import { type Context, nowSec } from "../context.ts";
import type { StoredObject } from "../store/collections.ts";
import { longId } from "../store/ids.ts";
import { nulls } from "../store/objects.ts";
import {
  PORTAL_CONFIGURATION,
  type PortalConfigurationExtra,
} from "../store/schema.ts";
import {
  checkFeatures,
  FEATURES,
  mergeFeatures,
  NO_FEATURES,
} from "./portal_features.ts";

export type StoredConfiguration = StoredObject<
  ApiPortalConfiguration,
  PortalConfigurationExtra
>;

const TYPE = "billing_portal.configuration";
const DEFAULT_KEY = ["default", "portal_configuration"];

const PARAMS = {
  business_profile: p.fields({
    headline: p.nullable(p.text(60)),
    privacy_policy_url: p.nullable(p.url),
    terms_of_service_url: p.nullable(p.url),
  }),
  default_return_url: p.nullable(p.url),
  login_page: p.fields({ enabled: p.required(p.boolean) }),
  metadata,
  name: p.nullable(p.text(250)),
};

export const portalConfigurations = resource(PORTAL_CONFIGURATION, {
  path: "/v1/billing_portal/configurations",
  expand: {
    application: "empty",
    "features.subscription_cancel.cancellation_reason.feedback_options":
      "empty",
    "features.subscription_update.products": {
      include: async ({ store }, id) =>
        (await store.get(PORTAL_CONFIGURATION, id))?.extra.products,
    },
  },
  refresh: defaultConfiguration,
  list: {
    name: "portal_configurations",
    filters: {
      active: { reader: p.boolean },
      is_default: { reader: p.boolean },
    },
    prepare: defaultConfiguration,
  },
  create: {
    params: { ...PARAMS, features: p.required(FEATURES.create) },
    async run(context, { features: given, ...params }) {
      await checkFeatures(context, given);
      const { features, extra } = mergeFeatures(
        NO_FEATURES,
        { products: [] },
        given,
      );
      const blank = newConfiguration(context, { features, is_default: false });
      const object = changed(context, blank, params);
      const made = { object, extra, event: `${TYPE}.created` };
      return await insertObject(context, PORTAL_CONFIGURATION, made);
    },
  },
  update: {
    params: { ...PARAMS, active: p.boolean, features: FEATURES.update },
    async run(context, { features: given, ...params }, id) {
      await defaultConfiguration(context);
      if (given !== undefined) await checkFeatures(context, given);
      const { object } = await updateObject(
        context,
        PORTAL_CONFIGURATION,
        id,
        ({ object: before, extra: old }) => {
          if (before.is_default && params.active === false) {
            throw invalidRequest(
              "You cannot deactivate the default configuration.",
              { param: "active" },
            );
          }
          const { features, extra } = mergeFeatures(
            before.features,
            old,
            given,
          );
          const object = changed(context, { ...before, features }, params);
          return { object, extra };
        },
        `${TYPE}.updated`,
      );
      return object;
    },
  },
});

/**
 * The account's default configuration, created on first use. At Stripe it is saved in the
 * dashboard; the API can change it but not choose another one.
 */
export async function defaultConfiguration(
  context: Context,
): Promise<StoredConfiguration> {
  return await context.store.untilWritten(async (writes) => {
    const pointer = await context.store.read<string>(DEFAULT_KEY);
    const found = pointer.value &&
      await context.store.get(PORTAL_CONFIGURATION, pointer.value);
    if (found) return found;
    const features = DASHBOARD_FEATURES;
    const object = newConfiguration(context, { features, is_default: true });
    writes.set(pointer, object.id);
    return writes.insert(PORTAL_CONFIGURATION, {
      object,
      extra: { products: [] },
      createdMs: context.now(),
    });
  });
}

function newConfiguration(
  context: Context,
  set: Pick<ApiPortalConfiguration, "features" | "is_default">,
): ApiPortalConfiguration {
  const created = nowSec(context);
  return {
    id: longId("bpc"),
    object: TYPE,
    active: true,
    application: null,
    // deno-fmt-ignore: a list of names reads best filled
    business_profile: nulls(
      "headline", "privacy_policy_url", "terms_of_service_url",
    ),
    created,
    default_return_url: null,
    livemode: false,
    login_page: { enabled: false, url: null },
    metadata: {},
    name: null,
    updated: created,
    ...set,
  };
}

const DASHBOARD_FEATURES: ApiPortalConfiguration["features"] = {
  ...NO_FEATURES,
  customer_update: {
    enabled: true,
    allowed_updates: ["name", "email", "address", "phone", "tax_id"],
  },
  invoice_history: { enabled: true },
  payment_method_update: { enabled: true, payment_method_configuration: null },
  subscription_cancel: { ...NO_FEATURES.subscription_cancel, enabled: true },
};

function changed(
  context: Context,
  before: ApiPortalConfiguration,
  { login_page: login, ...change }: p.Read<typeof PARAMS>,
): ApiPortalConfiguration {
  if (login?.enabled) p.missing.read("true", "login_page[enabled]");
  return { ...merge(before, change), updated: nowSec(context) };
}
