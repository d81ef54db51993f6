import type { FreshConfig } from "fresh";
import type { BuildOptions } from "fresh/dev";

/** How the app runs: proxies are not believed, `APP_URL` says who we are. */
export const appConfig: FreshConfig = { trustProxy: false };

/** How it is built. */
export const buildOptions: BuildOptions = { target: "es2022" };
