import { join } from "./paths.ts";

/**
 * All files below a folder, as sorted relative paths. Empty if it is missing.
 */
export async function listFiles(folder: string): Promise<string[]> {
  const files: string[] = [];
  await collect(folder, "", files);
  return files.sort();
}

async function collect(folder: string, prefix: string, files: string[]) {
  try {
    for await (const entry of Deno.readDir(join(folder, prefix))) {
      const path = prefix + entry.name;
      if (entry.isDirectory) await collect(folder, `${path}/`, files);
      else files.push(path);
    }
  } catch (error) {
    const isMissing = prefix === "" && error instanceof Deno.errors.NotFound;
    if (!isMissing) throw error;
  }
}

const SCRIPT = /\.(?:ts|tsx|js|jsx)$/;

/** Tests, which are neither routes nor islands by default. */
export const TEST_FILES = /[._]test\.(?:[cm]?[jt]s|[jt]sx)$/;

/** The source files of routes and islands. */
export interface Sources {
  /** Paths relative to the routes folder. */
  routes: string[];
  /** Absolute paths of island modules. */
  islands: string[];
}

/**
 * Finds routes and islands, except files that match `ignore`. Files in a folder
 * `(_name)` are not routes; those in `(_islands)` are islands.
 */
export async function findSources(
  { routeDir, islandDir, ignore }: {
    routeDir: string;
    islandDir: string;
    ignore: readonly RegExp[];
  },
): Promise<Sources> {
  const isSource = (path: string) =>
    SCRIPT.test(path) && !ignore.some((pattern) => pattern.test(path));
  const inRoutes = (await listFiles(routeDir)).filter(isSource);
  const inIslands = (await listFiles(islandDir)).filter(isSource);
  return {
    routes: inRoutes.filter((path) => !/(?:^|\/)\(_[^/]*\)\//.test(path)),
    islands: [
      ...inIslands.map((path) => join(islandDir, path)),
      ...inRoutes
        .filter((path) => /(?:^|\/)\(_islands\)\//.test(path))
        .map((path) => join(routeDir, path)),
    ],
  };
}
