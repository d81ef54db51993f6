/**
 * Reads the body of a request as text.
 *
 * @returns `null` if it exceeds `maxBytes`; the rest is not read.
 */
export async function readBody(
  request: Request,
  maxBytes: number,
): Promise<string | null> {
  if (request.body === null) return "";
  const reader = request.body.getReader();
  const decoder = new TextDecoder();
  let text = "";
  for (let size = 0;;) {
    const { done, value } = await reader.read();
    if (done) return text + decoder.decode();
    size += value.length;
    if (size > maxBytes) {
      await reader.cancel();
      return null;
    }
    text += decoder.decode(value, { stream: true });
  }
}
