import type {
  FsFile,
  LoadedModule,
  Snapshot,
  StaticFile,
} from "../snapshot.ts";
import type { Build, BuiltRoute } from "./builder.ts";
import { join, toFileUrl } from "./paths.ts";
import { type BuiltFile, contentOf } from "./statics.ts";

/** An in-memory build. Modules are imported from their sources. */
export async function memorySnapshot(build: Build): Promise<Snapshot> {
  const { config, bundled } = build;
  const isDev = config.mode === "development";
  const statics = new Map(
    build.statics.map((file) => [file.pathname, toStaticFile(file, isDev)]),
  );
  return {
    buildId: config.buildId,
    root: config.root,
    files: await Promise.all(
      build.routes.map((route) => toFsFile(route, config.root)),
    ),
    islands: bundled.islands.map(({ path, ...island }) => ({
      ...island,
      load: () => importFile(path),
    })),
    scripts: bundled.scripts,
    findStatic: (pathname) =>
      statics.get(pathname) ??
        (isDev ? findOnDisk(config.staticDir, pathname) : undefined),
  };
}

async function toFsFile(route: BuiltRoute, root: string): Promise<FsFile> {
  const { kind, segment, pattern, path, isEager } = route;
  const file = path.slice(root.length + 1);
  const load = () => importFile(path);
  const base = { kind, file, segment, pattern, load };
  return isEager ? { ...base, eager: await load() } : base;
}

function importFile(path: string): Promise<LoadedModule> {
  return import(toFileUrl(path).href);
}

function toStaticFile(file: BuiltFile, isDev: boolean): StaticFile {
  return { hash: isDev ? null : file.hash, content: contentOf(file) };
}

/** In development, new files are found without a rebuild, dot files too. */
async function findOnDisk(
  folders: readonly string[],
  pathname: string,
): Promise<StaticFile | undefined> {
  // A decoded `..` must not lead out of the folder.
  if (pathname.split("/").includes("..")) return undefined;
  for (const folder of folders) {
    const path = join(folder, pathname.slice(1));
    try {
      if ((await Deno.stat(path)).isFile) return { hash: null, content: path };
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }
  return undefined;
}
