import { assert, assertEquals, assertMatch } from "@std/assert";
import {
  displayPrefix,
  isWellFormedApiKey,
} from "@/lib/auth/api_key_format.ts";
import { createApiKey } from "@/lib/auth/api_keys.ts";
import { MAX_API_KEYS } from "@/lib/store/api_keys.ts";
import {
  authorization,
  memberClaims,
  openTestApp,
  ORG,
  type TestApp,
} from "@/tests/helpers/app.ts";
import { visitPage } from "@/tests/helpers/pages.ts";
import { APP_URL, sessionToken } from "@/tests/helpers/tokens.ts";

const PAGE = "/account/credentials";

/** A valid form: a key for a build server that reads billing. */
const BUILD = [["name", "Build server"], ["scopes", "billing:read"]] as const;

type Fields = readonly (readonly [string, string])[];

async function postForm(app: TestApp, fields: Fields) {
  const token = await sessionToken({
    claims: memberClaims(),
    nowMs: app.clock.nowMs,
  });
  const response = await app.fetch(PAGE, {
    method: "POST",
    headers: {
      Cookie: `__session=${token}`,
      Origin: APP_URL,
      Accept: "text/html",
    },
    body: new URLSearchParams(fields.map(([name, value]) => [name, value])),
  });
  const html = await response.text();
  const key = /portico_test_[0-9A-Za-z]{39}/.exec(html)?.[0] ?? null;
  return { response, html, key };
}

/** The hidden fields of the page's form. */
async function formOf(app: TestApp): Promise<readonly [string, string]> {
  const { html } = await visitPage(app, PAGE);
  const [, form = ""] = /name="form" value="([^"]+)"/.exec(html) ?? [];
  assert(form !== "");
  return ["form", form];
}

async function listed(app: TestApp) {
  return await app.services.store.listApiKeys(ORG);
}

async function statusWith(app: TestApp, key: string | null): Promise<number> {
  const response = await app.fetch("/api/v1/account/balance", {
    headers: { Authorization: `Bearer ${key}` },
  });
  await response.body?.cancel();
  await app.services.background.settled();
  return response.status;
}

Deno.test("the page creates a key and shows it once", async () => {
  await using app = await openTestApp();
  const { response, html, key } = await postForm(app, [
    ["name", "CI <1>"],
    ["scopes", "billing:read"],
    ["scopes", "usage:write"],
  ]);
  assertEquals(response.status, 200);
  assertEquals(response.headers.get("Cache-Control"), "no-store");
  assert(key !== null && isWellFormedApiKey(key, "test"));
  assertMatch(html, /CI &lt;1>/);
  const [credential] = await listed(app);
  assertEquals(credential?.scopes, ["billing:read", "usage:write"]);
  const again = await app.fetch(PAGE, { headers: await authorization() });
  const text = await again.text();
  assert(!text.includes(key));
  assert(!text.includes("<script"), "nothing to copy, so no script");
  assert(text.includes(displayPrefix(key)));
});

Deno.test("a repeated form creates no second key and says so", async () => {
  await using app = await openTestApp();
  const fields = [await formOf(app), ...BUILD];
  const { key } = await postForm(app, fields);
  app.clock.nowMs += 10_001;
  const { response } = await postForm(app, fields);
  assertEquals(response.status, 303);
  const location = response.headers.get("Location") ?? "";
  assertMatch(location, /^\/account\/credentials\?made=key_[0-9a-f]{32}$/);
  const { html, text } = await visitPage(app, location);
  assertMatch(
    text,
    /Build server was already created. No second key was created/,
  );
  assertMatch(html, /class="key key--marked"/);
  assertEquals((await listed(app)).length, 1);
  assertEquals(await statusWith(app, key), 200);
});

Deno.test("after a double click, only the displayed key works", async () => {
  await using app = await openTestApp();
  const fields = [await formOf(app), ...BUILD];
  const first = await postForm(app, fields);
  assert(!first.html.includes("submitted twice"));
  app.clock.nowMs += 300;
  const second = await postForm(app, fields);
  assertEquals(second.response.status, 200);
  assertMatch(
    second.html,
    /The form was submitted twice. Only this key is valid/,
  );
  assertEquals((await listed(app)).length, 1);
  assertEquals(await statusWith(app, first.key), 401);
  assertEquals(await statusWith(app, second.key), 200);
});

