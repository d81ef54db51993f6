/** What stands for a letter that the font does not have. */
export const REPLACEMENT = "?";

/** Text that a font can write, and whether anything of it had to be left out. */
export interface Printable {
  text: string;
  complete: boolean;
}

/**
 * The text as a PDF's own fonts can write it: a letter that they lack becomes its plain relative
 * (ł → l needs none, ő → o has one), and where there is none a question mark.
 *
 * @param known The code points that the font has.
 */
export function printable(
  text: string,
  known: ReadonlySet<number>,
): Printable {
  let complete = true;
  const letters = [...oneLine(text)].map((letter) => {
    if (has(known, letter)) return letter;
    const plain = letter.normalize("NFKD").replace(/\p{M}/gu, "");
    if (plain !== "" && [...plain].every((part) => has(known, part))) {
      return plain;
    }
    complete = false;
    return REPLACEMENT;
  });
  return { text: letters.join(""), complete };
}

function has(known: ReadonlySet<number>, letter: string): boolean {
  return known.has(letter.codePointAt(0) ?? 0);
}

// Blanks of every width, breaks and controls are one plain blank on paper; what has no width is nothing.
function oneLine(text: string): string {
  return text.normalize("NFC").replace(/[\s\p{Zs}\p{Cc}]+/gu, " ")
    .replace(/\p{Cf}/gu, "");
}
