/** A country's English name. */
export function countryName(code: string): string {
  return new Intl.DisplayNames("en", { type: "region", fallback: "code" }).of(
    code,
  ) ?? code;
}
