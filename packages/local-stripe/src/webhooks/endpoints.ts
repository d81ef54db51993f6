import { noSuchPath } from "../api/errors.ts";
import { mergeMetadata } from "../api/metadata.ts";
import { type Context, nowSec } from "../context.ts";
import {
  type Collection,
  orderAt,
  type StoredObject,
} from "../store/collections.ts";
import { longId, randomText } from "../store/ids.ts";

/** A webhook endpoint as the API returns it; only its creation returns the secret. */
export interface ApiWebhookEndpoint {
  id: string;
  object: "webhook_endpoint";
  api_version: string | null;
  application: null;
  created: number;
  description: string | null;
  enabled_events: string[];
  livemode: false;
  metadata: Record<string, string>;
  status: "enabled" | "disabled";
  url: string;
}

/** A signing secret; `expiresMs` is set once it has been replaced. */
export interface SigningSecret {
  value: string;
  expiresMs: number | null;
}

/** `made` orders the creation among events, by the machine's clock. */
export type EndpointExtra = { secrets: SigningSecret[]; made: string };
export type StoredEndpoint = StoredObject<ApiWebhookEndpoint, EndpointExtra>;

export const WEBHOOK_ENDPOINT: Collection<ApiWebhookEndpoint, EndpointExtra> = {
  name: "webhook_endpoint",
  noun: "webhook endpoint",
  lists: () => [["webhook_endpoints"]],
};

/** Maximum number of endpoints of an account in test mode. */
export const MAX_ENDPOINTS = 16;

/** An enabled endpoint. */
export function newEndpoint(
  context: Context,
  params: Pick<ApiWebhookEndpoint, "enabled_events" | "url"> & {
    api_version?: string;
    description?: string | null;
    metadata?: Record<string, string> | null;
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

/** All endpoints, oldest first. */
export async function allEndpoints(
  context: Context,
): Promise<StoredEndpoint[]> {
  const { store } = context;
  const ids = await store.ids(["webhook_endpoints"], {
    limit: 2 * MAX_ENDPOINTS,
    newestFirst: false,
  });
  const endpoints = await Promise.all(
    ids.map(({ id }) => store.get(WEBHOOK_ENDPOINT, id)),
  );
  return endpoints.filter((stored) => stored !== null);
}

/** Reports whether an endpoint gets an event: it is enabled, older than the event and subscribes. */
export function subscribes(
  { object, extra }: StoredEndpoint,
  event: { type: string; emitted: string },
): boolean {
  const { enabled_events: types, status } = object;
  return status === "enabled" && extra.made < event.emitted &&
    (types.includes("*") || types.includes(event.type));
}

/** The valid secrets, newest first; each of them signs a delivery. */
export function liveSecrets(extra: EndpointExtra, nowMs: number): string[] {
  return extra.secrets
    .filter(({ expiresMs }) => expiresMs === null || expiresMs > nowMs)
    .map(({ value }) => value);
}

function newSecret(): SigningSecret {
  return { value: `whsec_${randomText(32)}`, expiresMs: null };
}

/** The stored extra data of a new endpoint. */
export function newEndpointExtra(): EndpointExtra {
  return { secrets: [newSecret()], made: orderAt(Date.now()) };
}

/** Maximum time for which a replaced secret remains valid. */
const MAX_OVERLAP_MS = 24 * 3_600_000;

/**
 * Replaces an endpoint's secret. The old one remains valid for `overlapMs`, at most a day.
 *
 * @returns The new secret.
 * @throws {ApiError} 404 for an unknown endpoint.
 */
export async function rollSecret(
  context: Context,
  endpointId: string,
  overlapMs: number,
): Promise<string> {
  const nowMs = context.now();
  const endMs = nowMs + Math.min(overlapMs, MAX_OVERLAP_MS);
  const created = newSecret();
  const stored = await context.store.update(
    WEBHOOK_ENDPOINT,
    endpointId,
    ({ extra }) => {
      const replaced = extra.secrets
        .filter(({ expiresMs }) => expiresMs === null || expiresMs > nowMs)
        .map(({ expiresMs, value }) => ({
          value,
          expiresMs: expiresMs ?? endMs,
        }));
      return { extra: { ...extra, secrets: [created, ...replaced] } };
    },
  );
  if (stored === null) throw noSuchPath(WEBHOOK_ENDPOINT.noun, endpointId);
  return created.value;
}

/** The secrets of the enabled endpoint with this URL, which is created if necessary. */
export async function endpointSecrets(
  context: Context,
  url: string,
): Promise<string[]> {
  const found = (await allEndpoints(context)).find(({ object }) =>
    object.url === url && object.status === "enabled"
  );
  const extra = found?.extra ?? newEndpointExtra();
  if (found === undefined) {
    const object = newEndpoint(context, {
      url,
      enabled_events: ["*"],
      description: "The app beside this local Stripe",
    });
    const createdMs = context.now();
    await context.store.insert(WEBHOOK_ENDPOINT, { object, extra, createdMs });
  }
  return liveSecrets(extra, context.now());
}
