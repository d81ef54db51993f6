import { assertMatch } from "@std/assert";
import { serveLocalStripe } from "../serve.ts";
import { run } from "./toolchain.ts";

/** Stripe's library on PyPI. */
const LIBRARY = "stripe==16.1.0";

Deno.test("a customer's life with stripe-python", async () => {
  const folder = await Deno.makeTempDir();
  const served = await serveLocalStripe({
    port: 0,
    host: "127.0.0.1",
    kvPath: ":memory:",
  });
  try {
    await run("python3", ["-m", "venv", folder]);
    const python = `${folder}/bin/python`;
    const flags = ["--quiet", "--no-compile", "--disable-pip-version-check"];
    await run(python, ["-m", "pip", "install", ...flags, LIBRARY]);
    const life = new URL("life.py", import.meta.url).pathname;
    const printed = await run(python, ["-B", life, served.url]);
    assertMatch(printed, /all steps passed/);
  } finally {
    await served.close();
    await Deno.remove(folder, { recursive: true });
  }
});