Deno.test("a double click creates the last allowed key", async () => {
  await using app = await openTestApp();
  for (let count = 1; count < MAX_API_KEYS; count++) {
    await postForm(app, BUILD);
  }
  const fields = [await formOf(app), ...BUILD];
  await postForm(app, fields);
  assertEquals((await postForm(app, fields)).response.status, 200);
  assertEquals((await listed(app)).length, MAX_API_KEYS);
});

Deno.test("one form sent many times concurrently leaves one key", async () => {
  await using app = await openTestApp();
  const fields = [await formOf(app), ...BUILD];
  const answers = await Promise.all(
    Array.from({ length: 8 }, () => postForm(app, fields)),
  );
  assertEquals((await listed(app)).length, 1);
  const statuses = await Promise.all(
    answers.map(({ key }) => statusWith(app, key)),
  );
  assertEquals(statuses.filter((status) => status === 200).length, 1);
});

Deno.test("a used key is kept when its form arrives again at once", async () => {
  await using app = await openTestApp();
  const fields = [await formOf(app), ...BUILD];
  const { key } = await postForm(app, fields);
  assertEquals(await statusWith(app, key), 200);
  app.clock.nowMs += 300;
  assertEquals((await postForm(app, fields)).response.status, 303);
  assertEquals(await statusWith(app, key), 200);
});

Deno.test("a form with other values creates another key", async () => {
  await using app = await openTestApp();
  const form = await formOf(app);
  const first = await postForm(app, [form, ...BUILD]);
  const others: Fields = [["name", "Nightly job"], ["scopes", "billing:read"]];
  const second = await postForm(app, [form, ...others]);
  assertEquals((await listed(app)).length, 2);
  assertEquals(await statusWith(app, first.key), 200);
  assertEquals(await statusWith(app, second.key), 200);
});

Deno.test("a repeated form does not restore a revoked key", async () => {
  await using app = await openTestApp();
  const fields = [await formOf(app), ...BUILD];
  await postForm(app, fields);
  const [credential] = await listed(app);
  await postForm(app, [["revoke", credential?.id ?? ""]]);
  const { response } = await postForm(app, fields);
  const { text } = await visitPage(app, response.headers.get("Location") ?? "");
  assertMatch(text, /already created a key, which was then revoked/);
  assertEquals(await listed(app), []);
});

Deno.test("the double-submit record contains no key", async () => {
  await using app = await openTestApp();
  const fields = [await formOf(app), ...BUILD];
  const made = [await postForm(app, fields), await postForm(app, fields)];
  for (const { key } of made) {
    const secret = key?.slice(displayPrefix(key).length) ?? "";
    assertEquals(secret.length > 30, true);
    for await (const entry of app.kv.list({ prefix: [] })) {
      assert(!Deno.inspect(entry, { depth: 9 }).includes(secret));
    }
    assert(!app.lines.join().includes(secret));
  }
});

Deno.test("an invalid form keeps its values", async () => {
  await using app = await openTestApp();
  const noScope = await postForm(app, [["name", "Nightly job"]]);
  assertEquals(noScope.response.status, 400);
  assertMatch(noScope.html, /Select at least one permission/);
  assertMatch(noScope.html, /value="Nightly job"/);
  assertMatch(noScope.html, /type="checkbox"[^>]*autofocus/);
  const noName = await postForm(app, [["name", " "], [
    "scopes",
    "usage:write",
  ]]);
  assertMatch(noName.html, /Enter a name/);
  assertMatch(noName.html, /value="usage:write" checked/);
  assertMatch(noName.html, /type="text"[^>]*aria-invalid="true"/);
  assertEquals(await listed(app), []);
});

Deno.test("the page revokes a key, and a repeated form is accepted", async () => {
  await using app = await openTestApp();
  const { apiKey, key } = await createApiKey(app.services, {
    orgId: ORG,
    createdBy: "user_1",
    name: "Test",
    scopes: ["billing:read"],
  });
  for (let time = 1; time <= 2; time++) {
    const { response } = await postForm(app, [["revoke", apiKey.id]]);
    assertEquals(response.status, 303);
    assertEquals(response.headers.get("Location"), `${PAGE}?revoked`);
    assertEquals(await statusWith(app, key), 401);
  }
  const { text } = await visitPage(app, `${PAGE}?revoked`);
  assertMatch(text, /API key revoked/);
});

