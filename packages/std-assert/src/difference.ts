import { show } from "./assertion_error.ts";

/** Beyond this many lines the comparison table grows too large. */
const MAX_LINES = 400;

/**
 * Compares two values line by line: `-` is only in the actual one, `+` only in
 * the expected one.
 */
export function difference(actual: unknown, expected: unknown): string {
  const [one, other] = [lines(actual), lines(expected)];
  if (one.length > MAX_LINES || other.length > MAX_LINES) {
    return [...one.map(removed), ...other.map(added)].join("\n");
  }
  return merge(one, other).join("\n");
}

function lines(value: unknown): string[] {
  return show(value).split("\n");
}

const removed = (line: string) => `- ${line}`;
const added = (line: string) => `+ ${line}`;

/** Merges both along their longest common subsequence. */
function merge(one: string[], other: string[]): string[] {
  const common = commonLengths(one, other);
  const merged: string[] = [];
  let [i, j] = [0, 0];
  while (i < one.length && j < other.length) {
    const [ours = "", theirs = ""] = [one[i], other[j]];
    if (ours === theirs) {
      merged.push(`  ${ours}`);
      i++;
      j++;
    } else if ((common[i + 1]?.[j] ?? 0) >= (common[i]?.[j + 1] ?? 0)) {
      merged.push(removed(ours));
      i++;
    } else {
      merged.push(added(theirs));
      j++;
    }
  }
  return [
    ...merged,
    ...one.slice(i).map(removed),
    ...other.slice(j).map(added),
  ];
}

/** At `[i][j]`: the length of the longest common subsequence from there on. */
function commonLengths(one: string[], other: string[]): number[][] {
  const table = Array.from(
    { length: one.length + 1 },
    () => new Array<number>(other.length + 1).fill(0),
  );
  for (let i = one.length - 1; i >= 0; i--) {
    for (let j = other.length - 1; j >= 0; j--) {
      const row = table[i] ?? [];
      row[j] = one[i] === other[j]
        ? (table[i + 1]?.[j + 1] ?? 0) + 1
        : Math.max(table[i + 1]?.[j] ?? 0, row[j + 1] ?? 0);
    }
  }
  return table;
}
