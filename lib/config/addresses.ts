const IPV4 = /^(?:(?:0|[1-9]\d{0,2})\.){3}(?:0|[1-9]\d{0,2})$/;
const IPV6 = /^[0-9a-f:.]+$/i;

/**
 * Reports whether a text is an address or a CIDR range such as `10.0.0.0/8`.
 *
 * ipaddr.js, which reads the ranges later, would take 3 ms of the start here.
 */
export function isAddressRange(text: string): boolean {
  const [, address = "", bits = "0"] = /^([^/]*)(?:\/(\d+))?$/.exec(text) ?? [];
  if (IPV4.test(address)) {
    return URL.canParse(`http://${address}`) && Number(bits) <= 32;
  }
  return IPV6.test(address) && URL.canParse(`http://[${address}]`) &&
    Number(bits) <= 128;
}

/** Reports whether a URL's host can only be this machine. */
export function isLoopback(url: string): boolean {
  if (!URL.canParse(url)) return false;
  const { hostname } = new URL(url);
  return hostname === "localhost" || hostname.endsWith(".localhost") ||
    hostname === "[::1]" || /^127(?:\.\d{1,3}){3}$/.test(hostname);
}

/** Writes a host as URLs do, with an IPv6 address in brackets. */
export function urlHost(host: string): string {
  return host.includes(":") ? `[${host}]` : host;
}
