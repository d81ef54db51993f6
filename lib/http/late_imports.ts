import type { Log } from "@/lib/log.ts";

/** Enough for a module and its imports. Windows has no such limit. */
const RESERVED = Deno.build.os === "windows" ? 0 : 32;

const CHECK_EVERY_MS = 250;

/**
 * Keeps modules loadable when file descriptors run out. Modules are imported on
 * demand, and Deno caches failed imports: a route whose first request finds no
 * free descriptor would fail until the process exits.
 *
 * A few descriptors are reserved for importing all modules as soon as the
 * others have run out.
 */
export class LateImports {
  readonly #reserve: Deno.FsFile[] = [];
  #started = false;

  constructor(
    private readonly importAll: () => Promise<void>,
    private readonly log: Log,
  ) {
    while (this.#reserve.length < RESERVED) this.#reserve.push(open());
  }

  /**
   * Checks for free descriptors from now on. Not with `setInterval`: a
   * process's first timer loads 3.5 MB, which an idle process can do without.
   */
  watch(): void {
    if (this.#started) return;
    this.#check();
    AbortSignal.timeout(CHECK_EVERY_MS)
      .addEventListener("abort", () => this.watch());
  }

  /** Imports all remaining modules, once. */
  start(): void {
    if (this.#started) return;
    this.#started = true;
    for (const file of this.#reserve.splice(0)) file.close();
    this.importAll().catch((error) => {
      this.log.error("cannot load all modules, restart the app", {}, error);
    });
  }

  #check(): void {
    try {
      open().close();
    } catch (error) {
      this.log.debug("file descriptors exhausted", {}, error);
      this.start();
    }
  }
}

/** Takes a descriptor; which file it opens does not matter. */
function open(): Deno.FsFile {
  return Deno.openSync(".");
}
