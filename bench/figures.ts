const ROUNDS = 5;

/** Two sides, measured in turn. */
export interface Comparison {
  ours: () => Promise<number>;
  theirs: () => Promise<number>;
}

/** What a comparison gave, in the unit of its measure. */
export interface Compared {
  ours: number;
  theirs: number;
  /** The median of the rounds' own ratios, ours to theirs. */
  ratio: number;
}

/**
 * Measures both sides in turn, after a round that does not count, and takes
 * medians of five: what the machine does meanwhile meets both alike.
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

/** A line of the table: what it is, both sides, the ratio and its limit. */
export function row(name: string, unit: string, limit: string, {
  ours,
  theirs,
  ratio,
}: Compared): string {
  const figures = `${ours.toFixed(0)} : ${theirs.toFixed(0)} ${unit}`;
  return `${name.padEnd(44)}${figures.padEnd(26)}${ratio.toFixed(2)}   ` +
    `(${limit})`;
}
