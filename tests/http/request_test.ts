import { assertEquals, assertRejects } from "@std/assert";
import { BillingError } from "@/lib/errors.ts";
import {
  BODY_LIMIT_BYTES,
  ByteBudget,
  readForm,
  readJson,
  readText,
} from "@/lib/http/request.ts";

function request(body: BodyInit | null, type?: string): Request {
  return new Request("https://billing.example/", {
    method: "POST",
    body,
    headers: type === undefined ? {} : { "Content-Type": type },
  });
}

/** The error code of a refused body. */
async function refusal(reading: Promise<unknown>): Promise<string> {
  return (await assertRejects(() => reading, BillingError)).code;
}

Deno.test("readJson() accepts JSON with or without media type parameters", async () => {
  const types = ["application/json", "Application/JSON; charset=utf-8"];
  for (const type of types) {
    assertEquals(await readJson(request('{"a":1}', type)), { a: 1 });
  }
});

Deno.test("readJson() treats an empty body as an empty object", async () => {
  assertEquals(await readJson(request(null)), {});
  assertEquals(await readJson(request("", "application/json")), {});
});

Deno.test("readJson() refuses other media types and non-objects", async () => {
  const form = "application/x-www-form-urlencoded";
  assertEquals(
    await refusal(readJson(request("a=1", form))),
    "unsupported_media_type",
  );
  for (const text of ["{a:1}", "[]", "null", "1"]) {
    const reading = readJson(request(text, "application/json"));
    assertEquals(await refusal(reading), "validation_error");
  }
});

Deno.test("a body is counted to the byte as it arrives", async () => {
  const wrapped = (text: string) => JSON.stringify({ a: text });
  const room = (BODY_LIMIT_BYTES - wrapped("").length) / 2;
  const fits = wrapped("é".repeat(room));
  const stream = (text: string) =>
    request(new Blob([text]).stream(), "application/json");
  assertEquals(JSON.stringify(await readJson(stream(fits))), fits);
  assertEquals(
    await refusal(readJson(stream(`${fits} `))),
    "payload_too_large",
  );
});

Deno.test("a character split across chunks is decoded", async () => {
  const bytes = new TextEncoder().encode('{"a":"é"}');
  const chunks = new ReadableStream<Uint8Array<ArrayBuffer>>({
    start(controller) {
      for (const byte of bytes) controller.enqueue(new Uint8Array([byte]));
      controller.close();
    },
  });
  assertEquals(await readJson(request(chunks, "application/json")), {
    a: "é",
  });
});

Deno.test("readForm() accepts only form posts", async () => {
  const type = "application/x-www-form-urlencoded;charset=UTF-8";
  const form = await readForm(request("user=a+b&to=%2Fx", type));
  assertEquals([form.get("user"), form.get("to")], ["a b", "/x"]);
  assertEquals(
    await refusal(readForm(request("{}", "application/json"))),
    "unsupported_media_type",
  );
});

/** A body that stalls after its first bytes and records its cancellation. */
function stalling(bytes: number) {
  const state = { cancelled: false };
  const body = new ReadableStream<Uint8Array<ArrayBuffer>>({
    start: (controller) => controller.enqueue(new Uint8Array(bytes)),
    cancel: () => {
      state.cancelled = true;
    },
  });
  return { state, request: request(body) };
}

Deno.test("a stalled body times out", async () => {
  const { request, state } = stalling(10);
  const reading = readText(request, { timeoutMs: 50 });
  assertEquals(await refusal(reading), "request_timeout");
  assertEquals(state.cancelled, true);
});

Deno.test("a body over the limit is not read to the end", async () => {
  const { request, state } = stalling(11);
  const reading = readText(request, { limitBytes: 10 });
  assertEquals(await refusal(reading), "payload_too_large");
  assertEquals(state.cancelled, true);
});

Deno.test("bodies share a byte budget until disposed", async () => {
  const budget = new ByteBudget(100);
  const read = (bytes: number) => {
    const share = budget.share();
    const body = "x".repeat(bytes);
    return { share, reading: readText(request(body), { share }) };
  };
  const first = read(60);
  assertEquals((await first.reading).length, 60);
  const second = read(60);
  assertEquals(await refusal(second.reading), "unavailable");
  second.share[Symbol.dispose]();
  first.share[Symbol.dispose]();
  const third = read(100);
  assertEquals((await third.reading).length, 100);
});
