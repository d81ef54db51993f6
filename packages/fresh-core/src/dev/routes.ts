import type { FsFile } from "../snapshot.ts";

/** Properties of a route file that follow from its name. */
export type RouteFile = Pick<FsFile, "kind" | "segment" | "pattern">;

const SPECIAL: Record<string, FsFile["kind"] | undefined> = {
  _app: "app",
  _layout: "layout",
  _middleware: "middleware",
  _error: "error",
  _404: "notFound",
};

/**
 * Reads a file's path below `routes/`, without extension, as Fresh does.
 * `[id]`, `[[id]]` and `[...path]` are parameters, `(group)` is missing from
 * URLs, and `index` stands for its folder.
 *
 * @throws {Error} If two parameters are adjacent, or an optional one is not a
 * full segment.
 */
export function readRoutePath(path: string): RouteFile {
  const parts = path.split("/");
  const name = parts.at(-1) ?? "";
  const folder = parts.slice(0, -1);
  const special = SPECIAL[name] ?? (path === "_500" ? "error" : undefined);
  if (special !== undefined) {
    return { kind: special, segment: toSegment(folder), pattern: "" };
  }
  // The files of folder `foo` do not apply to `foo.tsx` beside it.
  const shown = name === "index" ? folder : parts;
  const segment = toSegment(folder);
  return { kind: "route", segment, pattern: toPattern(shown) };
}

function toSegment(parts: string[]): string {
  return "/" + parts.map((part) => toPart(part)).join("/");
}

function toPattern(parts: string[]): string {
  const shown = parts.filter((part) => !/^\(.*\)$/.test(part));
  return shown
    .map((part) => {
      const pattern = toPart(part);
      return pattern.startsWith("{/") ? pattern : `/${pattern}`;
    })
    .join("") || "/";
}

function toPart(part: string): string {
  const optional = /^\[\[(\w+)\]\]$/.exec(part)?.[1];
  if (optional !== undefined) return `{/:${optional}}?`;
  if (part.includes("[[")) {
    throw new Error(
      `Cannot route ${part}: an optional parameter must be the only part of its segment`,
    );
  }
  if (part.includes("][")) {
    throw new Error(
      `Cannot route ${part}: two parameters touch, required text between them`,
    );
  }
  const rest = /^\[\.\.\.(\w+)\]$/.exec(part)?.[1];
  if (rest !== undefined) return `:${rest}*`;
  return part
    .split(/(\[\w+\])/)
    .map((piece) =>
      /^\[\w+\]$/.test(piece) ? `:${piece.slice(1, -1)}` : encodeURI(piece)
    )
    .join("");
}

/**
 * Orders files for registration: special files first, then in each folder
 * `index`, names, groups, `[param]` and `[...rest]`. The first matching dynamic
 * pattern wins.
 *
 * @param a, b Paths below `routes/`, without extension.
 */
export function compareRoutePaths(a: string, b: string): number {
  const byKind = Number(isSpecial(b)) - Number(isSpecial(a));
  if (byKind !== 0) return byKind;
  const [left, right] = [a.split("/"), b.split("/")];
  for (let i = 0; i < Math.min(left.length, right.length); i++) {
    const order = compareParts(left[i]!, right[i]!);
    if (order !== 0) return order;
  }
  return left.length - right.length;
}

function isSpecial(path: string): boolean {
  return readRoutePath(path).kind !== "route";
}

function compareParts(a: string, b: string): number {
  const byRank = rank(a) - rank(b);
  if (byRank !== 0) return byRank;
  return a < b ? -1 : a > b ? 1 : 0;
}

function rank(part: string): number {
  if (part === "index") return 0;
  if (part.startsWith("[...")) return 4;
  if (part.includes("[")) return 3;
  return part.startsWith("(") ? 2 : 1;
}
