import { assert, assertEquals } from "@std/assert";
import { createStore, openKv } from "@/lib/store/mod.ts";
import { applyPosting } from "@/lib/wallet/ledger.ts";
import { memberClaims, ORG } from "@/tests/helpers/app.ts";
import { concurrentTests } from "@/tests/helpers/concurrent.ts";
import {
  type Served,
  startAlone,
  startGroup,
  startServing,
  untilServed,
  withFolder,
} from "@/tests/helpers/server_process.ts";
import { environmentOf, openStripe } from "@/tests/helpers/two_processes.ts";
import { sessionToken } from "@/tests/helpers/tokens.ts";
import { until } from "@/tests/helpers/until.ts";

const test = concurrentTests();

const PROBE = "GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n";

/** A form post that never ends. */
const ENDLESS = "POST /sign-in HTTP/1.1\r\nHost: 127.0.0.1\r\n" +
  "Sec-Fetch-Site: same-origin\r\nContent-Length: 100\r\n" +
  "Content-Type: application/x-www-form-urlencoded\r\n\r\nuser=";

/** A form post without its last 7 bytes. */
const HALF_FORM = "POST /language HTTP/1.1\r\nHost: 127.0.0.1\r\n" +
  "Sec-Fetch-Site: same-origin\r\nContent-Length: 11\r\n" +
  "Content-Type: application/x-www-form-urlencoded\r\n\r\nlang";

async function say(connection: Deno.Conn, text: string): Promise<void> {
  await connection.write(new TextEncoder().encode(text));
}

/** The status line, or an empty string once the connection is closed. */
async function answerAt(connection: Deno.Conn): Promise<string> {
  const bytes = new Uint8Array(2_048);
  const length = await connection.read(bytes) ?? 0;
  const text = new TextDecoder().decode(bytes.subarray(0, length));
  return text.split("\r\n")[0] ?? "";
}

/** Null if the server no longer listens. */
async function statusOf(url: string): Promise<number | null> {
  try {
    const response = await fetch(url);
    await response.body?.cancel();
    return response.status;
  } catch (error) {
    if (error instanceof TypeError) return null;
    throw error;
  }
}

const DRAINS = [
  { name: "10 s", more: {}, mostMs: 10_000 },
  {
    name: "5 s on Deno Deploy",
    more: { DENO_DEPLOYMENT_ID: "abc" },
    mostMs: 5_000,
  },
];

for (const { name, more, mostMs } of DRAINS) {
  test(`SIGTERM stops new requests and drains for at most ${name}`, () =>
    withFolder(async (folder) => {
      const env = { KV_PATH: `${folder}/kv.sqlite3`, ...more };
      await using served = await startServing(env);
      await untilServed(served);
      const port = Number(new URL(served.url).port);
      using idle = await Deno.connect({ port });
      await say(idle, PROBE);
      assertEquals(await answerAt(idle), "HTTP/1.1 200 OK");
      using inHand = await Deno.connect({ port });
      await say(inHand, ENDLESS);
      await wait(300);
      const stoppedAtMs = performance.now();
      served.process.kill("SIGTERM");
      assertEquals(await answerAt(idle), "", "idle connections must close");
      assert([null, 503].includes(await statusOf(`${served.url}/healthz`)));
      assertEquals((await served.ended()).code, 1);
      const tookMs = performance.now() - stoppedAtMs;
      const inTime = tookMs > mostMs / 2 && tookMs < mostMs + 3_000;
      assert(inTime, `it took ${tookMs} ms`);
    }));
}

/** Ways in which stop signals reach the process. */
const STOPS: Record<string, (served: Served) => Promise<void>> = {
  "SIGTERM to the process group": ({ process }) => {
    Deno.kill(-process.pid, "SIGTERM");
    return Promise.resolve();
  },
  "SIGTERM twice": async ({ process }) => {
    process.kill("SIGTERM");
    await wait(100);
    process.kill("SIGTERM");
  },
  "SIGINT twice within a second": async ({ process }) => {
    process.kill("SIGINT");
    await wait(100);
    process.kill("SIGINT");
  },
};

