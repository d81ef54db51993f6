import { Buffer } from "node:buffer";
import { generateKeyPairSync, sign } from "node:crypto";
import { createServices } from "@/compose.ts";
import { createApp } from "@/lib/app.ts";
import { loadConfig } from "@/lib/config/config.ts";
import { guard, type ServeHandler } from "@/lib/http/guard.ts";
import type { Log } from "@/lib/log.ts";
import type { Services } from "@/lib/services.ts";
import { appBuild } from "@/tests/helpers/app_build.ts";
import type { Actor, Scheduler } from "./scheduler.ts";

export const APP_URL = "https://app.simulation";
export const WEBHOOK_SECRET = "whsec_simulation";
const ISSUER = "https://issuer.simulation";

const { privateKey, publicKey } = generateKeyPairSync("ed25519");

/** A response that arrived, with its body as text. */
export interface Answer {
  status: number;
  headers: Headers;
  text: string;
}

/** An app process: its services and caches, on the shared store. */
export class AppProcess implements Actor {
  alive = true;
  readonly #died = Promise.withResolvers<null>();

  private constructor(
    readonly name: string,
    readonly services: Services,
    private readonly scheduler: Scheduler,
    private readonly handler: ServeHandler,
  ) {}

  static async start(
    scheduler: Scheduler,
    { name, ...parts }: {
      name: string;
      kv: Deno.Kv;
      stripeFetch: typeof fetch;
      now: () => number;
      log: Log;
    },
  ): Promise<AppProcess> {
    const config = loadConfig({
      APP_URL,
      AUTH_JWT_KEY: String(publicKey.export({ type: "spki", format: "pem" })),
      AUTH_ISSUER: ISSUER,
      KV_PATH: ":memory:",
      RATE_LIMIT_SCALE: "0",
      STRIPE_SECRET_KEY: "sk_test_simulation",
      STRIPE_WEBHOOK_SECRET: WEBHOOK_SECRET,
    });
    const { services } = await createServices(config, parts);
    const app = createApp(services);
    (await appBuild())(app);
    return new AppProcess(name, services, scheduler, guard(app.handler()));
  }

  /** @returns Null if the process died before it answered. */
  request(path: string, init: RequestInit): Promise<Answer | null> {
    return this.run(async () => {
      const response = await this.handler(
        new Request(`${APP_URL}${path}`, init),
        CONNECTION,
      );
      const { status, headers } = response;
      return { status, headers, text: await response.text() };
    });
  }

  /** Runs code as this process. @returns Null if it died during the call. */
  async run<T>(work: () => Promise<T>): Promise<T | null> {
    if (!this.alive) return null;
    const running = this.scheduler.scope.run(this, work);
    return await Promise.race([running, this.#died.promise]);
  }

  kill(): void {
    this.scheduler.kill(this);
    this.#died.resolve(null);
  }
}

const CONNECTION: Deno.ServeHandlerInfo = {
  remoteAddr: { transport: "tcp", hostname: "127.0.0.1", port: 40_000 },
  completed: Promise.resolve(),
};

/** A session token of an organization's admin. */
export function sessionToken(orgId: string, nowMs: number): string {
  const nowSec = Math.floor(nowMs / 1_000);
  const claims = {
    azp: APP_URL,
    iss: ISSUER,
    sub: `user_${orgId}`,
    sid: "sess_1",
    v: 2,
    iat: nowSec - 30,
    nbf: nowSec - 30,
    exp: nowSec + 60,
    sts: "active",
    o: { id: orgId, rol: "admin", slg: orgId },
  };
  const input = [{ alg: "EdDSA", typ: "JWT" }, claims]
    .map((part) => Buffer.from(JSON.stringify(part)).toString("base64url"))
    .join(".");
  const signature = sign(null, Buffer.from(input), privateKey);
  return `${input}.${signature.toString("base64url")}`;
}
