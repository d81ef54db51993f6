import { assertEquals } from "@std/assert";
import { type Answer, sessionToken } from "./app_process.ts";
import { broken } from "./shadow.ts";
import { type PaymentName, PAYMENTS, type PortalAct } from "./steps.ts";
import type { OrgLog, World } from "./world.ts";

/** Attempts of a person who sees an error page, or a program that retries. */
const ATTEMPTS = 3;
const PAUSE_MS = 4_000;

interface Sent extends RequestInit {
  /** An API key; a session token of the organization by default. */
  bearer?: string;
}

/** One request to any process. @returns Null if no answer arrived. */
export async function send(
  world: World,
  org: OrgLog,
  path: string,
  { bearer, headers, ...init }: Sent = {},
): Promise<Answer | null> {
  const { scheduler } = world;
  const token = bearer ?? sessionToken(org.id, scheduler.nowMs);
  const answer = await world.anyProcess()?.request(path, {
    ...init,
    headers: { Authorization: `Bearer ${token}`, ...headers as object },
  }) ?? null;
  const method = init.method ?? "GET";
  scheduler.note(`${org.id} ${method} ${path}: ${answer?.status ?? "broken"}`);
  return answer;
}

/** Repeats a request until the app answers without an internal error. */
export async function insist(
  world: World,
  org: OrgLog,
  path: string,
  init: Sent = {},
): Promise<Answer | null> {
  for (let attempt = 1;; attempt++) {
    const answer = await send(world, org, path, init);
    if (answer !== null && answer.status < 500) return answer;
    if (attempt === ATTEMPTS) return answer;
    await world.scheduler.sleep("tries again", PAUSE_MS);
  }
}

function json(body: unknown, headers: Record<string, string> = {}): Sent {
  return {
    method: "POST",
    headers: { "Content-Type": "application/json", ...headers },
    body: JSON.stringify(body),
  };
}

const PERSON = { email: "ada@example.com", name: "Ada Okonjo", country: "GB" };
const BANK = { method: "bank", routing: "110000000" };
const CARD = { expiry: "04 / 39", cvc: "123" };

/** Opens a checkout for a plan or a pack, and pays. */
export async function checkOut(
  world: World,
  org: OrgLog,
  { choice, pays, returns }: {
    choice: Record<string, string>;
    pays: PaymentName;
    returns: boolean;
  },
): Promise<void> {
  const path = "/api/v1/operations/payment/checkout";
  const answer = await insist(world, org, path, json(choice));
  if (answer?.status !== 200) return;
  const { url } = JSON.parse(answer.text);
  if (url.includes("/p/session/")) {
    const { plan = "", interval = "" } = choice;
    await changePlan(world, org, url, `${plan}_${interval}`);
    if (returns) await send(world, org, "/organization");
    return;
  }
  const back = await pay(world, url, pays);
  if (back === null || !returns) return;
  await send(world, org, back.pathname + back.search);
}

/** @returns The return URL; null if the payment was refused. */
async function pay(
  { stripe }: World,
  url: string,
  pays: PaymentName,
): Promise<URL | null> {
  const method = PAYMENTS[pays];
  const by = "account" in method ? BANK : CARD;
  const paid = await stripe.visit(url, { ...PERSON, ...by, ...method });
  const asked = paid.headers.get("Location") ?? "";
  const done = asked.endsWith("/verify")
    ? await stripe.visit(asked, { outcome: "complete" })
    : paid;
  const back = URL.parse(done.headers.get("Location") ?? "");
  return back?.pathname === "/organization" ? back : null;
}

/** Opens the portal, does one thing there, and may return. */
export async function visitPortal(
  world: World,
  org: OrgLog,
  { returns, ...action }: PortalAct & { returns: boolean },
): Promise<void> {
  const { stripe } = world;
  const path = "/api/v1/account/billing-portal";
  const answer = await insist(world, org, path, json({}));
  if (answer?.status !== 200) return;
  const { url } = JSON.parse(answer.text);
  const subscription = liveSubscription(world, org)?.id ?? "none";
  if (action.act === "change") {
    const { plan, interval } = action;
    await changePlan(world, org, url, `${plan}_${interval}`);
  } else if (action.act === "card") {
    const card = { ...PERSON, ...CARD, ...PAYMENTS[action.card] };
    await stripe.visit(`${url}/card`, card);
  } else if (action.act === "pay") {
    for (const invoice of stripe.all<Invoice>("invoice")) {
      if (invoice.status !== "open") continue;
      await stripe.visit(`${url}/invoices/${invoice.id}/pay`, {});
    }
  } else {
    const form = { reason: "unused" };
    await stripe.visit(`${url}/plans/${subscription}/${action.act}`, form);
  }
  if (returns) await send(world, org, "/organization");
}

interface Invoice {
  id: string;
  status: string;
}

