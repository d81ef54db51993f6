import type { Context } from "../context.ts";
import type { ApiEvent } from "./event_emitter.ts";
import { randomText } from "../store/ids.ts";
import {
  type Collection,
  orderAt,
  type StoredObject,
} from "../store/collections.ts";

/** A webhook endpoint as the API shows it; its secret is shown only when it is made. */
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

/** A signing secret; `expiresMs` is set on one that has been replaced and still counts for a while. */
export interface SigningSecret {
  value: string;
  expiresMs: number | null;
}

/** `made` is its place among all that happened here, by this machine's clock. */
export type EndpointExtra = { secrets: SigningSecret[]; made: string };
export type StoredEndpoint = StoredObject<ApiWebhookEndpoint, EndpointExtra>;

export const WEBHOOK_ENDPOINT: Collection<ApiWebhookEndpoint, EndpointExtra> = {
  name: "webhook_endpoint",
  noun: "webhook endpoint",
  lists: () => [["webhook_endpoints"]],
};

/** As many as an account may have in test mode. */
export const MAX_ENDPOINTS = 16;

/** All endpoints that there are, oldest first. */
export async function allEndpoints(
  context: Context,
): Promise<StoredEndpoint[]> {
  const { store } = context;
  const ids = await store.ids(["webhook_endpoints"], {
    limit: 2 * MAX_ENDPOINTS,
    newestFirst: false,
  });
  const rows = await Promise.all(
    ids.map(({ id }) => store.get(WEBHOOK_ENDPOINT, id)),
  );
  return rows.filter((stored) => stored !== null);
}

/** Whether an endpoint is to hear of an event: one that it subscribes to, from when it was there. */
export function subscribes(
  { object, extra }: StoredEndpoint,
  event: { type: string; emitted: string },
): boolean {
  const { enabled_events: types, status } = object;
  return status === "enabled" && extra.made < event.emitted &&
    (types.includes("*") || types.includes(event.type));
}

/** The secrets that a delivery is signed with now, the newest first. */
export function liveSecrets(extra: EndpointExtra, nowMs: number): string[] {
  return extra.secrets
    .filter(({ expiresMs }) => expiresMs === null || expiresMs > nowMs)
    .map(({ value }) => value);
}

/** A new signing secret, the whole of which is the key. */
export function newSecret(): SigningSecret {
  return { value: `whsec_${randomText(32)}`, expiresMs: null };
}

/** What belongs to an endpoint beside what the API shows. */
export function newEndpointExtra(): EndpointExtra {
  return { secrets: [newSecret()], made: orderAt(Date.now()) };
}

/** The longest that a replaced secret goes on counting. */
const OVERLAP_MS = 24 * 3_600_000;

/** Replaces an endpoint's secret; the old one counts for as long as it is told, a day at most. */
export function rolled(
  extra: EndpointExtra,
  at: { nowMs: number; overlapMs: number },
): EndpointExtra {
  const expiresMs = at.nowMs + Math.min(at.overlapMs, OVERLAP_MS);
  const replaced = extra.secrets
    .filter((secret) =>
      secret.expiresMs === null || secret.expiresMs > at.nowMs
    )
    .map((secret) => ({ ...secret, expiresMs: secret.expiresMs ?? expiresMs }));
  return { ...extra, secrets: [newSecret(), ...replaced] };
}

/** The JSON text that is sent and signed. */
export function payloadOf(event: ApiEvent): string {
  return JSON.stringify(event, null, 2);
}
