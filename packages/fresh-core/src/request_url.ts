/**
 * A copy of a request's URL in which runs of slashes in the path are collapsed.
 * Behind a trusted proxy, `x-forwarded-proto` and `x-forwarded-host` replace
 * protocol and host.
 */
export function requestUrl(req: Request, trustProxy: boolean): URL {
  const url = new URL(req.url);
  if (url.pathname.includes("//")) {
    url.pathname = url.pathname.replaceAll(/\/{2,}/g, "/");
  }
  if (!trustProxy) return url;
  const protocol = req.headers.get("x-forwarded-proto");
  if (protocol !== null) url.protocol = protocol;
  const host = req.headers.get("x-forwarded-host");
  if (host !== null) url.host = host;
  return url;
}
