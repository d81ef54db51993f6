import { assert, assertEquals } from "@std/assert";
import { createLog, type LogOptions } from "@/lib/log.ts";

function collect(options: Omit<LogOptions, "write">) {
  const lines: string[] = [];
  const log = createLog({ ...options, write: (line) => lines.push(line) });
  return { log, lines };
}

Deno.test("a line below the level is not written", () => {
  const { log, lines } = collect({ level: "warn", format: "text" });
  log.info("quiet");
  log.warn("heard");
  assertEquals(lines, ["WARN  heard"]);
});

Deno.test("a JSON line carries time, level, message and fields", () => {
  const { log, lines } = collect({ level: "debug", format: "json" });
  log.info("opened", { orgId: "org_a", none: undefined });
  const { time, ...line } = JSON.parse(lines[0] ?? "");
  assert(!Number.isNaN(Date.parse(time)));
  assertEquals(line, { level: "info", message: "opened", orgId: "org_a" });
});

Deno.test("an error is logged with its chain of causes and no other property", () => {
  const { log, lines } = collect({ level: "debug", format: "json" });
  const cause = Object.assign(new TypeError("reset"), { card: "4242" });
  log.error("failed", {}, new Error("no answer", { cause }));
  const { error } = JSON.parse(lines[0] ?? "");
  assertEquals(error, "Error: no answer ← TypeError: reset");
  assert(!lines[0]?.includes("4242"));
});

Deno.test("a thrown value that is not an error is logged by its type only", () => {
  const { log, lines } = collect({ level: "debug", format: "text" });
  log.error("failed", {}, "a secret, thrown");
  assertEquals(lines, ['ERROR failed error="string"']);
});
