/** Full jitter: a thousand agents that were cut off at once don't come back at once. */
const ceilings = [0, 250, 500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000] as const;

/** ms to wait before try number `tries` (from 0) since the last success; `random` gives [0, 1). */
export const backoff = (tries: number, random: () => number): number => random() * (ceilings[Math.min(tries, ceilings.length - 1)] as number);

/**
 * The try after a connection that was welcomed, however short it lived, counts as this one at most (1 s): the other side is well. With longer waits the
 * two ends, each on a network that cuts them every few seconds, would hardly meet.
 */
export const welcomedTry = 3;
