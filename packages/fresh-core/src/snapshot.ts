import type { FunctionComponent } from "preact";
import type { App } from "./app.ts";

/** An imported module. Exports are validated where they are used. */
export type LoadedModule = Record<string, unknown>;

/** A file below `routes/`. */
export interface FsFile {
  kind: "route" | "middleware" | "layout" | "app" | "error" | "notFound";
  /** The file's path from the project root, for messages. */
  file: string;
  /** The folders, including groups, whose middlewares and layouts apply. */
  segment: string;
  /** The URLs of a route. Unused by other kinds. */
  pattern: string;
  load: () => Promise<LoadedModule>;
  /** The module of a route that must be loaded at the start. */
  eager?: LoadedModule;
}

/** An exported function of an island module. */
export interface Island {
  /** The export's name in its module. */
  exportName: string;
  /** The name in the page, unique in a build. */
  name: string;
  fn: FunctionComponent;
  /** The script that exports it, as `/_fresh/js/…` without the base path. */
  file: string;
  /** All scripts that it imports. */
  imports: string[];
}

/** A module that may export islands, and its script. */
export interface IslandModule {
  /** The name of its default export in pages. */
  name: string;
  file: string;
  imports: string[];
  load: () => Promise<LoadedModule>;
}

/** A file served by `staticFiles()`. */
export interface StaticFile {
  /** SHA-256 of the content in hex, or `null` in development. */
  hash: string | null;
  /** The absolute path of the content, or the content itself. */
  content: string | Uint8Array<ArrayBuffer>;
}

/** Scripts of a build, as `/_fresh/js/…` without the base path. */
export interface Scripts {
  /** Creates the signals in a page's props. */
  signals: string;
  /** Reloads pages in development. */
  dev: string | null;
}

/** The build of an app. */
export interface Snapshot {
  buildId: string;
  root: string;
  files: FsFile[];
  islands: IslandModule[];
  /** Scripts that belong to no island, by path. */
  scripts: Scripts;
  /** Finds a file by the decoded path of its URL. */
  findStatic(
    pathname: string,
  ): StaticFile | undefined | Promise<StaticFile | undefined>;
}

const snapshots = new WeakMap<object, Snapshot>();

/** A {@linkcode Snapshot} as written to disk. */
export interface DiskSnapshot extends Omit<Snapshot, "findStatic"> {
  /** A `file:` URL with a trailing slash. */
  root: string;
  /** URL path, hash and path below the root of each static file. */
  statics: [pathname: string, hash: string, path: string][];
}

/** Creates the snapshot of a build on disk. */
export function fromDisk({ statics, ...rest }: DiskSnapshot): Snapshot {
  const root = decodeURIComponent(new URL(rest.root).pathname).slice(0, -1);
  const files = new Map<string, StaticFile>();
  for (const [pathname, hash, path] of statics) {
    files.set(pathname, { hash, content: `${root}/${path}` });
  }
  return { ...rest, root, findStatic: (pathname) => files.get(pathname) };
}

/** Sets an app's build. Takes effect with the next `app.handler()`. */
export function applySnapshot<State>(app: App<State>, snapshot: Snapshot) {
  snapshots.set(app, snapshot);
}

/** The build of an app, if any. */
export function snapshotOf<State>(app: App<State>): Snapshot | undefined {
  return snapshots.get(app);
}
