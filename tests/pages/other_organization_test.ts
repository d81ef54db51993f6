import { assert, assertEquals, assertMatch } from "@std/assert";
import { createApiKey } from "@/lib/auth/api_keys.ts";
import {
  memberClaims,
  openTestApp,
  ORG,
  type TestApp,
} from "@/tests/helpers/app.ts";
import { visitPage } from "@/tests/helpers/pages.ts";
import { storeSubscription } from "@/tests/helpers/subscriptions.ts";
import { NOW_MS, sessionToken } from "@/tests/helpers/tokens.ts";

const OTHER = "org_other";
/** A form that any member may send; it syncs the session's organization. */
const REFRESH = "/organization/check";

/** Submits a form after a switch to another organization in another tab. */
async function submit(
  app: TestApp,
  action: string,
  { orgId = OTHER, fields = {} }: {
    orgId?: string;
    fields?: Record<string, string>;
  } = {},
): Promise<Response> {
  const token = await sessionToken({ claims: memberClaims({ orgId }) });
  return await app.fetch(action, {
    method: "POST",
    headers: {
      Accept: "text/html",
      Cookie: `__session=${token}`,
      "Sec-Fetch-Site": "same-origin",
    },
    body: new URLSearchParams(fields),
  });
}

/** Returns the targets of a page's forms; a button's replaces its form's. */
async function formsOf(app: TestApp, path: string): Promise<string[]> {
  const { html } = await visitPage(app, path);
  const forms = html.matchAll(
    /<form[^>]* method="post" action="([^"]*)".*?<\/form>/gs,
  );
  const actions = [...forms].flatMap(([form, action = ""]) => {
    const byButton = [...form.matchAll(/ formaction="([^"]*)"/gi)];
    return byButton.length > 0 ? byButton.map(([, to = ""]) => to) : action;
  });
  return [...new Set(actions)].filter((action) => action !== REFRESH);
}

/** Pages with forms, which depend on the subscription. */
const PAGES = {
  ending: ["/organization", "/organization/keep", "/organization/api-keys"],
  ended: ["/organization", "/pricing", "/account", "/organization/usage"],
};

for (const [state, paths] of Object.entries(PAGES)) {
  for (const path of paths) {
    Deno.test(`a form of ${path} is refused in another organization (${state})`, async () => {
      await using app = await openTestApp();
      const ended = { status: "canceled", cancelAtMs: NOW_MS } as const;
      const ending = { cancelAtMs: NOW_MS + 1_000 };
      await storeSubscription(app, state === "ended" ? ended : ending);
      const actions = await formsOf(app, path);
      assert(actions.length > 0);
      for (const action of actions) {
        const response = await submit(app, action);
        assertEquals(response.status, 409, action);
        assertMatch(await response.text(), /another organization/);
      }
    });
  }
}

Deno.test("a key is revoked by a form of its organization only", async () => {
  await using app = await openTestApp();
  const { apiKey } = await createApiKey(app.services, {
    orgId: ORG,
    createdBy: "user_1",
    name: "Backend",
    scopes: ["usage:write"],
  });
  const [action = ""] = await formsOf(app, "/organization/api-keys");
  const fields = { revoke: apiKey.id };
  const refused = await submit(app, action, { fields });
  assertEquals(refused.status, 409);
  await refused.body?.cancel();
  const { store } = app.services;
  assertEquals((await store.listApiKeys(ORG)).length, 1);
  const revoked = await submit(app, action, { fields, orgId: ORG });
  assertEquals(revoked.status, 303);
  assertEquals(
    revoked.headers.get("Location"),
    "/organization/api-keys?revoked",
  );
  assertEquals(await store.listApiKeys(ORG), []);
});

Deno.test("the script of a page names the page's organization in a header", async () => {
  await using app = await openTestApp();
  const token = await sessionToken({ claims: memberClaims({ orgId: OTHER }) });
  const checkout = async (organization: string) => {
    const response = await app.fetch("/api/v1/operations/payment/checkout", {
      method: "POST",
      headers: {
        "Content-Type": "application/json",
        Cookie: `__session=${token}`,
        "Portico-Organization": organization,
        "Sec-Fetch-Site": "same-origin",
      },
      body: JSON.stringify({ plan: "pro", interval: "month" }),
    });
    await response.body?.cancel();
    return response.status;
  };
  assertEquals(await checkout(ORG), 409);
  assertEquals(await checkout(OTHER), 200);
});
