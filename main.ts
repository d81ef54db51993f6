import { createServices } from "./compose.ts";
import { createApp } from "./lib/app.ts";
import { loadConfig, VARIABLES } from "./lib/config/config.ts";

/** Reads the app's variables. */
const config = loadConfig(
  Object.fromEntries(VARIABLES.map((name) => [name, Deno.env.get(name)])),
  { isTerminal: Deno.stderr.isTerminal() },
);

/** The app's services; `serve.ts` closes them. */
export const { services } = await createServices(config);

/** The app; `serve.ts` and `dev.ts` start it. */
export const app = createApp(services);
