/**
 * Returns the values of all cookies with a name, in the order of the `Cookie`
 * header, neither unquoted nor decoded.
 *
 * Cookie parsers that return a map hide duplicates. A sibling subdomain can
 * set a second cookie of the same name, so the reader must see both.
 */
export function cookieValues(headers: Headers, name: string): string[] {
  const header = headers.get("cookie");
  if (header === null) return [];
  const prefix = `${name}=`;
  return header.split(";")
    .map(trimBlanks)
    .filter((pair) => pair.startsWith(prefix))
    .map((pair) => pair.slice(prefix.length));
}

/** Unlike `trim()`, keeps U+00A0 and other Unicode spaces. */
function trimBlanks(text: string): string {
  let start = 0;
  let end = text.length;
  while (isBlank(text[start])) start += 1;
  while (end > start && isBlank(text[end - 1])) end -= 1;
  return text.slice(start, end);
}

function isBlank(character: string | undefined): boolean {
  return character === " " || character === "\t";
}
