/**
 * Whether a text is an address or a range of addresses, such as `10.0.0.0/8`.
 * Says so without the parser of addresses, which only anonymous calls need:
 * starting is quicker without it.
 */
export function isAddressRange(text: string): boolean {
  const [address = "", bits, ...rest] = text.split("/");
  const most = isIPv4(address) ? 32 : isIPv6(address) ? 128 : null;
  if (most === null || rest.length > 0) return false;
  return bits === undefined ||
    (/^\d{1,3}$/.test(bits) && Number(bits) <= most);
}

function isIPv4(text: string): boolean {
  return /^\d{1,3}(?:\.\d{1,3}){3}$/.test(text) &&
    text.split(".").every((part) => Number(part) < 256);
}

/** What may stand between brackets in a URL. */
function isIPv6(text: string): boolean {
  return /^[0-9a-f:.]+$/i.test(text) && URL.canParse(`http://[${text}]/`);
}
