import {
  assert,
  assertEquals,
  assertMatch,
  assertStringIncludes,
} from "@std/assert";
import { createLocalStripe } from "local-stripe";
import { VARIABLES } from "@/lib/config.ts";
import { createStore, openKv } from "@/lib/store.ts";
import { memberClaims, ORG } from "./app.ts";
import {
  deno,
  freePort,
  startServing,
  untilServed,
  withFolder,
} from "./serving.ts";
import { APP_URL, sessionToken, testKey } from "./tokens.ts";

Deno.test("serve says where it serves and in which mode, and ends on SIGTERM", () =>
  withFolder(async (folder) => {
    await using served = await startServing({
      KV_PATH: `${folder}/kv.sqlite3`,
    });
    await untilServed(served);
    served.process.kill("SIGTERM");
    const { code, printed } = await served.ended();
    assertEquals(code, 0);
    assertStringIncludes(printed, `Portico serves ${served.url}`);
    assertMatch(
      printed,
      /Mode: sandbox, with local Stripe.* and local sign-in/,
    );
  }));

Deno.test("SIGTERM lets a request in hand finish, and takes no other", () =>
  withFolder(async (folder) => {
    const kvPath = `${folder}/kv.sqlite3`;
    const stripeKv = await Deno.openKv(":memory:");
    const stripe = Deno.serve(
      { port: 0, hostname: "127.0.0.1", onListen: () => {} },
      (request) => local.handle(request),
    );
    const stripeUrl = `http://127.0.0.1:${stripe.addr.port}`;
    const local = createLocalStripe({ kv: stripeKv, pagesUrl: stripeUrl });
    const created = await local.fetch("https://stripe.example/v1/customers", {
      method: "POST",
      headers: { Authorization: "Bearer sk_test_1" },
    });
    const store = createStore(await openKv(kvPath));
    await store.linkCustomer(ORG, {
      stripeCustomerId: (await created.json()).id,
      createdAtMs: 1,
    });
    store.close();
    await using served = await startServing({
      APP_URL,
      AUTH_JWT_KEY: (await testKey()).pem,
      KV_PATH: kvPath,
      STRIPE_API_BASE: stripeUrl,
      STRIPE_SECRET_KEY: "sk_test_1",
      STRIPE_WEBHOOK_SECRET: "whsec_1",
    });
    await untilServed(served);
    local.controls.fail({ kind: "slow", delayMs: 1_000 });
    const token = await sessionToken({
      claims: memberClaims(),
      nowMs: Date.now(),
    });
    const inHand = fetch(`${served.url}/api/v1/account/billing-portal`, {
      method: "POST",
      headers: { Authorization: `Bearer ${token}` },
    });
    await new Promise((done) => setTimeout(done, 400));
    served.process.kill("SIGTERM");
    const answer = await inHand;
    assertEquals(answer.status, 200);
    await answer.body?.cancel();
    assertEquals((await served.ended()).code, 0);
    await stripe.shutdown();
    stripeKv.close();
  }));

Deno.test("a taken port is a clear error", () =>
  withFolder(async (folder) => {
    using taken = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    await using served = await startServing({
      KV_PATH: `${folder}/kv.sqlite3`,
      PORT: String(taken.addr.port),
    });
    const { code, printed } = await served.ended();
    assertEquals(code, 1);
    assertStringIncludes(printed, "Cannot serve: the port is taken.");
    assert(!printed.includes("    at "), printed);
  }));

Deno.test("a half-configured app names every problem and does not start", async () => {
  await using served = await startServing({
    STRIPE_SECRET_KEY: "sk_live_1",
    APP_URL: "https://app.example.com",
  });
  const { code, printed } = await served.ended();
  assertEquals(code, 1);
  assertStringIncludes(printed, "STRIPE_WEBHOOK_SECRET is missing");
  assertStringIncludes(printed, "STRIPE_SECRET_KEY is a live key");
  assertStringIncludes(printed, "APP_URL is not on this machine");
  assert(!printed.includes("    at "), printed);
});

Deno.test("a restart signs nobody out", () =>
  withFolder(async (folder) => {
    const env = { KV_PATH: `${folder}/kv.sqlite3`, PORT: String(freePort()) };
    const cookies = await (async () => {
      await using served = await startServing(env);
      await untilServed(served);
      return await signIn(served.url);
    })();
    await using again = await startServing(env);
    await untilServed(again);
    const page = await fetch(`${again.url}/organization`, {
      headers: { Cookie: cookies },
      redirect: "manual",
    });
    assertEquals(page.status, 200);
    await page.body?.cancel();
  }));

/** Signs the first person in, as the sign-in page's form does. */
async function signIn(url: string): Promise<string> {
  const response = await fetch(`${url}/sign-in`, {
    method: "POST",
    headers: { Origin: url },
    body: new URLSearchParams({
      user: "user_tilda_okonjo",
      organization: "org_northwind",
    }),
    redirect: "manual",
  });
  await response.body?.cancel();
  assertEquals(response.status, 303);
  return response.headers.getSetCookie().map((cookie) => cookie.split(";")[0])
    .join("; ");
}

Deno.test("serve is granted nothing to run, and one folder to write", async () => {
  const { tasks } = JSON.parse(await Deno.readTextFile("deno.json"));
  const grants = [...tasks.serve.matchAll(/(?:^|\s)"?(--?allow-[a-z]+|-A)\b/g)]
    .map(([, grant]) => grant);
  assertEquals(
    [...new Set(grants)].toSorted(),
    ["--allow-env", "--allow-net", "--allow-read", "--allow-write"],
  );
  assertStringIncludes(tasks.serve, '--allow-write="$(');
});

Deno.test("serve may read what the configuration and Fresh's build id need", async () => {
  const { tasks } = JSON.parse(await Deno.readTextFile("deno.json"));
  const granted = /--allow-env=(\S+)/.exec(tasks.serve)?.[1]?.split(",") ?? [];
  const buildId = ["DENO_DEPLOYMENT_ID", "GITHUB_SHA", "CI_COMMIT_SHA"];
  const missing = [...VARIABLES, ...buildId]
    .filter((name) => !granted.includes(name));
  assertEquals(missing, []);
});

Deno.test("the folder that serve may write is that of the store", async () => {
  const folderOf = async (kvPath: string) => {
    const args = ["run", "--allow-env=KV_PATH", "grants.ts"];
    const { stdout } = await deno(args, { KV_PATH: kvPath }).output();
    return new TextDecoder().decode(stdout).trim();
  };
  assertEquals(await folderOf(""), "data");
  assertEquals(await folderOf(":memory:"), "data");
  assertEquals(await folderOf("https://kv.example/db"), "data");
  assertEquals(await folderOf("/srv/a b/kv.sqlite3"), "/srv/a b/");
  assertEquals(await folderOf("kv.sqlite3"), ".");
});
