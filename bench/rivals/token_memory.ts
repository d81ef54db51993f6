import { importSPKI, jwtVerify } from "jose";

/**
 * The least that remembers verified tokens: who the organization is, for a
 * minute at most.
 */
export async function createTokenMemory(pem: string) {
  const key = await importSPKI(pem, "RS256");
  const known = new Map<string, { orgId: string; untilMs: number }>();
  return async (token: string): Promise<string> => {
    const session = known.get(token);
    if (session !== undefined && Date.now() < session.untilMs) {
      return session.orgId;
    }
    const { payload } = await jwtVerify(token, key, { algorithms: ["RS256"] });
    const { id } = payload["o"] as { id: string };
    const untilMs = Math.min((payload.exp ?? 0) * 1000, Date.now() + 60_000);
    known.set(token, { orgId: id, untilMs });
    return id;
  };
}
