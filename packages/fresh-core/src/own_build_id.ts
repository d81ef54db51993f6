import { build } from "./build_id.ts";

const ID_VARIABLES = ["DENO_DEPLOYMENT_ID", "GITHUB_SHA", "CI_COMMIT_SHA"];

/** A hash of the deployment or commit id, or else random: 40 hex digits. */
export async function newBuildId(): Promise<string> {
  const known = ID_VARIABLES.map((name) => Deno.env.get(name)).find(Boolean);
  const seed = new TextEncoder().encode(known ?? crypto.randomUUID());
  return new Uint8Array(await crypto.subtle.digest("SHA-1", seed)).toHex();
}

/**
 * The id of this process, for apps without a build. As in Fresh, the import
 * needs permission to read the variables.
 */
export const ownBuildId = await newBuildId();
build.id = ownBuildId;
