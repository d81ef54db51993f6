/**
 * Reports whether a request's `Accept` prefers a media type to JSON, which is
 * the default without that header.
 */
export async function prefersToJson(
  { headers }: Request,
  mediaType: string,
): Promise<boolean> {
  const accept = headers.get("Accept") ?? "*/*";
  const { default: Negotiator } = await import("negotiator");
  return new Negotiator({ headers: { accept } })
    .mediaType(["application/json", mediaType]) === mediaType;
}
