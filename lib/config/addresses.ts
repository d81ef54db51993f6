import ipaddr from "ipaddr.js";

export type Address = ipaddr.IPv4 | ipaddr.IPv6;

/** Addresses that share their first bits. */
export type AddressRange = [network: Address, bits: number];

/** Reports whether a text is an address or a CIDR range such as `10.0.0.0/8`. */
export function isAddressRange(text: string): boolean {
  const [address = ""] = text.split("/");
  const valid = text.includes("/")
    ? ipaddr.isValidCIDR(text)
    : ipaddr.isValid(text);
  return valid && !isShorthand(address) && !address.includes("%");
}

/**
 * Parses an address or range.
 *
 * @throws {Error} Unless {@linkcode isAddressRange}.
 */
export function parseRange(text: string): AddressRange {
  if (text.includes("/")) return ipaddr.parseCIDR(text);
  const address = ipaddr.parse(text);
  return [address, address.kind() === "ipv4" ? 32 : 128];
}

/** Parses an address; IPv4-mapped IPv6 becomes IPv4. Null if it is invalid. */
export function parseAddress(text: string): Address | null {
  return ipaddr.isValid(text) && !isShorthand(text)
    ? ipaddr.process(text)
    : null;
}

/** `10.1` and `0x7f.1` are valid to some parsers, but likely typos. */
function isShorthand(text: string): boolean {
  return !text.includes(":") && !ipaddr.IPv4.isValidFourPartDecimal(text);
}

/** Reports whether a URL's host can only be this machine. */
export function isLoopback(url: string): boolean {
  if (!URL.canParse(url)) return false;
  const { hostname } = new URL(url);
  return hostname === "localhost" || hostname.endsWith(".localhost") ||
    hostname === "[::1]" || /^127(?:\.\d{1,3}){3}$/.test(hostname);
}
