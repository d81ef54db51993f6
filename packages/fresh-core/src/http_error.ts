/**
 * An error with an HTTP status. If a request throws it, the nearest error page
 * renders it, or the response is plain text. `fresh` and `fresh/runtime` export
 * the same class.
 */
export class HttpError extends Error {
  override name = "HttpError";
  readonly status: number;

  /** @param status An HTTP status, usually from 400 to 599. */
  constructor(status: number, message?: string, options?: ErrorOptions) {
    super(message, options);
    this.status = status;
  }
}
