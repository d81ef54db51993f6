import type { App } from "../app.ts";
import { applySnapshot, type FsFile } from "../snapshot.ts";
import type { ListenOptions } from "../types.ts";
import { findSources, TEST_FILES } from "./crawl.ts";
import { writeBuild } from "./disk.ts";
import { newBuildId } from "../own_build_id.ts";
import { notHere } from "../not_here.ts";
import { bundleIslands } from "./islands.ts";
import { listenDev } from "./dev_server.ts";
import { memorySnapshot } from "./memory.ts";
import { fromFileUrl, join } from "./paths.ts";
import { readProjectConfig } from "./project_config.ts";
import { compareRoutePaths, readRoutePath, type RouteFile } from "./routes.ts";
import { type BuiltFile, builtFile, collectStatics } from "./statics.ts";
import type { BundledIslands } from "./islands.ts";
import type { OnTransformOptions, TransformFn } from "./transforms.ts";

/** Options of `new Builder()`. Paths are relative to `root`. */
export interface BuildOptions {
  /** The project's folder, as a path or a `file:` URL. Default: `.` */
  root?: string;
  /** The module that exports `app`. Default: `main.ts` */
  serverEntry?: string;
  /** The output folder. Default: `_fresh` */
  outDir?: string;
  /** Folders of static files, searched in order. Default: `static` */
  staticDir?: string | string[];
  /** Default: `islands` */
  islandDir?: string;
  /** Default: `routes` */
  routeDir?: string;
  /** Ignored: `Deno.bundle` compiles for current browsers only. */
  target?: string | string[];
  /** Files that are neither routes nor islands. Default: tests */
  ignore?: RegExp[];
}

/** The options of a builder, with absolute paths. */
export interface ResolvedBuildConfig {
  root: string;
  serverEntry: string;
  outDir: string;
  staticDir: string[];
  islandDir: string;
  routeDir: string;
  target: string | string[];
  ignore: RegExp[];
  mode: "development" | "production";
  buildId: string;
}

/** A route file of a build. */
export interface BuiltRoute extends RouteFile {
  /** The absolute path. */
  path: string;
  /** Whether it must be loaded at the start. */
  isEager: boolean;
}

/** The inputs and results of a build. */
export interface Build {
  config: ResolvedBuildConfig;
  routes: BuiltRoute[];
  bundled: BundledIslands;
  statics: BuiltFile[];
}

/**
 * Builds an app: finds its routes, bundles its islands and collects its static
 * files, on disk for production or in memory for tests and development.
 */
export class Builder<State = unknown> {
  readonly config: ResolvedBuildConfig;
  readonly #islands: string[] = [];

  constructor(options: BuildOptions = {}) {
    this.config = resolveOptions(options);
  }

  /** Adds an island module outside the islands folder. */
  registerIsland(specifier: string) {
    this.#islands.push(resolvePath(this.config.root, specifier));
  }

  /** @throws {Error} Always. The published package implements it. */
  onTransformStaticFile(_options: OnTransformOptions, _fn: TransformFn): never {
    return notHere("onTransformStaticFile()");
  }

  /**
   * Builds to `outDir` or to memory.
   *
   * @returns A function that sets an app's build, for file routes, islands and
   * static files. Call `app.handler()` after it.
   * @throws {Error} If the project's compiler options do not suit Fresh, or an
   * island cannot be bundled.
   */
  async build(
    options: {
      mode?: "production" | "development";
      snapshot?: "disk" | "memory";
    } = {},
  ): Promise<(app: App<State>) => void> {
    const { mode = "production", snapshot = "disk" } = options;
    this.config.mode = mode;
    this.config.buildId = await newBuildId();
    const build = await this.#run();
    const result = snapshot === "memory"
      ? await memorySnapshot(build)
      : await writeBuild(build);
    return (app) => {
      app.config.mode = mode;
      applySnapshot(app, result);
    };
  }

  /**
   * Serves an app in development with an in-memory build. Pages reload when the
   * process has restarted, and show errors over error pages.
   */
  async listen(
    importApp: () => Promise<{ app: App<State> } | App<State>>,
    options: ListenOptions = {},
  ): Promise<void> {
    await listenDev(
      async () => {
        const apply = await this.build({
          mode: "development",
          snapshot: "memory",
        });
        const imported = await importApp();
        const app = "app" in imported ? imported.app : imported;
        apply(app);
        return app;
      },
      this.config,
      options,
    );
  }

  async #run(): Promise<Build> {
    const { config } = this;
    const project = await readProjectConfig(config.root);
    const sources = await findSources(config);
    const islands = [...sources.islands, ...this.#islands];
    const [bundled, routes, own] = await Promise.all([
      bundleIslands([...new Set(islands)], {
        config: project,
        buildId: config.buildId,
        isDev: config.mode === "development",
      }),
      readRoutes(sources.routes, config.routeDir),
      collectStatics(config.staticDir, config.buildId),
    ]);
    const scripts = await Promise.all(
      [...bundled.files].map(([path, text]) => builtFile(path, text)),
    );
    return { config, routes, bundled, statics: [...own, ...scripts] };
  }
}

function resolveOptions(options: BuildOptions): ResolvedBuildConfig {
  const root = resolvePath(Deno.cwd(), options.root ?? ".");
  const {
    staticDir = "static",
    target = ["chrome99", "firefox99", "safari15"],
  } = options;
  const folders = Array.isArray(staticDir) ? staticDir : [staticDir];
  return {
    root,
    serverEntry: resolvePath(root, options.serverEntry ?? "main.ts"),
    outDir: resolvePath(root, options.outDir ?? "_fresh"),
    staticDir: folders.map((folder) => resolvePath(root, folder)),
    islandDir: resolvePath(root, options.islandDir ?? "islands"),
    routeDir: resolvePath(root, options.routeDir ?? "routes"),
    target,
    ignore: options.ignore ?? [TEST_FILES],
    mode: "production",
    buildId: "",
  };
}

function resolvePath(base: string, path: string): string {
  if (path.startsWith("file:")) {
    return fromFileUrl(path).replace(/(?<=.)\/$/, "");
  }
  return join(base, path);
}

async function readRoutes(
  paths: string[],
  routeDir: string,
): Promise<BuiltRoute[]> {
  const bare = (path: string) => path.replace(/\.\w+$/, "");
  const sorted = paths.toSorted((a, b) => compareRoutePaths(bare(a), bare(b)));
  return await Promise.all(sorted.map(async (file) => {
    const path = join(routeDir, file);
    const route = readRoutePath(bare(file));
    return { ...route, path, isEager: await isEager(route.kind, path) };
  }));
}

/** An overridden path is known only after loading the file. */
async function isEager(kind: FsFile["kind"], path: string): Promise<boolean> {
  if (kind !== "route") return false;
  return (await Deno.readTextFile(path)).includes("routeOverride");
}
