/** Somebody signed in with one browser. */
export interface BrowserSession {
  userId: string;
  /** Null: without an organization. */
  orgId: string | null;
  /** `sess_…`; stays the same over every token of the session. */
  sessionId: string;
  expiresAtMs: number;
}

/** Which browsers are signed in, kept in the store. */
export interface BrowserSessions {
  /** @returns The secret id for the browser's cookie, and the session. */
  open(
    choice: { userId: string; orgId: string | null },
  ): Promise<{ id: string; session: BrowserSession }>;
  /** The session that the ids name; null when none does, or two differ. */
  find(ids: readonly string[]): Promise<BrowserSession | null>;
  /** Ends every session that is named; repeat it freely. */
  close(ids: readonly string[]): Promise<void>;
}

/** 30 days from sign-in. */
export const BROWSER_SESSION_SEC = 30 * 24 * 60 * 60;

/** Makes the register of signed-in browsers. */
export function createBrowserSessions(
  { kv, now }: { kv: Deno.Kv; now: () => number },
): BrowserSessions {
  return {
    async open({ userId, orgId }) {
      const id = randomId();
      const session: BrowserSession = {
        userId,
        orgId,
        sessionId: `sess_${randomId()}`,
        expiresAtMs: now() + BROWSER_SESSION_SEC * 1000,
      };
      // The store drops it some time after; until then the value tells.
      const expireIn = BROWSER_SESSION_SEC * 1000;
      await kv.set(keyOf(id), session, { expireIn });
      return { id, session };
    },
    async find(ids) {
      const [id, ...others] = ids;
      if (id === undefined || others.some((other) => other !== id)) return null;
      if (!ID.test(id)) return null;
      const { value } = await kv.get<BrowserSession>(keyOf(id));
      return value !== null && now() < value.expiresAtMs ? value : null;
    },
    async close(ids) {
      for (const id of ids.filter((id) => ID.test(id)).slice(0, MAX_IDS)) {
        await kv.delete(keyOf(id));
      }
    },
  };
}

const ID = /^[A-Za-z0-9_-]{22}$/;

/** Of the cookies of one name in one request. */
const MAX_IDS = 4;

function keyOf(id: string): Deno.KvKey {
  return ["sandbox", "identity", "browser", id];
}

/** 128 random bits, in 22 characters. */
function randomId(): string {
  return crypto.getRandomValues(new Uint8Array(16))
    .toBase64({ alphabet: "base64url", omitPadding: true });
}
