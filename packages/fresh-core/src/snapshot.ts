import type { FunctionComponent } from "preact";
import type { App } from "./app.ts";

/** A module as `import()` gives it; checked where an export is used. */
export type LoadedModule = Record<string, unknown>;

/** One file below `routes/`. */
export interface FsFile {
  kind: "route" | "middleware" | "layout" | "app" | "error" | "notFound";
  /** The file's path from the project root, for messages. */
  file: string;
  /** Which middlewares and layouts apply: folders, groups included. */
  segment: string;
  /** Which URLs a route answers; unused by the other kinds. */
  pattern: string;
  load: () => Promise<LoadedModule>;
  /** The module itself, of a route that must be known at the start. */
  eager?: LoadedModule;
}

/** A function that a module of islands exports. */
export interface Island {
  /** The export's name in its module. */
  exportName: string;
  /** The name in the page, unique in a build. */
  name: string;
  fn: FunctionComponent;
  /** The script that exports it, as `/_fresh/js/…` without the base path. */
  file: string;
  /** The scripts that it imports, all of them. */
  imports: string[];
}

/** A module that may export islands, and its script. */
export interface IslandModule {
  /** The name that its default export has in pages. */
  name: string;
  file: string;
  imports: string[];
  load: () => Promise<LoadedModule>;
}

/** One file that `staticFiles()` serves. */
export interface StaticFile {
  /** SHA-256 of the content, in hex; `null` in development. */
  hash: string | null;
  /** Where the content lies, absolute; or the content itself. */
  content: string | Uint8Array<ArrayBuffer>;
}

/** Scripts of a build, as `/_fresh/js/…` without the base path. */
export interface Scripts {
  /** Makes the signals that a page's props have. */
  signals: string;
  /** Reloads pages in development. */
  dev: string | null;
}

/** What a build knows about an app. */
export interface Snapshot {
  buildId: string;
  root: string;
  files: FsFile[];
  islands: IslandModule[];
  /** The scripts that belong to no island, by their path. */
  scripts: Scripts;
  /** Finds a file by the decoded path of its URL. */
  findStatic(
    pathname: string,
  ): StaticFile | undefined | Promise<StaticFile | undefined>;
}

const snapshots = new WeakMap<object, Snapshot>();

/** What the build writes to disk of a {@linkcode Snapshot}. */
export interface DiskSnapshot extends Omit<Snapshot, "findStatic"> {
  /** A `file:` URL that ends with a slash. */
  root: string;
  /** URL path, hash, and path below the root, of each static file. */
  statics: [pathname: string, hash: string, path: string][];
}

/** Makes the snapshot of a build that lies on disk. */
export function fromDisk({ statics, ...rest }: DiskSnapshot): Snapshot {
  const root = decodeURIComponent(new URL(rest.root).pathname).slice(0, -1);
  const files = new Map<string, StaticFile>();
  for (const [pathname, hash, path] of statics) {
    files.set(pathname, { hash, content: `${root}/${path}` });
  }
  return { ...rest, root, findStatic: (pathname) => files.get(pathname) };
}

/** Gives an app its build. Takes effect with the next `app.handler()`. */
export function applySnapshot<State>(app: App<State>, snapshot: Snapshot) {
  snapshots.set(app, snapshot);
}

/** The build of an app, if it has one. */
export function snapshotOf<State>(app: App<State>): Snapshot | undefined {
  return snapshots.get(app);
}
