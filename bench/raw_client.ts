/** The headers of a request. */
export interface RawRequest {
  headers: Record<string, string>;
}

/**
 * An HTTP/1.1 client for one connection, without pipelining. Far cheaper than
 * `fetch`, so that a benchmark measures the server and not the client.
 */
export class RawClient implements Disposable {
  readonly #buffer = new Uint8Array(16_384);
  readonly #encoder = new TextEncoder();
  readonly #decoder = new TextDecoder();

  private constructor(
    private readonly connection: Deno.TcpConn,
    private readonly host: string,
  ) {}

  static async open(url: string): Promise<RawClient> {
    const { hostname, port, host } = new URL(url);
    const connection = await Deno.connect({ hostname, port: Number(port) });
    connection.setNoDelay(true);
    return new RawClient(connection, host);
  }

  /**
   * @returns The status of the response.
   * @throws {Error} If the server closes the connection, or responds without
   * `Content-Length`.
   */
  post(path: string, request: RawRequest & { body: string }): Promise<number> {
    return this.#send("POST", path, request);
  }

  /** Sends a GET request; returns and throws as `post`. */
  get(path: string, request: RawRequest): Promise<number> {
    return this.#send("GET", path, { ...request, body: "" });
  }

  async #send(
    method: string,
    path: string,
    { headers, body }: RawRequest & { body: string },
  ): Promise<number> {
    const lines = Object.entries(headers)
      .map(([name, value]) => `${name}: ${value}\r\n`).join("");
    await this.#write(
      `${method} ${path} HTTP/1.1\r\nHost: ${this.host}\r\n${lines}` +
        `Content-Length: ${body.length}\r\n\r\n${body}`,
    );
    return await this.#readStatus();
  }

  async #write(text: string): Promise<void> {
    const bytes = this.#encoder.encode(text);
    for (let sent = 0; sent < bytes.length;) {
      sent += await this.connection.write(bytes.subarray(sent));
    }
  }

  async #readStatus(): Promise<number> {
    for (let text = "";;) {
      const read = await this.connection.read(this.#buffer);
      if (read === null) throw new Error("The server closed the connection");
      text += this.#decoder.decode(this.#buffer.subarray(0, read));
      const head = text.indexOf("\r\n\r\n");
      if (head === -1) continue;
      const length = /\r\ncontent-length: (\d+)/i.exec(text)?.[1];
      if (length === undefined) {
        throw new Error("The response has no Content-Length");
      }
      if (text.length < head + 4 + Number(length)) continue;
      return Number(text.slice(9, 12));
    }
  }

  [Symbol.dispose](): void {
    this.connection.close();
  }
}
