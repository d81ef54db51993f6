import { Builder } from "fresh/dev";
import { buildOptions } from "./fresh.config.ts";

/** `build` writes the production build; otherwise serves and reloads. */
const builder = new Builder(buildOptions);
if (Deno.args.includes("build")) {
  await builder.build();
} else {
  const { services } = await import("./main.ts");
  const { modeLines } = await import("./lib/mode.ts");
  const { host: hostname, port } = services.config;
  await builder.listen(() => import("./main.ts"), { hostname, port });
  modeLines(services.config).forEach((line) => console.log(line));
}
