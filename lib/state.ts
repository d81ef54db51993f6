import { createDefine } from "fresh";
import type { Services } from "./services.ts";

/** The state of a request, set by `app.ts`. */
export interface State {
  services: Services;
  /** `req_…`, also in the response's `X-Request-Id` and in log lines. */
  requestId: string;
}

/** Fresh's typed route helpers for this app's state. */
export const define = createDefine<State>();
