/** A user signed in with a browser. */
export interface BrowserSession {
  userId: string;
  /** Null without an organization. */
  orgId: string | null;
  /** `sess_…`, shared by all tokens of the session. */
  sessionId: string;
  expiresAtMs: number;
}

/** The signed-in browsers, stored in the database. */
interface BrowserSessions {
  /**
   * Opens a session.
   *
   * @returns The secret id for the browser's cookie, and the session.
   */
  open(
    choice: { userId: string; orgId: string | null },
  ): Promise<{ id: string; session: BrowserSession }>;
  /**
   * Finds a session by the cookie's values.
   *
   * @returns Null if there is no session, or if the ids differ.
   */
  find(ids: readonly string[]): Promise<BrowserSession | null>;
  /** Ends the sessions; can be repeated. */
  close(ids: readonly string[]): Promise<void>;
}

/** 30 days from sign-in. */
export const BROWSER_SESSION_SEC = 30 * 24 * 60 * 60;

/** Opens the stored browser sessions. */
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
      // Deno KV may delete expired keys late, so `find` checks `expiresAtMs`.
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

/** Bounds the session cookies accepted in one request. */
const MAX_IDS = 4;

function keyOf(id: string): Deno.KvKey {
  return ["sandbox", "identity", "browser", id];
}

/** 128 random bits as 22 base64url characters. */
function randomId(): string {
  return crypto.getRandomValues(new Uint8Array(16))
    .toBase64({ alphabet: "base64url", omitPadding: true });
}
