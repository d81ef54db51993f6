import ipaddr from "ipaddr.js";

type Address = ipaddr.IPv4 | ipaddr.IPv6;

/** Addresses that share their first bits. */
export type AddressRange = [network: Address, bits: number];

/** Whether a text is an address or a range of addresses, as `10.0.0.0/8`. */
export function isAddressRange(text: string): boolean {
  const [address = ""] = text.split("/");
  const valid = text.includes("/")
    ? ipaddr.isValidCIDR(text)
    : ipaddr.isValid(text);
  return valid && !isShorthand(address) && !address.includes("%");
}

/** Reads what `isAddressRange` takes: `10.0.0.0/8`, or a single address. */
export function parseRange(text: string): AddressRange {
  if (text.includes("/")) return ipaddr.parseCIDR(text);
  const address = ipaddr.parse(text);
  return [address, address.kind() === "ipv4" ? 32 : 128];
}

/** `10.1` and `0x7f.1` are addresses to some, and typos to most. */
function isShorthand(text: string): boolean {
  return !text.includes(":") && !ipaddr.IPv4.isValidFourPartDecimal(text);
}

/** No chain of proxies is longer; further left anybody can write anything. */
const MAX_HOPS = 10;

/**
 * Where a request comes from, as far as it can be believed: the address of
 * the connection; if that is a trusted proxy's, what it says in
 * `X-Forwarded-For`, and so on from right to left. The first that is not
 * trusted is whose request it is.
 *
 * @param peer The connection's own address.
 * @returns An IPv4 address, or the /64 of an IPv6 one: whoever has one address
 * of those has them all. `unknown` for a connection that has none.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
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
  let address = parseAddress(peer);
  if (address === null) return "unknown";
  const hops = (forwarded ?? "").split(",").slice(-MAX_HOPS);
  while (isTrusted(address, trusted)) {
    const next = parseAddress(hops.pop()?.trim() ?? "");
    if (next === null) break;
    address = next;
  }
  return countedAs(address);
}

/** A proxy may say `[2001:db8::1]:443` or `192.0.2.1:8080`. */
const WITH_PORT = /^(?:\[([0-9a-f:.%]+)\]|([\d.]+))(?::\d+)?$/i;

function parseAddress(text: string): Address | null {
  const [, six, four] = WITH_PORT.exec(text) ?? [];
  const bare = six ?? four ?? text;
  // `::ffff:192.0.2.1` is the same caller as 192.0.2.1.
  return ipaddr.isValid(bare) && !isShorthand(bare)
    ? ipaddr.process(bare)
    : null;
}

function isTrusted(
  address: Address,
  trusted: readonly AddressRange[],
): boolean {
  return trusted.some(([range, bits]) =>
    range.kind() === address.kind() && address.match(range, bits)
  );
}

function countedAs(address: Address): string {
  if (address instanceof ipaddr.IPv4) return address.toString();
  const network = address.toByteArray().slice(0, 8);
  return new Uint8Array(network).toHex();
}
