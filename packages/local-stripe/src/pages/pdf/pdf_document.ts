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
/** Room around what is written, in points. */
export const MARGIN = 56;
export const WIDTH = A4[0] - 2 * MARGIN;
const FOOT = 24;

const INK = {
  black: rgb(0.09, 0.13, 0.18),
  soft: rgb(0.34, 0.38, 0.46),
  line: rgb(0.86, 0.89, 0.92),
  good: rgb(0.08, 0.45, 0.24),
  alert: rgb(0.66, 0.15, 0.11),
};
type Ink = keyof typeof INK;

/** How a text is set: sizes in points, `x` from the left margin. */
export interface Setting {
  x?: number;
  size?: number;
  bold?: boolean;
  ink?: Ink;
  /** `x` is where the text ends. */
  right?: boolean;
}

/** Pages that are written from top to bottom. */
export class PdfDocument {
  /** Something could not be written in the fonts that every PDF has. */
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

  /** Goes down; to a new page where there is no room for `room` more points. */
  down(points: number, room = 0): boolean {
    this.#y -= points;
    if (this.#y - room > MARGIN + FOOT) return false;
    this.#page = this.document.addPage(A4);
    this.#y = A4[1] - MARGIN;
    return true;
  }

  /** Writes one line where the pen is; the pen stays at its height. */
  write(text: string, setting: Setting = {}): void {
    const { x = 0, size = 10, ink = "black", right = false } = setting;
    const font = this.#font(setting);
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

  /** The lines that a text takes within a width, at most `most` of them. */
  wrap(text: string, width: number, setting: Setting & { most?: number } = {}) {
    const { size = 10, most = 6 } = setting;
    const fits = (line: string) =>
      this.#font(setting).widthOfTextAtSize(line, size) <= width;
    const lines: string[] = [];
    for (const word of this.#printed(text).split(" ").flatMap(cutLong)) {
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

  /** A word in a frame, a little askew, as a rubber stamp leaves it. */
  stamp(word: string, ink: Ink): void {
    const size = 26;
    const width = this.fonts.bold.widthOfTextAtSize(word, size) + 28;
    const rotate = degrees(8);
    const x = MARGIN + WIDTH - width - 4;
    const y = this.#y;
    const color = INK[ink];
    this.#page.drawRectangle({
      ...{ x, y, width, height: 42, rotate },
      borderColor: color,
      borderWidth: 2.5,
      borderOpacity: 0.8,
    });
    this.#page.drawText(word, {
      ...{ x: x + 12, y: y + 14, size, rotate, color },
      font: this.fonts.bold,
      opacity: 0.8,
    });
  }

  /** The same words at the foot of every page, with its number. */
  foot(words: string): void {
    const pages = this.document.getPages();
    for (const [index, page] of pages.entries()) {
      this.#page = page;
      this.#y = MARGIN;
      this.write(words, { size: 8, ink: "soft" });
      const count = `Page ${index + 1} of ${pages.length}`;
      this.write(count, { size: 8, ink: "soft", x: WIDTH, right: true });
    }
  }

  #font({ bold }: Setting): PDFFont {
    return bold ? this.fonts.bold : this.fonts.plain;
  }

  #printed(text: string): string {
    const { text: line, complete } = printable(text, this.known);
    if (!complete) this.incomplete = true;
    return line;
  }
}

const LONGEST_WORD = 40;

// A word without a blank would leave the page.
function cutLong(word: string): string[] {
  const parts = Math.max(1, Math.ceil(word.length / LONGEST_WORD));
  return Array.from(
    { length: parts },
    (_, at) => word.slice(at * LONGEST_WORD, (at + 1) * LONGEST_WORD),
  );
}
