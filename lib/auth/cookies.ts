/**
 * Every value that a request carries under one cookie name, in the order of
 * the raw `Cookie` header.
 *
 * A parser that makes a map of the header hides duplicates, and a sibling
 * subdomain can plant a second cookie of the same name: the reader has to see
 * both. Values are as sent, neither unquoted nor decoded.
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

/** Not `trim()`, which also removes U+00A0 and other spaces of Unicode. */
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
