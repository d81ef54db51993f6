import { importSPKI, jwtVerify } from "jose";

/**
 * A minimal cache of verified session tokens: resolves a token to its
 * organization, and reuses the result for at most a minute.
 */
export async function createTokenCache(pem: string) {
  const key = await importSPKI(pem, "RS256");
  const cache = new Map<string, { orgId: string; untilMs: number }>();
  return async (token: string): Promise<string> => {
    const session = cache.get(token);
    if (session !== undefined && Date.now() < session.untilMs) {
      return session.orgId;
    }
    const { payload } = await jwtVerify(token, key, { algorithms: ["RS256"] });
    const { id } = payload["o"] as { id: string };
    const untilMs = Math.min((payload.exp ?? 0) * 1000, Date.now() + 60_000);
    cache.set(token, { orgId: id, untilMs });
    return id;
  };
}
