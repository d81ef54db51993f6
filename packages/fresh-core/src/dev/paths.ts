/** Converts a path of this system to a `file:` URL. */
export function toFileUrl(path: string): URL {
  const url = new URL("file:///");
  url.pathname = encodePath(path);
  return url;
}

function encodePath(path: string): string {
  return path.split("/").map(encodeURIComponent).join("/");
}

/** Converts a `file:` URL to a path. */
export function fromFileUrl(url: string | URL): string {
  return decodeURIComponent(new URL(url).pathname);
}

/** The folder of a path. The root is its own folder. */
export function dirname(path: string): string {
  return path.slice(0, path.lastIndexOf("/")) || "/";
}

/** Resolves `path` against `base`, including `.` and `..`. */
export function join(base: string, path: string): string {
  return fromFileUrl(new URL(encodePath(path), toFileUrl(base + "/")))
    .replace(/(?<=.)\/$/, "");
}

/** An import specifier for an absolute path in a module of `folder`. */
export function relativeImport(folder: string, path: string): string {
  const relative = encodePath(relativePath(folder, path));
  return relative.startsWith("..") ? relative : `./${relative}`;
}

/** An absolute path relative to `folder`. */
export function relativePath(folder: string, path: string): string {
  const from = folder.split("/");
  const to = path.split("/");
  let common = 0;
  while (common < from.length && from[common] === to[common]) common++;
  const up = from.slice(common).map(() => "..");
  return [...up, ...to.slice(common)].join("/");
}
