import {
  degrees,
  PDFDocument,
  type PDFFont,
  type PDFPage,
  rgb,
  StandardFonts,
} from "@cantoo/pdf-lib";
import { printable } from "./charset.ts";

const A4: [number, number] = [595.28, 841.89];
/** Page margin, in points. */
const MARGIN = 56;
export const WIDTH = A4[0] - 2 * MARGIN;
const FOOTER_HEIGHT = 24;

const INK = {
  black: rgb(0.09, 0.13, 0.18),
  soft: rgb(0.34, 0.38, 0.46),
  line: rgb(0.86, 0.89, 0.92),
  good: rgb(0.08, 0.45, 0.24),
  alert: rgb(0.66, 0.15, 0.11),
};
type Ink = keyof typeof INK;

/** The style and position of a text: sizes in points, `x` from the left margin. */
export interface TextStyle {
  x?: number;
  size?: number;
  bold?: boolean;
  ink?: Ink;
  /** Right-aligns the text: `x` is its end. */
  right?: boolean;
}

/** A document written from top to bottom. */
export class PdfDocument {
  /** Some characters are missing from the fonts and were replaced. */
  incomplete = false;
  #page: PDFPage;
  #y = A4[1] - MARGIN;

  private constructor(
    readonly document: PDFDocument,
    readonly fonts: { plain: PDFFont; bold: PDFFont },
    readonly known: ReadonlySet<number>,
  ) {
    this.#page = document.addPage(A4);
  }

  static async open(): Promise<PdfDocument> {
    const document = await PDFDocument.create();
    const plain = await document.embedFont(StandardFonts.Helvetica);
    const bold = await document.embedFont(StandardFonts.HelveticaBold);
    const known = new Set(plain.getCharacterSet());
    return new PdfDocument(document, { plain, bold }, known);
  }

  /**
   * Moves down by a number of points, or to a new page if less than `height` points are left.
   *
   * @returns Whether a new page began.
   */
  down(points: number, height = 0): boolean {
    this.#y -= points;
    if (this.#y - height > MARGIN + FOOTER_HEIGHT) return false;
    this.#page = this.document.addPage(A4);
    this.#y = A4[1] - MARGIN;
    return true;
  }

  /** Writes one line at the current height. */
  write(text: string, style: TextStyle = {}): void {
    const { x = 0, size = 10, ink = "black", right = false } = style;
    const font = this.#font(style);
    const line = this.#printed(text);
    const left = right ? x - font.widthOfTextAtSize(line, size) : x;
    this.#page.drawText(line, {
      x: MARGIN + left,
      y: this.#y,
      size,
      font,
      color: INK[ink],
    });
  }

  /** Splits a text into lines that fit a width, at most `most` of them. */
  wrap(text: string, width: number, style: TextStyle & { most?: number } = {}) {
    const { size = 10, most = 6 } = style;
    const fits = (line: string) =>
      this.#font(style).widthOfTextAtSize(line, size) <= width;
    const lines: string[] = [];
    for (const word of this.#printed(text).split(" ").flatMap(splitLongWord)) {
      const last = lines.at(-1);
      if (last !== undefined && fits(`${last} ${word}`)) {
        lines[lines.length - 1] = `${last} ${word}`;
      } else lines.push(word);
    }
    return lines.slice(0, most);
  }

  rule(ink: Ink = "line"): void {
    this.#page.drawLine({
      start: { x: MARGIN, y: this.#y },
      end: { x: MARGIN + WIDTH, y: this.#y },
      thickness: 0.75,
      color: INK[ink],
    });
  }

  /** Draws a text in a slanted frame, like a rubber stamp. */
  stamp(text: string, ink: Ink): void {
    const size = 26;
    const width = this.fonts.bold.widthOfTextAtSize(text, size) + 28;
    const rotate = degrees(8);
    const x = MARGIN + WIDTH - width - 4;
    const y = this.#y;
    const color = INK[ink];
    this.#page.drawRectangle({
      x,
      y,
      width,
      height: 42,
      rotate,
      borderColor: color,
      borderWidth: 2.5,
      borderOpacity: 0.8,
    });
    this.#page.drawText(text, {
      x: x + 12,
      y: y + 14,
      size,
      rotate,
      color,
      font: this.fonts.bold,
      opacity: 0.8,
    });
  }

  /** Writes a text and the page number at the bottom of every page. */
  footer(text: string): void {
    const pages = this.document.getPages();
    for (const [index, page] of pages.entries()) {
      this.#page = page;
      this.#y = MARGIN;
      this.write(text, { size: 8, ink: "soft" });
      const count = `Page ${index + 1} of ${pages.length}`;
      this.write(count, { size: 8, ink: "soft", x: WIDTH, right: true });
    }
  }

  #font({ bold }: TextStyle): PDFFont {
    return bold ? this.fonts.bold : this.fonts.plain;
  }

  #printed(text: string): string {
    const { text: line, complete } = printable(text, this.known);
    if (!complete) this.incomplete = true;
    return line;
  }
}

const LONGEST_WORD = 40;

// A long word would run off the page.
function splitLongWord(word: string): string[] {
  const parts = Math.max(1, Math.ceil(word.length / LONGEST_WORD));
  return Array.from(
    { length: parts },
    (_, at) => word.slice(at * LONGEST_WORD, (at + 1) * LONGEST_WORD),
  );
}
