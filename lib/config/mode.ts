import { urlHost } from "./addresses.ts";
import type { Config } from "./config.ts";

/** Which services are real and which are local. */
export interface Mode {
  /** `sandbox` if Stripe or sign-in is local, else the Stripe key's mode. */
  name: "sandbox" | "test" | "live";
  stripe: string;
  signIn: string;
}

/** Returns the mode, which the start prints and pages show in a bar. */
export function modeOf({ stripe, auth }: Config): Mode {
  const sandbox = stripe.mode === "sandbox" || auth.keys.kind === "sandbox";
  return {
    name: sandbox ? "sandbox" : stripe.mode,
    stripe: stripe.mode === "sandbox"
      ? "local Stripe, no real money"
      : stripe.apiBase !== null
      ? `Stripe at ${stripe.apiBase.origin}, ${stripe.mode} mode`
      : `Stripe, ${stripe.mode} mode`,
    signIn: auth.keys.kind === "sandbox" ? "local sign-in" : "your sign-in",
  };
}

/** Returns the lines printed at start: the URL and the mode. */
export function modeLines(config: Config): string[] {
  const { name, stripe, signIn } = modeOf(config);
  return [
    `Portico serves ${config.appUrl} (on ${
      urlHost(config.host)
    }:${config.port})`,
    `Mode: ${name}, with ${stripe} and ${signIn}`,
  ];
}
