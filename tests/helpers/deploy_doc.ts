const DEPLOY = await Deno.readTextFile("docs/deploy.md");

/** The snippet of the document that contains a text. */
export function snippet(language: string, text: string): string {
  const fences = DEPLOY.matchAll(/^```(\w+)\n(.*?)^```$/gms);
  for (const [, found, code = ""] of fences) {
    if (found === language && code.includes(text)) return code;
  }
  throw new Error(`docs/deploy.md has no ${language} snippet with ${text}`);
}