for (const [name, stop] of Object.entries(STOPS)) {
  test(`${name} lets 12 requests in flight finish`, () =>
    withHeldPortal(async ({ env, openPortal, untilHeld, release }) => {
      await using served = await startGroup(env);
      await untilServed(served);
      const inFlight = Array.from({ length: 12 }, () => openPortal(served.url));
      await untilHeld(12);
      await stop(served);
      await wait(300);
      release();
      const statuses = await Promise.all(inFlight);
      assertEquals(statuses, Array.from({ length: 12 }, () => 200));
      assertEquals((await served.ended()).code, 0);
    }));
}

test("SIGTERM lets a body that is still arriving end", () =>
  withFolder(async (folder) => {
    await using served = await startServing({
      KV_PATH: `${folder}/kv.sqlite3`,
    });
    await untilServed(served);
    using slow = await Deno.connect({ port: Number(new URL(served.url).port) });
    await say(slow, HALF_FORM);
    await wait(300);
    served.process.kill("SIGTERM");
    await wait(500);
    assert([null, 503].includes(await statusOf(`${served.url}/healthz`)));
    await say(slow, "uage=de");
    assertEquals(await answerAt(slow), "HTTP/1.1 303 See Other");
    assertEquals((await served.ended()).code, 0);
  }));

test("a second SIGINT more than a second later ends the process", () =>
  withHeldPortal(async ({ env, openPortal, untilHeld }) => {
    await using served = await startAlone(env);
    await untilServed(served);
    const inFlight = openPortal(served.url).catch(() => 0);
    await untilHeld(1);
    served.process.kill("SIGINT");
    await wait(1_200);
    served.process.kill("SIGINT");
    assertEquals(await inFlight, 0);
    assertEquals((await served.ended()).code, 1);
  }));

/** Portal requests that wait for Stripe's response. */
interface HeldPortal {
  env: Record<string, string>;
  /** Requests a portal session and returns the status. */
  openPortal(url: string): Promise<number>;
  /** Waits until this many requests have reached Stripe. */
  untilHeld(requests: number): Promise<void>;
  /** Lets Stripe respond. */
  release(): void;
}

async function withHeldPortal(use: (held: HeldPortal) => Promise<void>) {
  const stripe = await openStripe();
  const gate = Promise.withResolvers<void>();
  let held = 0;
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    async (request) => {
      held++;
      await gate.promise;
      const response = await stripe.local.fetch(request);
      // The app refuses URLs of another origin than the API's.
      const { origin } = new URL(request.url);
      const text = (await response.text()).replaceAll(stripe.url, origin);
      return new Response(text, { status: response.status });
    },
  );
  const url = `http://127.0.0.1:${server.addr.port}`;
  try {
    await withFolder(async (folder) => {
      const kvPath = `${folder}/kv.sqlite3`;
      await linkCustomer(kvPath, stripe.local.fetch);
      const claims = memberClaims();
      const token = await sessionToken({ claims, nowMs: Date.now() });
      await use({
        env: { ...await environmentOf(url, kvPath), RATE_LIMIT_SCALE: "0" },
        async openPortal(url) {
          const answer = await fetch(`${url}/api/v1/account/billing-portal`, {
            method: "POST",
            headers: { Authorization: `Bearer ${token}` },
          });
          await answer.body?.cancel();
          return answer.status;
        },
        untilHeld: (requests) => until(() => held >= requests),
        release: gate.resolve,
      });
    });
  } finally {
    gate.resolve();
    await server.shutdown();
    await stripe.close();
  }
}

async function linkCustomer(kvPath: string, fetchStripe: typeof fetch) {
  const created = await fetchStripe("https://stripe.example/v1/customers", {
    method: "POST",
    headers: { Authorization: "Bearer sk_test_1" },
  });
  const store = createStore(await openKv(kvPath), applyPosting);
  await store.linkCustomer(ORG, {
    stripeCustomerId: (await created.json()).id,
    createdAtMs: 1,
  });
  store.close();
}

function wait(ms: number): Promise<void> {
  return new Promise((done) => setTimeout(done, ms));
}
