import type { Log } from "@/lib/log.ts";

/** Enough for a module and all that it imports. Windows has no such limit. */
const RESERVED = Deno.build.os === "windows" ? 0 : 32;

const CHECK_EVERY_MS = 250;

/**
 * Keeps modules loadable when file descriptors run out. They are imported when
 * first needed, and Deno remembers an import that failed: a route whose first
 * request finds no free descriptor would fail until the process ends.
 *
 * So a few descriptors are reserved, and spent on importing all modules once
 * the others have run out.
 */
export class LateImports {
  readonly #reserve: Deno.FsFile[] = [];
  readonly #timer: ReturnType<typeof setInterval>;
  #begun = false;

  constructor(
    private readonly importAll: () => Promise<void>,
    private readonly log: Log,
  ) {
    while (this.#reserve.length < RESERVED) this.#reserve.push(open());
    this.#timer = setInterval(() => this.#check(), CHECK_EVERY_MS);
    Deno.unrefTimer(Number(this.#timer));
  }

  /** Imports all modules that are not loaded yet, once. */
  begin(): void {
    if (this.#begun) return;
    this.#begun = true;
    clearInterval(this.#timer);
    for (const file of this.#reserve.splice(0)) file.close();
    this.importAll().catch((error) => {
      this.log.error("cannot load all modules, restart the app", {}, error);
    });
  }

  #check(): void {
    try {
      open().close();
    } catch (error) {
      this.log.debug("file descriptors run out", {}, error);
      this.begin();
    }
  }
}

/** Any file that may be read takes a descriptor. */
function open(): Deno.FsFile {
  return Deno.openSync(".");
}
