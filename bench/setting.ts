import { exportSPKI, generateKeyPair, SignJWT } from "jose";
import { createStore, openKv } from "@/lib/store/mod.ts";
import { applyPosting } from "@/lib/wallet/ledger.ts";

const ORG = "org_bench";

/** What both sides of a comparison are given, each in a copy of its own. */
export interface Setting {
  /** A signed-in admin of an organization that has a customer. */
  token: string;
  /** A new one for an admin of another organization. */
  tokenOf(orgId: string): Promise<string>;
  /** Variables of a live configuration, with a store of its own. */
  environment(name: string): Promise<Record<string, string>>;
}

/** Makes keys, a token that lasts for the run, and stores with a customer. */
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
        // Counted as ever, but never reached: a refusal would be no figure.
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
