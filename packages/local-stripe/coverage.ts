/**
 * Writes the coverage tables of README.md from the routes of the API:
 * `deno task stripe:coverage`.
 *
 * @module
 */
import { missing } from "./src/api/params.ts";
import { RESOURCES } from "./src/api/router.ts";

const START = "<!-- coverage: start -->";
const END = "<!-- coverage: end -->";
const README = new URL("./README.md", import.meta.url);

/**
 * Replaces the tables between the coverage markers.
 *
 * @throws {TypeError} If the markers are missing.
 */
export function withCoverage(readme: string): string {
  const start = readme.indexOf(START);
  const end = readme.indexOf(END);
  if (start < 0 || end < start) {
    throw new TypeError("Cannot write the coverage: README.md has no markers");
  }
  const tables = [operationsTable(), gapsTable()].join("\n\n");
  const ignored = `<!-- deno-fmt-ignore-start -->\n\n${tables}\n\n` +
    "<!-- deno-fmt-ignore-end -->";
  return `${readme.slice(0, start)}${START}\n\n${ignored}\n\n${
    readme.slice(end)
  }`;
}

const STANDARD: Record<string, string> = {
  "POST ": "create",
  "GET ": "list",
  "GET /*": "retrieve",
  "POST /*": "update",
  "DELETE /*": "delete",
};

/** A row for each resource: its path and operations. */
function operationsTable(): string {
  const rows = RESOURCES.map(({ routes }) => {
    const paths = Object.keys(routes).map(pathOf);
    const [base = ""] = paths.sort((a, b) => a.length - b.length);
    const operations = Object.entries(routes).map(([name, { many }]) => {
      const operation = name.replace(base, "");
      if (operation === "GET " && !many) return "retrieve";
      return STANDARD[operation] ?? `\`${operation.replaceAll("*", "{id}")}\``;
    });
    return `| \`${base}\` | ${operations.join(", ")} |`;
  });
  return ["| Resource | Operations |", "| --- | --- |", ...rows].join("\n");
}

/** A row for each operation with parameters that are answered with 501. */
function gapsTable(): string {
  const rows = RESOURCES.flatMap(({ routes }) => Object.entries(routes))
    .flatMap(([name, { params }]) => {
      const gaps = Object.entries(params)
        .filter(([, reader]) => reader === missing)
        .map(([param]) => `\`${param}\``).sort();
      const operation = name.replaceAll("*", "{id}");
      return gaps.length === 0
        ? []
        : [`| \`${operation}\` | ${gaps.join(", ")} |`];
    });
  return ["| Operation | Not implemented |", "| --- | --- |", ...rows]
    .join("\n");
}

/** The path of a route up to its first id. */
function pathOf(route: string): string {
  return route.replace(/^\w+ /, "").replace(/\/\*.*$/, "");
}

if (import.meta.main) {
  await Deno.writeTextFile(
    README,
    withCoverage(await Deno.readTextFile(README)),
  );
}
