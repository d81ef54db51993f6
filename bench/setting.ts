import { exportSPKI, generateKeyPair, SignJWT } from "jose";
import { createStore, openKv } from "@/lib/store/mod.ts";
import { applyPosting } from "@/lib/wallet/ledger.ts";

const ORG = "org_bench";

/** Tokens and configurations for both sides of a comparison. */
export interface Setting {
  /** Session token of an admin whose organization has a customer. */
  token: string;
  /** Creates a session token of another organization's admin. */
  tokenOf(orgId: string): Promise<string>;
  /** Creates the environment of a live configuration with a new store. */
  environment(name: string): Promise<Record<string, string>>;
}

/** Creates a signing key, and a token that is valid for the run. */
export async function makeSetting(
  { folder, stripeUrl }: { folder: string; stripeUrl: string },
): Promise<Setting> {
  const keys = await generateKeyPair("RS256", { extractable: true });
  const pem = await exportSPKI(keys.publicKey);
  return {
    token: await signToken(keys.privateKey, ORG),
    tokenOf: (orgId) => signToken(keys.privateKey, orgId),
    async environment(name) {
      const kvPath = `${folder}/${name}.sqlite3`;
      await seed(kvPath);
      return {
        APP_URL: "https://app.example.com",
        AUTH_JWT_KEY: pem,
        KV_PATH: kvPath,
        LOG_LEVEL: "error",
        // Requests are counted, but the limit is never reached.
        RATE_LIMIT_SCALE: "1000000",
        STRIPE_API_BASE: stripeUrl,
        STRIPE_SECRET_KEY: "sk_test_bench",
        STRIPE_WEBHOOK_SECRET: "whsec_bench",
      };
    },
  };
}

async function signToken(key: CryptoKey, orgId: string): Promise<string> {
  const nowSec = Math.floor(Date.now() / 1000);
  return await new SignJWT({
    azp: "https://app.example.com",
    nbf: nowSec - 10,
    o: { id: orgId, rol: "admin", slg: "bench" },
    sid: "sess_bench",
    sts: "active",
    v: 2,
  }).setProtectedHeader({ alg: "RS256", typ: "JWT", kid: "bench" })
    .setSubject("user_bench")
    .setIssuedAt(nowSec)
    .setExpirationTime(nowSec + 590)
    .sign(key);
}

async function seed(kvPath: string): Promise<void> {
  const store = createStore(await openKv(kvPath), applyPosting);
  await store.linkCustomer(ORG, {
    stripeCustomerId: "cus_bench",
    createdAtMs: Date.now(),
  });
  store.close();
}
