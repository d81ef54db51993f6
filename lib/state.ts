import { createDefine } from "fresh";
import type { RateLimitResult } from "@/lib/http/rate_limiter.ts";
import type { Services } from "./services.ts";
import type { Billing } from "@/lib/store/mod.ts";

/** What a request carries from `app.ts` to its route. */
export interface State {
  services: Services;
  /** `req_…`, also in the answer's `X-Request-Id` and in every log line. */
  requestId: string;
  /** What this call was counted against; null where limits are off. */
  counted?: RateLimitResult | null;
  /** The caller's, where it was read to count the call. */
  billing?: Billing | null;
}

/** Fresh's typed route helpers for this app's state. */
export const define = createDefine<State>();
