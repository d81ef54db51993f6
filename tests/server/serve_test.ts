import { VERSION } from "@/lib/version.ts";
import {
  assert,
  assertEquals,
  assertMatch,
  assertStringIncludes,
} from "@std/assert";
import { VARIABLES } from "@/lib/config/config.ts";
import {
  deno,
  freePort,
  startOffline,
  startServing,
  untilServed,
  withFolder,
} from "@/tests/helpers/server_process.ts";
import { until } from "@/tests/helpers/until.ts";

Deno.test("serve prints its address and mode, and ends on SIGTERM", () =>
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

Deno.test("a restart keeps sessions signed in", () =>
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

/** Signs in the first test user. */
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

Deno.test("serve may run nothing and write to one folder", async () => {
  const { tasks } = JSON.parse(await Deno.readTextFile("deno.json"));
  const grants = [...tasks.serve.matchAll(/(?:^|\s)"?(--?allow-[a-z]+|-A)\b/g)]
    .map(([, grant]) => grant);
  assertEquals(
    [...new Set(grants)].toSorted(),
    ["--allow-env", "--allow-net", "--allow-read", "--allow-write"],
  );
  assertStringIncludes(tasks.serve, '--allow-write="$GRANT" ');
});

Deno.test("serve may read the environment variables of the configuration and Fresh's build id", async () => {
  const { tasks } = JSON.parse(await Deno.readTextFile("deno.json"));
  const run = tasks.serve.split("&& deno run").at(-1);
  const granted = /--allow-env=(\S+)/.exec(run)?.[1]?.split(",");
  const buildId = ["DENO_DEPLOYMENT_ID", "GITHUB_SHA", "CI_COMMIT_SHA"];
  assertEquals(granted?.toSorted(), [...VARIABLES, ...buildId].toSorted());
});

Deno.test("serve may write to the store's folder or file", async () => {
  const grantOf = async (kvPath: string) => {
    const args = [
      "run",
      "--no-config",
      "--allow-env=KV_PATH",
      "tasks/kv_folder.ts",
    ];
    const { stdout } = await deno(args, { KV_PATH: kvPath }).output();
    return new TextDecoder().decode(stdout).trim();
  };
  assertEquals(await grantOf(""), "data");
  assertEquals(await grantOf(":memory:"), "data");
  assertEquals(await grantOf("default"), "data");
  assertEquals(await grantOf("https://kv.example/db"), "data");
  assertEquals(await grantOf("/srv/a b/kv.sqlite3"), "/srv/a b/");
  assertEquals(await grantOf("kv.sqlite3"), "kv.sqlite3");
  assertEquals(await grantOf("./kv.sqlite3"), "./kv.sqlite3");
});

Deno.test("serve starts offline with an empty cache, on the default store", () =>
  withFolder(async (folder) => {
    await using served = await startOffline({
      KV_PATH: "default",
      DENO_DIR: `${folder}/deno`,
    });
    await untilServed(served);
    const ready = async () => (await fetch(`${served.url}/readyz`)).json();
    // A first check can time out on a busy machine.
    await until(async () => (await ready()).ok);
    assertEquals(await ready(), { ok: true, version: VERSION });
    served.process.kill("SIGTERM");
    const { code, printed } = await served.ended();
    assertEquals(code, 0);
    assert(!printed.includes("Download"), printed);
  }));

Deno.test("serve without a build says to build first", () =>
  withFolder(async (folder) => {
    const { tasks } = JSON.parse(await Deno.readTextFile("deno.json"));
    const config = JSON.stringify({ tasks: { serve: tasks.serve } });
    await Deno.writeTextFile(`${folder}/deno.json`, config);
    const { code, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["task", "--quiet", "serve"],
      cwd: folder,
      stderr: "piped",
    }).output();
    assertEquals(code, 1);
    assertEquals(
      new TextDecoder().decode(stderr),
      "Nothing to serve: run `deno task build` first.\n",
    );
  }));
