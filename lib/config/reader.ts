/** Environment variables, as from `Deno.env.toObject()`. */
export type Environment = Record<string, string | undefined>;

/** Reads typed values from the environment and collects every problem. */
export class EnvReader {
  readonly problems: string[] = [];
  constructor(private readonly environment: Environment) {}

  text(name: string): string | null {
    return this.environment[name]?.trim() || null;
  }

  list(name: string): string[] | null {
    const text = this.text(name);
    if (text === null) return null;
    const items = text.split(",").map((item) => item.trim());
    if (items.includes("")) this.refuse(name, "has an empty entry");
    return items;
  }

  url(name: string): URL | null {
    const text = this.text(name);
    if (text === null) return null;
    const url = URL.canParse(text) ? new URL(text) : null;
    if (url?.protocol === "http:" || url?.protocol === "https:") return url;
    this.refuse(name, "is not an http or https URL");
    return null;
  }

  /** A URL without path, query or fragment. */
  origin(name: string): URL | null {
    const url = this.url(name);
    if (url !== null && url.href !== `${url.origin}/`) {
      this.refuse(name, "is not an origin: leave out path and query");
    }
    return url;
  }

  port(name: string, fallback: number): number {
    const text = this.text(name);
    if (text === null) return fallback;
    const port = /^\d{1,5}$/.test(text) ? Number(text) : 0;
    if (port < 1 || port > 65_535) {
      this.refuse(name, "is not a port, 1 to 65535");
    }
    return port;
  }

  choice<T extends string>(name: string, choices: readonly T[]): T | null {
    const text = this.text(name);
    const choice = choices.find((choice) => choice === text);
    if (text !== null && choice === undefined) {
      this.refuse(name, `is not one of ${choices.join(", ")}`);
    }
    return choice ?? null;
  }

  refuse(name: string, why: string): void {
    this.problems.push(`${name} ${why}.`);
  }
}
