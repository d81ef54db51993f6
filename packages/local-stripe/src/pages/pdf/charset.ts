/** Replaces a character that the font lacks. */
const REPLACEMENT = "?";

/** A text that the font can write; `complete` unless characters had to be replaced. */
export interface Printable {
  text: string;
  complete: boolean;
}

/**
 * Converts a text to characters that the font has: a missing letter loses its accents (ő becomes o),
 * or else becomes a question mark.
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

// White space and control characters become one space; zero-width characters are dropped.
function oneLine(text: string): string {
  return text.normalize("NFC").replace(/[\s\p{Zs}\p{Cc}]+/gu, " ")
    .replace(/\p{Cf}/gu, "");
}
