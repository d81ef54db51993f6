import type { FreshConfig } from "fresh";
import type { BuildOptions } from "fresh/dev";

/** Proxy headers are ignored: `APP_URL` is the app's origin. */
export const appConfig: FreshConfig = { trustProxy: false };

export const buildOptions: BuildOptions = { target: "es2022" };
