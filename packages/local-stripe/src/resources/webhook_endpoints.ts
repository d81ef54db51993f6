import { API_VERSION } from "../api/auth.ts";
import { type Context, nowSec } from "../context.ts";
import { endpoint, onlyId } from "../api/endpoint.ts";
import { invalidRequest, noSuchPath, notImplemented } from "../api/errors.ts";
import { longId } from "../store/ids.ts";
import { PAGE, page } from "../api/pagination.ts";
import {
  boolean,
  list,
  nullable,
  oneOf,
  type Read,
  reader,
  required,
  text,
  url,
} from "../api/params.ts";
import {
  allEndpoints,
  type ApiWebhookEndpoint,
  MAX_ENDPOINTS,
  newEndpointExtra,
  WEBHOOK_ENDPOINT,
} from "../webhooks/endpoints.ts";
import { EVENT_TYPES } from "../webhooks/event_types.ts";
import { mergeMetadata, metadata } from "../api/metadata.ts";

const EVENTS = list(oneOf("*", ...EVENT_TYPES), 500);

// Of the other versions events would look different.
const apiVersion = reader<typeof API_VERSION>((value, at) => {
  if (value === API_VERSION) return API_VERSION;
  const known = typeof value === "string" && /^\d{4}-\d\d-\d\d/.test(value);
  if (known) throw notImplemented(`events of the API version ${value}`);
  throw invalidRequest(`Invalid ${at}: must be ${API_VERSION}`, { param: at });
});

// Endpoints of connected accounts exist at Stripe; without such accounts there are none here.
const connect = reader<false>((value, at) => {
  if (boolean.read(value, at)) throw notImplemented("connected accounts");
  return false;
});

const CHANGES = {
  description: nullable(text()),
  enabled_events: EVENTS,
  metadata,
  url,
};

export const createWebhookEndpoint = endpoint({
  returns: "webhook_endpoint",
  params: {
    ...CHANGES,
    api_version: apiVersion,
    connect,
    enabled_events: required(EVENTS),
    url: required(url),
  },
  async run(context, params) {
    await refuseTooMany(context);
    const object = newEndpoint(context, params);
    const extra = newEndpointExtra();
    const createdMs = context.now();
    await context.store.insert(WEBHOOK_ENDPOINT, { object, extra, createdMs });
    return { ...object, secret: extra.secrets[0]?.value };
  },
});

export const retrieveWebhookEndpoint = endpoint({
  returns: "webhook_endpoint",
  params: {},
  async run({ store }, _params, ids) {
    const id = onlyId(ids);
    const stored = await store.get(WEBHOOK_ENDPOINT, id);
    if (stored === null || stored.deleted) {
      throw noSuchPath(WEBHOOK_ENDPOINT.noun, id);
    }
    return stored.object;
  },
});

export const updateWebhookEndpoint = endpoint({
  returns: "webhook_endpoint",
  params: { ...CHANGES, disabled: boolean },
  async run({ store }, { disabled, ...change }, ids) {
    const id = onlyId(ids);
    const stored = await store.update(WEBHOOK_ENDPOINT, id, ({ object }) => ({
      object: {
        ...changed(object, change),
        ...(disabled !== undefined &&
          { status: disabled ? "disabled" as const : "enabled" as const }),
      },
    }));
    if (stored === null) throw noSuchPath(WEBHOOK_ENDPOINT.noun, id);
    return stored.object;
  },
});

export const deleteWebhookEndpoint = endpoint({
  returns: "webhook_endpoint",
  params: {},
  async run({ store }, _params, ids) {
    const id = onlyId(ids);
    return await store.untilWritten(async (writes) => {
      const stored = await store.get(WEBHOOK_ENDPOINT, id);
      if (stored === null || stored.deleted) {
        throw noSuchPath(WEBHOOK_ENDPOINT.noun, id);
      }
      writes.replace(WEBHOOK_ENDPOINT, stored, { deleted: true });
      return { id, object: "webhook_endpoint", deleted: true };
    });
  },
});

export const listWebhookEndpoints = endpoint({
  returns: "webhook_endpoint",
  many: true,
  params: PAGE,
  run: ({ store }, params) =>
    page(store, {
      collection: WEBHOOK_ENDPOINT,
      list: ["webhook_endpoints"],
      params,
      url: "/v1/webhook_endpoints",
    }),
});

type Change = Read<typeof CHANGES>;

/** An endpoint as it begins. */
export function newEndpoint(
  context: Context,
  params: Change & { url: string; enabled_events: string[] } & {
    api_version?: string;
  },
): ApiWebhookEndpoint {
  return {
    id: longId("we"),
    object: "webhook_endpoint",
    api_version: params.api_version ?? null,
    application: null,
    created: nowSec(context),
    description: params.description ?? null,
    enabled_events: params.enabled_events,
    livemode: false,
    metadata: mergeMetadata({}, params.metadata),
    status: "enabled",
    url: params.url,
  };
}

function changed(
  before: ApiWebhookEndpoint,
  { metadata: toMetadata, ...plain }: Change,
): ApiWebhookEndpoint {
  return {
    ...before,
    ...plain,
    metadata: mergeMetadata(before.metadata, toMetadata),
  };
}

async function refuseTooMany(context: Context): Promise<void> {
  if ((await allEndpoints(context)).length < MAX_ENDPOINTS) return;
  throw invalidRequest(
    `You have reached the maximum of ${MAX_ENDPOINTS} test webhook endpoints.`,
  );
}