Deno.test("the page cannot revoke another organization's key", async () => {
  await using app = await openTestApp();
  const { apiKey, key } = await createApiKey(app.services, {
    orgId: "org_other",
    createdBy: "user_1",
    name: "Test",
    scopes: ["billing:read"],
  });
  await postForm(app, [["revoke", apiKey.id]]);
  assertEquals(await statusWith(app, key), 200);
});

Deno.test("the page shows no keys to a role that cannot manage them", async () => {
  await using app = await openTestApp({ BILLING_ROLES: "org:owner" });
  await createApiKey(app.services, {
    orgId: ORG,
    createdBy: "user_1",
    name: "Test",
    scopes: ["billing:read"],
  });
  const shown = await app.fetch(PAGE, { headers: await authorization() });
  const html = await shown.text();
  assertMatch(html, /Only admins can see and create API keys/);
  assert(!html.includes("portico_test_"));
  const made = await postForm(app, BUILD);
  assertEquals(made.response.status, 403);
});

Deno.test("the page creates a key that expires, and shows when", async () => {
  await using app = await openTestApp();
  await postForm(app, [...BUILD, ["expires_in_days", "30"]]);
  const [apiKey] = await listed(app);
  const lifeMs = 30 * 24 * 60 * 60 * 1000;
  assertEquals(apiKey?.expiresAtMs, app.clock.nowMs + lifeMs);
  assertMatch((await visitPage(app, PAGE)).text, /Expires September 2, 2026/);
  app.clock.nowMs += lifeMs;
  const { text, html } = await visitPage(app, PAGE);
  assertMatch(text, /Expired September 2, 2026/);
  assert(!html.includes('name="rotate"'), "an expired key cannot be rotated");
  const invalid = await postForm(app, [...BUILD, ["expires_in_days", "soon"]]);
  assertEquals(invalid.response.status, 400);
  assertMatch(invalid.html, /Choose an expiration from the list/);
});

Deno.test("the page edits a key and keeps the values of an invalid form", async () => {
  await using app = await openTestApp();
  await postForm(app, BUILD);
  const id = (await listed(app))[0]?.id ?? "";
  const { response } = await postForm(app, [
    ...[["change", id], ["name", "Worker"], ["scopes", "usage:write"]] as const,
  ]);
  assertEquals(response.status, 303);
  assertEquals(response.headers.get("Location"), `${PAGE}?changed=${id}`);
  const after = await visitPage(app, `${PAGE}?changed=${id}`);
  assertMatch(after.text, /Worker was updated/);
  assertMatch(after.html, /class="key key--marked"/);
  const refused = await postForm(app, [["change", id], ["name", "Night job"]]);
  assertEquals(refused.response.status, 400);
  assertMatch(refused.html, /<details[^>]* open/);
  assertMatch(refused.html, /value="Night job"/);
  const [apiKey] = await listed(app);
  assertEquals([apiKey?.name, apiKey?.scopes], ["Worker", ["usage:write"]]);
});

Deno.test("the page rotates a key and shows a call with the new prefix", async () => {
  await using app = await openTestApp();
  const { key: formerKey } = await postForm(app, BUILD);
  const id = (await listed(app))[0]?.id ?? "";
  const { response, html, key } = await postForm(app, [["rotate", id]]);
  assertEquals(response.status, 200);
  assertEquals(response.headers.get("Cache-Control"), "no-store");
  assert(key !== null && key !== formerKey);
  assertMatch(html, /The previous key works until/);
  const call = `curl ${APP_URL}/api/v1/account/balance \\\n` +
    `  -H "Authorization: Bearer ${displayPrefix(key)}…"`;
  assert(html.includes(call.replaceAll('"', "&quot;")) || html.includes(call));
  assertEquals(await statusWith(app, formerKey), 200);
  assertEquals(await statusWith(app, key), 200);
  const again = await postForm(app, [["rotate", id]]);
  assertMatch(again.html, /This key was already rotated/);
  assertEquals((await listed(app)).length, 2);
});

Deno.test("the example of a key that only charges is a charge", async () => {
  await using app = await openTestApp();
  const { html } = await postForm(app, [
    ...[["name", "Meter"], ["scopes", "usage:write"]] as const,
  ]);
  assertMatch(html, /curl https:\/\/\S+\/api\/v1\/billing\/charges/);
  assertMatch(html, /Idempotency-Key/);
});
