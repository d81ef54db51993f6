import type { Config } from "./config.ts";

/** What stands in for the outside in this process, in a person's words. */
export interface Mode {
  /** `sandbox` if anything stands in, else Stripe's own mode. */
  name: "sandbox" | "test" | "live";
  stripe: string;
  signIn: string;
}

/** Tells a configuration's mode, for the start and for the bar on pages. */
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

/** What a start prints: where it serves, and in which mode. */
export function modeLines(config: Config): string[] {
  const { name, stripe, signIn } = modeOf(config);
  const bound = config.host.includes(":") ? `[${config.host}]` : config.host;
  return [
    `Portico serves ${config.appUrl} (on ${bound}:${config.port})`,
    `Mode: ${name}, with ${stripe} and ${signIn}`,
  ];
}
