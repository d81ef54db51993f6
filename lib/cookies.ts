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
    .map((pair) => pair.trim())
    .filter((pair) => pair.startsWith(prefix))
    .map((pair) => pair.slice(prefix.length));
}
