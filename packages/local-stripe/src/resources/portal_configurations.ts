import { type Context, nowSec } from "../context.ts";
import { endpoint, onlyId } from "../api/endpoint.ts";
import { invalidRequest, noSuchPath } from "../api/errors.ts";
import { emit, emitUpdate } from "../webhooks/event_emitter.ts";
import { longId } from "../store/ids.ts";
import {
  PORTAL_CONFIGURATION,
  type PortalConfigurationExtra,
} from "../store/schema.ts";
import { PAGE, page } from "../api/pagination.ts";
import {
  boolean,
  fields,
  missing,
  nullable,
  type Read,
  required,
  text,
  url,
} from "../api/params.ts";
import type { StoredObject } from "../store/collections.ts";
import type { ApiPortalConfiguration } from "../api/api_types.ts";
import { mergeMetadata, metadata } from "../api/metadata.ts";
import { mergeFeatures, NO_FEATURES } from "./portal_feature_merge.ts";
import { checkFeatures, FEATURES } from "./portal_features.ts";

export type StoredConfiguration = StoredObject<
  ApiPortalConfiguration,
  PortalConfigurationExtra
>;

const DEFAULT_KEY = ["default", "portal_configuration"];

const CONFIGURATION_PARAMS = {
  business_profile: fields({
    headline: nullable(text(60)),
    privacy_policy_url: nullable(url),
    terms_of_service_url: nullable(url),
  }),
  default_return_url: nullable(url),
  login_page: fields({ enabled: required(boolean) }),
  metadata,
  name: nullable(text(250)),
};
type ConfigurationChange = Read<typeof CONFIGURATION_PARAMS> & {
  active?: boolean;
};

export const createConfiguration = endpoint({
  returns: "billing_portal.configuration",
  params: { ...CONFIGURATION_PARAMS, features: required(FEATURES.create) },
  async run(context, { features, ...params }) {
    await checkFeatures(context, features);
    refuseLoginPage(params);
    const merged = mergeFeatures(
      { features: NO_FEATURES, products: [] },
      features,
    );
    const blank = newConfiguration(context, { isDefault: false });
    const object = {
      ...changed(context, blank, params),
      features: merged.features,
    };
    return await context.store.insert(PORTAL_CONFIGURATION, {
      object,
      extra: { products: merged.products },
      createdMs: context.now(),
    }, (writes) =>
      emit(context, writes, {
        type: "billing_portal.configuration.created",
        object,
      }));
  },
});

export const updateConfiguration = endpoint({
  returns: "billing_portal.configuration",
  params: {
    ...CONFIGURATION_PARAMS,
    active: boolean,
    features: FEATURES.update,
  },
  async run(context, { features, ...params }, ids) {
    const id = onlyId(ids);
    await defaultConfiguration(context);
    if (features !== undefined) await checkFeatures(context, features);
    refuseLoginPage(params);
    const stored = await context.store.update(
      PORTAL_CONFIGURATION,
      id,
      ({ object, extra }) => {
        if (object.is_default && params.active === false) {
          throw invalidRequest(
            "You cannot deactivate the default configuration.",
            { param: "active" },
          );
        }
        const before = { features: object.features, products: extra.products };
        const merged = features === undefined
          ? before
          : mergeFeatures(before, features);
        return {
          object: {
            ...changed(context, object, params),
            features: merged.features,
          },
          extra: { products: merged.products },
        };
      },
      (writes, before, after) =>
        emitUpdate(context, writes, {
          type: "billing_portal.configuration.updated",
          before,
          after,
        }),
    );
    if (stored === null) throw noSuchPath(PORTAL_CONFIGURATION.noun, id);
    return stored.object;
  },
});

export const retrieveConfiguration = endpoint({
  returns: "billing_portal.configuration",
  params: {},
  async run(context, _params, ids) {
    const id = onlyId(ids);
    await defaultConfiguration(context);
    const stored = await context.store.get(PORTAL_CONFIGURATION, id);
    if (stored === null) throw noSuchPath(PORTAL_CONFIGURATION.noun, id);
    return stored.object;
  },
});

export const listConfigurations = endpoint({
  returns: "billing_portal.configuration",
  many: true,
  params: { ...PAGE, active: boolean, is_default: boolean },
  async run(context, params) {
    await defaultConfiguration(context);
    const { active, is_default: isDefault } = params;
    return await page(context.store, {
      collection: PORTAL_CONFIGURATION,
      list: ["portal_configurations"],
      params,
      url: "/v1/billing_portal/configurations",
      matches: (found) =>
        (active === undefined || found.active === active) &&
        (isDefault === undefined || found.is_default === isDefault),
    });
  },
});

/**
 * The account's default configuration, as somebody would have saved it in the dashboard. It is made
 * when it is first asked for; the API can change it but not choose another.
 */
export async function defaultConfiguration(
  context: Context,
): Promise<StoredConfiguration> {
  return await context.store.untilWritten(async (writes) => {
    const pointer = await context.store.read<string>(DEFAULT_KEY);
    const found = pointer.value &&
      await context.store.get(PORTAL_CONFIGURATION, pointer.value);
    if (found) return found;
    const object = newConfiguration(context, { isDefault: true });
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
  { isDefault }: { isDefault: boolean },
): ApiPortalConfiguration {
  const created = nowSec(context);
  return {
    id: longId("bpc"),
    object: "billing_portal.configuration",
    active: true,
    application: null,
    business_profile: {
      headline: null,
      privacy_policy_url: null,
      terms_of_service_url: null,
    },
    created,
    default_return_url: null,
    features: isDefault ? DASHBOARD_FEATURES : NO_FEATURES,
    is_default: isDefault,
    livemode: false,
    login_page: { enabled: false, url: null },
    metadata: {},
    name: null,
    updated: created,
  };
}

const DASHBOARD_FEATURES: ApiPortalConfiguration["features"] = {
  ...NO_FEATURES,
  customer_update: {
    enabled: true,
    allowed_updates: ["name", "email", "address", "phone"],
  },
  invoice_history: { enabled: true },
  payment_method_update: { enabled: true, payment_method_configuration: null },
  subscription_cancel: { ...NO_FEATURES.subscription_cancel, enabled: true },
};

function changed(
  context: Context,
  before: ApiPortalConfiguration,
  change: ConfigurationChange,
): ApiPortalConfiguration {
  const {
    business_profile: profile,
    login_page: _login,
    metadata: toMetadata,
    ...plain
  } = change;
  return {
    ...before,
    ...plain,
    business_profile: { ...before.business_profile, ...profile },
    metadata: mergeMetadata(before.metadata ?? {}, toMetadata),
    updated: nowSec(context),
  };
}

function refuseLoginPage(params: ConfigurationChange): void {
  if (params.login_page?.enabled) missing.read("true", "login_page[enabled]");
}
