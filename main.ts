import { createServices } from "./compose.ts";
import { createApp } from "./lib/app.ts";
import { loadConfig, VARIABLES } from "./lib/config/config.ts";

/** The app reads the environment here and nowhere else. */
const config = loadConfig(
  Object.fromEntries(VARIABLES.map((name) => [name, Deno.env.get(name)])),
  { isTerminal: Deno.stderr.isTerminal() },
);

/** What the app runs on; `serve.ts` binds and closes it. */
export const { services } = await createServices(config);

/** The app, not started: `serve.ts` and `dev.ts` do that. */
export const app = createApp(services);
