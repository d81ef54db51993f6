import type { App } from "fresh";
import { buildOptions } from "@/fresh.config.ts";
import type { State } from "@/lib/state.ts";

/** Sets an app's build, before `app.handler()`. */
type ApplyBuild = (app: App<State>) => void;

let build: Promise<ApplyBuild> | undefined;

/**
 * Reads the build of `deno task build`, or builds in memory if that is missing
 * or older than its sources. Once per test file.
 */
export function appBuild(): Promise<ApplyBuild> {
  return build ??= isCurrent() ? readBuild() : buildInMemory();
}

/** Islands import components, and may import `lib/`. */
const SOURCES = [
  ...["deno.json", "deno.lock", "packages/fresh-core/src"],
  ...["components", "islands", "lib", "routes", "static"],
];

function isCurrent(): boolean {
  const changedAtMs = Math.max(...SOURCES.map(lastChangeMs));
  return changedAtMs < lastChangeMs("_fresh/snapshot.js");
}

/** The last change of a file, or in a folder; 0 if it is missing. */
function lastChangeMs(path: string): number {
  const { isDirectory, mtime } = statOrNull(path) ?? {};
  const inside = isDirectory
    ? Deno.readDirSync(path).map(({ name }) => lastChangeMs(`${path}/${name}`))
    : [];
  return Math.max(mtime?.getTime() ?? 0, ...inside);
}

function statOrNull(path: string): Deno.FileInfo | null {
  try {
    return Deno.statSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}

async function readBuild(): Promise<ApplyBuild> {
  // A build of the published Fresh has other exports.
  const built: unknown = await import("../../_fresh/snapshot.js");
  const { applyBuild } = built as { applyBuild?: ApplyBuild };
  return applyBuild ?? await buildInMemory();
}

/** Imports the builder here, as most test files do without it. */
async function buildInMemory(): Promise<ApplyBuild> {
  const { Builder } = await import("fresh/dev");
  const { copySwaggerUi } = await import("@/tasks/copy_swagger_ui.ts");
  await copySwaggerUi();
  return await new Builder<State>(buildOptions).build({ snapshot: "memory" });
}
