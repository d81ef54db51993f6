import type { Context } from "../context.ts";

/** Whether deliveries are held back. */
export interface HoldState {
  /** Nothing is sent. */
  held: boolean;
  /** The next two events wait for each other, and are then sent in reverse order. */
  swapNext: boolean;
}

const KEY = ["keeping"];

/** Reads the state from the store, which all processes share. */
export async function readHoldState({ store }: Context): Promise<HoldState> {
  const { value } = await store.read<HoldState>(KEY);
  return value ?? { held: false, swapNext: false };
}

export async function setHoldState(
  { store }: Context,
  state: HoldState,
): Promise<void> {
  await store.untilWritten(async (writes) => {
    writes.set(await store.read(KEY), state);
  });
}
