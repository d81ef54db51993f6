const ROUNDS = 5;

/** The two sides of a comparison, measured alternately. */
export interface Comparison {
  ours: () => Promise<number>;
  theirs: () => Promise<number>;
}

/** The medians of a comparison, in its unit. */
export interface Compared {
  ours: number;
  theirs: number;
  /** Median of the rounds' ratios, ours to theirs. */
  ratio: number;
}

/**
 * Measures both sides alternately, so that other load on the machine affects
 * both. Discards a first round and takes the medians of five.
 */
export async function compare(sides: Comparison): Promise<Compared> {
  const rounds: { ours: number; theirs: number }[] = [];
  for (let round = 0; round <= ROUNDS; round++) {
    const ours = await sides.ours();
    const theirs = await sides.theirs();
    if (round > 0) rounds.push({ ours, theirs });
  }
  return {
    ours: median(rounds.map(({ ours }) => ours)),
    theirs: median(rounds.map(({ theirs }) => theirs)),
    ratio: median(rounds.map(({ ours, theirs }) => ours / theirs)),
  };
}

function median(values: number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? NaN;
}

/** Formats a line of the table: name, both sides, ratio and limit. */
export function row(name: string, unit: string, limit: string, {
  ours,
  theirs,
  ratio,
}: Compared): string {
  const figures = `${ours.toFixed(0)} : ${theirs.toFixed(0)} ${unit}`;
  return `${name.padEnd(44)}${figures.padEnd(26)}${ratio.toFixed(2)}   ` +
    `(${limit})`;
}
