/** ms before the first, second, ... try after a cut; the last one stays. */
const longest = [0, 250, 500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000] as const;

/** Full jitter: a thousand pages that were cut at the same instant come back spread over the whole wait. `random` is in [0, 1). */
export const reconnectDelay = (attempt: number, random: number): number => Math.round(random * (longest[attempt] ?? 30_000));

/**
 * The try after a connection that was welcomed, however short it lived, counts as this one at most (1 s): the other side is well. With longer waits the
 * two ends, each on a network that cuts them every few seconds, would hardly meet.
 */
export const welcomedAttempt = 3;
