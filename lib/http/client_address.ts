import {
  type Address,
  type AddressRange,
  parseAddress,
} from "@/lib/config/addresses.ts";

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
 * import { parseRange } from "@/lib/config/addresses.ts";
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

/** Proxies may add a port: `[2001:db8::1]:443`, `192.0.2.1:8080`. */
const WITH_PORT = /^(?:\[([0-9a-f:.%]+)\]|([\d.]+))(?::\d+)?$/i;

function parseHop(text: string): Address | null {
  const [, ipv6, ipv4] = WITH_PORT.exec(text) ?? [];
  return parseAddress(ipv6 ?? ipv4 ?? text);
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
