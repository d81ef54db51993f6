/** `KV_PATH` for Deno Deploy's store, or Deno's default file elsewhere. */
export const PLATFORM_KV = "default";

/** Reports whether a store is a KV Connect server. */
export function isServerUrl(kvPath: string): boolean {
  return /^https?:/.test(kvPath);
}

/** Reports whether a store is a file, not a server or in memory. */
export function isFilePath(kvPath: string): boolean {
  return kvPath !== ":memory:" && isLocal(kvPath);
}

/** Reports whether a store is in this process: a file, or in memory. */
export function isLocal(kvPath: string): boolean {
  return kvPath !== PLATFORM_KV && !isServerUrl(kvPath);
}

/** Returns the folder of a store's file; empty for a bare name or no file. */
export function kvFolder(kvPath: string): string {
  return isFilePath(kvPath) ? kvPath.replace(/[^/\\]*$/, "") : "";
}

/**
 * Returns the path that `serve` must be allowed to read and write: the folder
 * of the store, or just its file if that lies in the project folder itself.
 */
export function kvGrant(kvPath: string): string {
  if (kvPath === "" || !isFilePath(kvPath)) return "data";
  return kvFolder(kvPath).replace(/^(?:\.[/\\]+)+$/, "") || kvPath;
}
