import { build } from "./build_id.ts";

const ID_VARIABLES = ["DENO_DEPLOYMENT_ID", "GITHUB_SHA", "CI_COMMIT_SHA"];

/** 40 hex digits: of the deployment or commit if there is one, else random. */
export async function newBuildId(): Promise<string> {
  const known = ID_VARIABLES.map((name) => Deno.env.get(name)).find(Boolean);
  const seed = new TextEncoder().encode(known ?? crypto.randomUUID());
  return new Uint8Array(await crypto.subtle.digest("SHA-1", seed)).toHex();
}

/**
 * The id of this process, for apps without a build. Made at the import, so that
 * the import needs permission to read the variables, as that of Fresh does.
 */
export const ownBuildId = await newBuildId();
build.id = ownBuildId;
