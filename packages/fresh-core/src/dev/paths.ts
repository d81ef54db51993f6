/** A path of this system as a `file:` URL. */
export function toFileUrl(path: string): URL {
  const url = new URL("file:///");
  url.pathname = encodePath(path);
  return url;
}

function encodePath(path: string): string {
  return path.split("/").map(encodeURIComponent).join("/");
}

/** The path of a `file:` URL. */
export function fromFileUrl(url: string | URL): string {
  return decodeURIComponent(new URL(url).pathname);
}

/** The folder that a path lies in; the root is its own. */
export function dirname(path: string): string {
  return path.slice(0, path.lastIndexOf("/")) || "/";
}

/** `path` as seen from `base`, with `.` and `..` resolved. */
export function join(base: string, path: string): string {
  return fromFileUrl(new URL(encodePath(path), toFileUrl(base + "/")))
    .replace(/(?<=.)\/$/, "");
}

/** An absolute path as an import in a module that lies in `folder`. */
export function relativeImport(folder: string, path: string): string {
  const relative = encodePath(relativePath(folder, path));
  return relative.startsWith("..") ? relative : `./${relative}`;
}

/** An absolute path as seen from `folder`. */
export function relativePath(folder: string, path: string): string {
  const from = folder.split("/");
  const to = path.split("/");
  let common = 0;
  while (common < from.length && from[common] === to[common]) common++;
  const up = from.slice(common).map(() => "..");
  return [...up, ...to.slice(common)].join("/");
}
