import ipaddr from "ipaddr.js";

type Address = ipaddr.IPv4 | ipaddr.IPv6;

/** Addresses that share their first bits. */
type AddressRange = [network: Address, bits: number];

/** Proxy chains are shorter, and a client can forge any number of entries. */
const MAX_HOPS = 10;

/**
 * Returns the client's address: that of the connection, or, if it is a trusted
 * proxy, the rightmost address in `X-Forwarded-For` that is not trusted.
 *
 * @param request `peer` is the connection's remote address.
 * @returns An IPv4 address, or the /64 network of an IPv6 address, as one
 * client usually has all of its addresses; `unknown` without a valid peer.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * const trusted = [parseRange("10.0.0.0/8")];
 * const forwarded = "203.0.113.9, 198.51.100.7";
 * const client = clientAddress({ peer: "10.1.2.3", forwarded, trusted });
 * assertEquals(client, "198.51.100.7");
 * ```
 */
export function clientAddress({ peer, forwarded, trusted }: {
  peer: string;
  forwarded: string | null;
  trusted: readonly AddressRange[];
}): string {
  let address = parseHop(peer);
  if (address === null) return "unknown";
  const hops = (forwarded ?? "").split(",").slice(-MAX_HOPS);
  while (isTrusted(address, trusted)) {
    const next = parseHop(hops.pop()?.trim() ?? "");
    if (next === null) break;
    address = next;
  }
  return address.kind() === "ipv4" ? address.toString() : networkOf(address);
}

/**
 * Parses an address or range.
 *
 * @throws {Error} Unless `isAddressRange` of `lib/config/addresses.ts`.
 */
export function parseRange(text: string): AddressRange {
  if (text.includes("/")) return ipaddr.parseCIDR(text);
  const address = ipaddr.parse(text);
  return [address, address.kind() === "ipv4" ? 32 : 128];
}

/** Proxies may add a port: `[2001:db8::1]:443`, `192.0.2.1:8080`. */
const WITH_PORT = /^(?:\[([0-9a-f:.%]+)\]|([\d.]+))(?::\d+)?$/i;

function parseHop(text: string): Address | null {
  const [, ipv6, ipv4] = WITH_PORT.exec(text) ?? [];
  return parseAddress(ipv6 ?? ipv4 ?? text);
}

/** IPv4-mapped IPv6 becomes IPv4. Null if the text is not an address. */
function parseAddress(text: string): Address | null {
  return ipaddr.isValid(text) && !isShorthand(text)
    ? ipaddr.process(text)
    : null;
}

/** `10.1` and `0x7f.1` are valid to some parsers, but likely typos. */
function isShorthand(text: string): boolean {
  return !text.includes(":") && !ipaddr.IPv4.isValidFourPartDecimal(text);
}

function isTrusted(
  address: Address,
  trusted: readonly AddressRange[],
): boolean {
  return trusted.some(([network, bits]) =>
    network.kind() === address.kind() && address.match(network, bits)
  );
}

function networkOf(address: Address): string {
  return new Uint8Array(address.toByteArray().slice(0, 8)).toHex();
}
