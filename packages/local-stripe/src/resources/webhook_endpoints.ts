import { API_VERSION } from "../api/auth.ts";
import { invalidRequest, notImplemented } from "../api/errors.ts";
import { merge } from "../api/merge.ts";
import { metadata } from "../api/metadata.ts";
import * as p from "../api/params.ts";
import { insertObject, resource, updateObject } from "../api/resource.ts";
import {
  allEndpoints,
  MAX_ENDPOINTS,
  newEndpoint,
  newEndpointExtra,
  WEBHOOK_ENDPOINT,
} from "../webhooks/endpoints.ts";
import { EVENT_TYPES } from "../webhooks/event_types.ts";

const EVENTS = p.list(p.oneOf("*", ...EVENT_TYPES), 500);

// Events of other API versions have other shapes.
const apiVersion = p.reader<typeof API_VERSION>((value, at) => {
  if (value === API_VERSION) return API_VERSION;
  const known = typeof value === "string" && /^\d{4}-\d\d-\d\d/.test(value);
  if (known) throw notImplemented(`events of the API version ${value}`);
  throw invalidRequest(`Invalid ${at}: must be ${API_VERSION}`, { param: at });
});

const connect = p.reader<false>((value, at) => {
  if (p.boolean.read(value, at)) throw notImplemented("connected accounts");
  return false;
});

const CHANGES = {
  description: p.nullable(p.text()),
  enabled_events: EVENTS,
  metadata,
  url: p.url,
};

export const webhookEndpoints = resource(WEBHOOK_ENDPOINT, {
  path: "/v1/webhook_endpoints",
  list: {},
  create: {
    params: {
      ...CHANGES,
      api_version: apiVersion,
      connect,
      enabled_events: p.required(EVENTS),
      url: p.required(p.url),
    },
    async run(context, params) {
      if ((await allEndpoints(context)).length >= MAX_ENDPOINTS) {
        throw invalidRequest(
          `You have reached the maximum of ${MAX_ENDPOINTS} test webhook endpoints.`,
        );
      }
      const object = newEndpoint(context, params);
      const extra = newEndpointExtra();
      await insertObject(context, WEBHOOK_ENDPOINT, { object, extra });
      return { ...object, secret: extra.secrets[0]?.value };
    },
  },
  update: {
    params: { ...CHANGES, disabled: p.boolean },
    async run(context, { disabled, ...change }, id) {
      const status = disabled === undefined
        ? {}
        : { status: disabled ? "disabled" : "enabled" };
      const stored = await updateObject(
        context,
        WEBHOOK_ENDPOINT,
        id,
        ({ object }) => ({ object: merge(object, { ...change, ...status }) }),
      );
      return stored.object;
    },
  },
  delete: {},
});
