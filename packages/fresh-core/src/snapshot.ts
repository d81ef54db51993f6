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
}

/** A module that may export islands, and its script. */
export interface IslandModule {
  /** The name that its default export has in pages. */
  name: string;
  file: string;
  load: () => Promise<LoadedModule>;
}

/** One file that `staticFiles()` serves. */
export interface StaticFile {
  /** SHA-256 of the content, in hex; `null` in development. */
  hash: string | null;
  /** Where the content lies, absolute; or the content itself. */
  content: string | Uint8Array<ArrayBuffer>;
}

/** What a build knows about an app. */
export interface Snapshot {
  buildId: string;
  root: string;
  files: FsFile[];
  islands: IslandModule[];
  /** The scripts of the browser runtime; `null` if nothing can need one. */
  runtime: { boot: string; signals: string; dev: string | null } | null;
  /** Finds a file by the decoded path of its URL. */
  findStatic(
    pathname: string,
  ): StaticFile | undefined | Promise<StaticFile | undefined>;
}

const snapshots = new WeakMap<object, Snapshot>();

/** Gives an app its build. Takes effect with the next `app.handler()`. */
export function applySnapshot<State>(app: App<State>, snapshot: Snapshot) {
  snapshots.set(app, snapshot);
}

/** The build of an app, if it has one. */
export function snapshotOf<State>(app: App<State>): Snapshot | undefined {
  return snapshots.get(app);
}
