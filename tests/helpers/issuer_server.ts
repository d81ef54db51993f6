import { issuerOf } from "./issuers.ts";
import { sessionToken, testKey } from "./tokens.ts";

/** An issuer like Auth0 that serves its key set over HTTP. */
export interface IssuerServer extends AsyncDisposable {
  /** The variables that name the issuer. */
  environment: {
    AUTH_JWKS_URL: string;
    AUTH_ISSUER: string;
    AUTH_AUDIENCE: string;
  };
  /** Creates an access token of an organization's member. */
  tokenOf(orgId: string): Promise<string>;
}

/** Starts an issuer for the audience of `AUTH_AUDIENCE`. */
export async function startIssuer(): Promise<IssuerServer> {
  const { publicJwk } = await testKey();
  const server = Deno.serve(
    { port: 0, hostname: "127.0.0.1", onListen: () => {} },
    () => Response.json({ keys: [publicJwk] }),
  );
  const issuer = `http://127.0.0.1:${server.addr.port}/`;
  const audience = "https://billing.example.com/api";
  const { shape, membership } = issuerOf("auth0");
  return {
    environment: {
      AUTH_JWKS_URL: `${issuer}.well-known/jwks.json`,
      AUTH_ISSUER: issuer,
      AUTH_AUDIENCE: audience,
    },
    tokenOf: (orgId) =>
      sessionToken({
        shape,
        claims: { ...membership(orgId), iss: issuer, aud: [audience] },
        nowMs: Date.now(),
      }),
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}
