import { internalsOf } from "./context.ts";
import type { Middleware } from "./types.ts";

/** Options of {@linkcode csp}. */
export interface CSPOptions {
  /** Report violations without blocking them. */
  reportOnly?: boolean;
  /** The URL for reports. */
  reportTo?: string;
  /** Directives that replace defaults of the same name or are added. */
  csp?: string[];
  /** Replace `'unsafe-inline'` with the nonce of a rendered page. */
  useNonce?: boolean;
}

const DEFAULT_DIRECTIVES = [
  "default-src 'self'",
  "script-src 'self' 'unsafe-inline'",
  "style-src 'self' 'unsafe-inline'",
  "font-src 'self'",
  "img-src 'self' data:",
  "media-src 'self' data: blob:",
  "worker-src 'self' blob:",
  "connect-src 'self'",
  "object-src 'none'",
  "base-uri 'self'",
  "form-action 'self'",
  "frame-ancestors 'none'",
  "upgrade-insecure-requests",
];

/**
 * Adds a content security policy to the response of `next()`. As in Fresh,
 * responses for thrown errors get no header, and a response with immutable
 * headers makes it throw.
 */
export function csp<State>(options: CSPOptions = {}): Middleware<State> {
  const name = options.reportOnly
    ? "Content-Security-Policy-Report-Only"
    : "Content-Security-Policy";
  const directives = directivesOf(options);
  const policy = directives.join("; ");
  return async (ctx) => {
    const response = await ctx.next();
    const { rendered, nonce } = internalsOf(ctx);
    const value = options.useNonce && rendered
      ? withNonce(directives, nonce)
      : policy;
    response.headers.set(name, value);
    if (options.reportTo !== undefined) {
      response.headers.set(
        "Reporting-Endpoints",
        `csp-endpoint="${options.reportTo}"`,
      );
    }
    return response;
  };
}

function directivesOf({ csp = [], reportTo }: CSPOptions): string[] {
  const replaced = new Set(csp.map(nameOf));
  const defaults = DEFAULT_DIRECTIVES.filter((it) => !replaced.has(nameOf(it)));
  const reports = reportTo === undefined
    ? []
    : ["report-to csp-endpoint", `report-uri ${reportTo}`];
  return [...defaults, ...csp, ...reports];
}

function nameOf(directive: string): string {
  return directive.trim().split(/\s/, 1)[0] ?? "";
}

const NONCE_DIRECTIVES = /^(?:script|style|default)-src/;

/** A page without inline scripts and styles has no nonce. */
function withNonce(directives: string[], nonce: string | undefined): string {
  const source = `'nonce-${nonce ?? crypto.randomUUID().replaceAll("-", "")}'`;
  return directives
    .map((directive) =>
      NONCE_DIRECTIVES.test(directive)
        ? directive.replaceAll("'unsafe-inline'", source)
        : directive
    )
    .join("; ");
}
