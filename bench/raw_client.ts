/** What is sent along with a request. */
export interface RawRequest {
  headers: Record<string, string>;
}

/**
 * One connection that asks and waits, asks and waits. Far cheaper than
 * `fetch`, so that what is measured is the server and not its client.
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
   * @returns The answer's status.
   * @throws {Error} If the server ends the connection, or answers in chunks.
   */
  post(path: string, request: RawRequest & { body: string }): Promise<number> {
    return this.#send("POST", path, request);
  }

  /** The same for what has no body. */
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
      if (read === null) throw new Error("The server has hung up");
      text += this.#decoder.decode(this.#buffer.subarray(0, read));
      const head = text.indexOf("\r\n\r\n");
      if (head === -1) continue;
      const length = /\r\ncontent-length: (\d+)/i.exec(text)?.[1];
      if (length === undefined) throw new Error("An answer has no length");
      if (text.length < head + 4 + Number(length)) continue;
      return Number(text.slice(9, 12));
    }
  }

  [Symbol.dispose](): void {
    this.connection.close();
  }
}
