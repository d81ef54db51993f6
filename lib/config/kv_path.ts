/** The platform's own store: Deno Deploy's, or Deno's default file. */
export const PLATFORM_KV = "default";

/** Whether a `KV_PATH` names a file that the app opens itself. */
function isFile(kvPath: string): boolean {
  return kvPath !== ":memory:" && kvPath !== PLATFORM_KV &&
    !/^https?:/.test(kvPath);
}

/** The folder of a store's file; empty for a bare name, and without a file. */
export function kvFolder(kvPath: string): string {
  return isFile(kvPath) ? kvPath.replace(/[^/\\]*$/, "") : "";
}

/**
 * What `serve` has to read and write for a store: its folder, or the file alone
 * where the folder would be the project's.
 */
export function kvGrant(kvPath: string): string {
  if (kvPath === "" || !isFile(kvPath)) return "data";
  return kvFolder(kvPath).replace(/^(?:\.[/\\]+)+$/, "") || kvPath;
}
