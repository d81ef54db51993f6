import { withTimeout } from "@/lib/async/timeout.ts";
import type { ServeHandler } from "./guard.ts";

/** Bodies arrive within milliseconds; the drain takes 4.5 s at most. */
const BODY_WAIT_MS = 2_000;

/**
 * Tracks requests in flight that may have a body. `Deno.HttpServer.shutdown()`
 * breaks bodies that are not read yet, so it must wait for them.
 */
export class BodyRequests {
  readonly #running = new Set<Promise<Response>>();

  /** Returns a handler that tracks its requests. */
  track(handler: ServeHandler): ServeHandler {
    return (request, info) => {
      const response = handler(request, info);
      const mayHaveBody = request.method !== "GET" && request.method !== "HEAD";
      if (mayHaveBody && response instanceof Promise) this.#add(response);
      return response;
    };
  }

  #add(response: Promise<Response>): void {
    const remove = () => this.#running.delete(response);
    this.#running.add(response);
    response.then(remove, remove);
  }

  /** Resolves when those in flight now have ended, after 2 s at the latest. */
  async settled(): Promise<void> {
    if (this.#running.size === 0) return;
    await withTimeout(Promise.allSettled(this.#running), BODY_WAIT_MS);
  }
}