async function changePlan(
  world: World,
  org: OrgLog,
  url: string,
  lookupKey: string,
): Promise<void> {
  const { stripe } = world;
  const subscription = liveSubscription(world, org);
  const price = stripe.all<{ id: string; lookup_key: string | null }>("price")
    .find((one) => one.lookup_key === lookupKey);
  if (subscription === undefined || price === undefined) return;
  const form = { price: price.id, quantity: "1" };
  const confirm = `${url}/plans/${subscription.id}/confirm`;
  const answer = await stripe.visit(confirm, form);
  const isAsked = (await answer.text()).includes("Verify your payment");
  if (isAsked) await stripe.visit(confirm, { ...form, outcome: "complete" });
}

interface Subscription {
  id: string;
  customer: string;
  status: string;
}

export function liveSubscription(
  { stripe }: World,
  org: OrgLog,
): Subscription | undefined {
  const customers = customersOf(stripe, org);
  return stripe.all<Subscription>("subscription").find(({ customer, status }) =>
    customers.includes(customer) && status !== "canceled" &&
    status !== "incomplete_expired"
  );
}

interface Customer {
  id: string;
  metadata: Record<string, string>;
}

/** The organization's customers that are not deleted. */
export function customersOf(
  stripe: World["stripe"],
  { id }: OrgLog,
): string[] {
  return stripe.all<Customer>("customer")
    .filter(({ deleted, metadata }) =>
      !deleted && metadata["organization"] === id
    )
    .map((customer) => customer.id);
}

/** Charges concurrently with one key, and repeats until it is answered. */
export async function charge(
  world: World,
  org: OrgLog,
  { tokens, key, calls }: { tokens: number; key: number; calls: number },
): Promise<void> {
  const idempotencyKey = `job-${key}`;
  const headers = { "Idempotency-Key": idempotencyKey };
  const body = { tokens, description: `Usage of ${org.id}` };
  org.attempted.set(idempotencyKey, tokens);
  const bearer = org.keys.find(({ revoked }) => !revoked)?.secret;
  const by = key % 2 === 0 && bearer !== undefined ? { bearer } : {};
  const path = "/api/v1/billing/charges";
  await Promise.all(Array.from({ length: calls }, async () => {
    const init = { ...json(body, headers), ...by };
    const answer = await insist(world, org, path, init);
    if (answer?.status !== 200 && answer?.status !== 201) return;
    acknowledge(world, org, idempotencyKey, JSON.parse(answer.text));
  }));
}

function acknowledge(
  { shadow }: World,
  org: OrgLog,
  key: string,
  { id, tokens }: { id: string; tokens: number },
): void {
  const former = org.acknowledged.get(key);
  if (former !== undefined && former.entryId !== id) {
    throw broken(`${key} of ${org.id} was charged twice`);
  }
  org.acknowledged.set(key, { entryId: id, tokens });
  const entry = shadow.ledger(org.id).find((one) => one.id === id);
  const taken = entry && 0 - entry.granted - entry.purchased;
  if (taken !== tokens) {
    throw broken(`the charge ${key} of ${org.id} is acknowledged, not stored`);
  }
}

export async function createKey(world: World, org: OrgLog): Promise<void> {
  const scopes = ["usage:write", "billing:read"];
  const body = { name: `key ${org.keys.length + 1}`, scopes };
  const path = "/api/v1/account/credentials";
  const answer = await send(world, org, path, json(body));
  if (answer?.status !== 201) return;
  const { id, key } = JSON.parse(answer.text);
  org.keys.push({ id, secret: key, revoked: false });
}

export async function revokeKey(world: World, org: OrgLog): Promise<void> {
  const key = org.keys.find(({ revoked }) => !revoked);
  if (key === undefined) return;
  const path = `/api/v1/account/credentials/${key.id}`;
  const answer = await insist(world, org, path, { method: "DELETE" });
  // Without an answer it may be revoked or not, so it is used no more.
  org.keys = org.keys.filter((one) => one !== key);
  if (answer === null || answer.status >= 300) return;
  org.keys.push({ ...key, revoked: true });
}

/** The API's answers belong to the organization that asks. */
export async function readPage(
  world: World,
  org: OrgLog,
  page: "balance" | "history" | "organization" | "account",
): Promise<void> {
  const path = page === "balance"
    ? "/api/v1/account/balance"
    : page === "history"
    ? "/api/v1/billing/history?limit=100"
    : `/${page}`;
  const answer = await send(world, org, path);
  if (answer === null) return;
  const other = world.orgs.find(({ id }) =>
    id !== org.id && new RegExp(`\\b${id}\\b`).test(answer.text)
  );
  if (other) throw broken(`${org.id} sees something of ${other.id}`);
  // A deletion that was interrupted erases the wallet before its ledger.
  if (page !== "history" || answer.status !== 200 || org.deleted) return;
  const { items } = JSON.parse(answer.text) as { items: { id: string }[] };
  const own = new Set(world.shadow.ledger(org.id).map(({ id }) => id));
  assertEquals(items.filter(({ id }) => !own.has(id)), []);
}
