/**
 * An error with an HTTP status. Thrown anywhere below a request it becomes the
 * answer: the nearest error page shows it, or a plain text response does.
 *
 * The same class is exported by `fresh` and `fresh/runtime`.
 */
export class HttpError extends Error {
  override name = "HttpError";
  readonly status: number;

  /** @param status An HTTP status, by convention 400 to 599. */
  constructor(status: number, message?: string, options?: ErrorOptions) {
    super(message, options);
    this.status = status;
  }
}
