/**
 * Waits for work for so long; what takes longer goes on, and is told to nobody.
 *
 * @returns Null where it takes longer.
 * @throws What the work throws in time.
 */
export async function inTime<T>(
  work: Promise<T>,
  patienceMs: number,
): Promise<T | null> {
  const late = Promise.withResolvers<null>();
  const timer = setTimeout(late.resolve, patienceMs, null);
  try {
    return await Promise.race([work, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
