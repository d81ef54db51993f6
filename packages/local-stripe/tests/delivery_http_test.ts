import { assert, assertEquals } from "@std/assert";
import Stripe from "stripe";
import { createLocalStripe } from "../mod.ts";
import { serveLocalStripe } from "../serve.ts";
import { PAGES } from "./local_stripe.ts";

/** A test's HTTP server. */
function listen(answer: (request: Request) => Response | Promise<Response>) {
  const server = Deno.serve(
    { port: 0, hostname: "127.0.0.1", onListen: () => {} },
    answer,
  );
  const url = `http://127.0.0.1:${server.addr.port}/hooks`;
  return { url, [Symbol.asyncDispose]: () => server.shutdown() };
}

Deno.test("the server delivers in the background over HTTP", async () => {
  const arrived = Promise.withResolvers<[string, string | null]>();
  await using hook = listen(async (request) => {
    const signature = request.headers.get("Stripe-Signature");
    arrived.resolve([await request.text(), signature]);
    return new Response("ok");
  });
  const served = await serveLocalStripe({
    port: 0,
    host: "127.0.0.1",
    kvPath: ":memory:",
  });
  try {
    const { hostname, port } = new URL(served.url);
    const stripe = new Stripe("sk_test_local", {
      host: hostname,
      port,
      protocol: "http",
    });
    const { secret = "" } = await stripe.webhookEndpoints.create({
      url: hook.url,
      enabled_events: ["customer.created"],
    });
    const { id } = await stripe.customers.create({ name: "Acme" });
    const [body, signature] = await arrived.promise;
    const event = await stripe.webhooks.constructEventAsync(
      body,
      signature ?? "",
      secret,
    );
    assertEquals((event.data.object as Stripe.Customer).id, id);
  } finally {
    await served.close();
  }
});

Deno.test("a redirect is not followed", async () => {
  const paths: string[] = [];
  await using hook = listen((request) => {
    paths.push(new URL(request.url).pathname);
    return Response.redirect(new URL("/elsewhere", request.url), 307);
  });
  const failure = await failureAt(hook.url);
  assertEquals([paths, failure], [["/hooks"], "answered 307"]);
});

Deno.test("an answer after the timeout is a failure", async () => {
  const hanging = Promise.withResolvers<Response>();
  await using hook = listen(() => hanging.promise);
  const failure = await failureAt(hook.url);
  assertEquals(failure, "no answer within 0.1 s");
  hanging.resolve(new Response("late"));
});

Deno.test("a refused connection is a failure", async () => {
  let url = "";
  {
    await using hook = listen(() => new Response());
    url = hook.url;
  }
  assert(await failureAt(url));
});

/** The failure of the first delivery to a URL. */
async function failureAt(url: string): Promise<string | null | undefined> {
  using kv = await Deno.openKv(":memory:");
  const local = createLocalStripe({
    kv,
    pagesUrl: PAGES,
    webhookTimeoutMs: 100,
  });
  const stripe = new Stripe("sk_test_local", {
    httpClient: Stripe.createFetchHttpClient(local.fetch),
  });
  await stripe.webhookEndpoints.create({ url, enabled_events: ["*"] });
  await stripe.customers.create();
  await local.controls.drain();
  const { entries: [entry] } = await local.webhooks.log({ limit: 1 });
  return entry?.deliveries[0]?.attempts[0]?.failure;
}
