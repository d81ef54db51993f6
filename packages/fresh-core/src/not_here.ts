import type { Context } from "./context.ts";
import type { Middleware } from "./types.ts";

/** Throws for an export that exists only so that imports of it load. */
export function notHere(name: string): never {
  throw new Error(
    `Cannot use ${name}: packages/fresh-core does not have it, delete ` +
      '"links" in deno.json for the published package',
  );
}

/** Options of {@linkcode cors}. */
export interface CORSOptions<State> {
  origin?:
    | string
    | string[]
    | ((origin: string, ctx: Context<State>) => string | null | undefined);
  allowMethods?: string[];
  allowHeaders?: string[];
  exposeHeaders?: string[];
  /** In seconds. */
  maxAge?: number;
  credentials?: boolean;
}

/** @throws {Error} Always. The published package implements it. */
export function cors<State>(_options?: CORSOptions<State>): Middleware<State> {
  return notHere("cors()");
}

/** Addresses and address blocks of {@linkcode ipFilter}. */
export interface IpFilterRules {
  denyList?: string[];
  allowList?: string[];
}

/** Options of {@linkcode ipFilter}. */
export interface IpFilterOptions<State> {
  onBlocked?: (
    remote: { addr: string; type: "IPv4" | "IPv6" },
    ctx: Context<State>,
  ) => Response | Promise<Response>;
}

/** @throws {Error} Always. The published package implements it. */
export function ipFilter<State>(
  _rules: IpFilterRules,
  _options?: IpFilterOptions<State>,
): Middleware<State> {
  return notHere("ipFilter()");
}
