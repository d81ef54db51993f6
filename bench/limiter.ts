import { createLog } from "@/lib/log.ts";
import { createRateLimits } from "@/lib/http/rate_limit.ts";
import { createStore, openKv } from "@/lib/store/mod.ts";
import { applyPosting } from "@/lib/wallet/ledger.ts";
import { rateLimitHeaders } from "@/lib/http/rate_limit.ts";
import { compare, row } from "./figures.ts";
import { responsesPerSecond } from "./load.ts";
import { startServer } from "./servers.ts";
import type { Setting } from "./setting.ts";

/**
 * Measures the cost of rate limiting: per call, and as portal calls per second
 * with and without limits.
 */
export async function limiter(
  setting: Setting,
  portico: readonly string[],
): Promise<void> {
  const microseconds = await costOfCounting();
  console.log(
    `Rate limit per call, with headers: ${microseconds.toFixed(2)} µs`,
  );
  const env = await setting.environment("limits_on");
  const off = await setting.environment("limits_off");
  await using on = await startServer({ args: portico, env, path: "/healthz" });
  await using without = await startServer({
    args: portico,
    env: { ...off, RATE_LIMIT_SCALE: "0" },
    path: "/healthz",
  });
  const load = (url: string) => () =>
    responsesPerSecond({
      url: `${url}/api/v1/account/billing-portal`,
      method: "POST",
      headers: { Authorization: `Bearer ${setting.token}` },
    });
  const compared = await compare({
    ours: load(on.url),
    theirs: load(without.url),
  });
  const name = "Portal POST, with limits beside without";
  console.log(row(name, "a second", "shown", compared));
}

const CALLS = 200_000;
const ORGANIZATIONS = 1_000;

/** For a thousand organizations, each well within its limit. */
async function costOfCounting(): Promise<number> {
  const store = createStore(await openKv(":memory:"), applyPosting);
  const limits = createRateLimits({
    store,
    now: Date.now,
    scale: 100,
    trusted: [],
    log: createLog({ level: "error", format: "json" }),
  });
  const startMs = performance.now();
  for (let call = 0; call < CALLS; call++) {
    const { rateLimit } = await limits.countOrganization(
      `org_${call % ORGANIZATIONS}`,
    );
    rateLimitHeaders(rateLimit, Date.now());
  }
  const tookMs = performance.now() - startMs;
  store.close();
  return tookMs / CALLS * 1_000;
}
