/** Full jitter: a thousand agents that failed at once don't come back at once. */
const ceilings = [0, 250, 500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000] as const;

/** ms to wait before try number `tries` (from 0) since the last success; `random` gives [0, 1). */
export const backoff = (tries: number, random: () => number): number => random() * (ceilings[Math.min(tries, ceilings.length - 1)] as number);

/** ms: a connection that lives less long is on a bad way of its own */
const shortLifeMs = 30_000;

/**
 * ms to wait after a connection that was welcomed and then ended, `livedMs` after its ticket came. Whether it was cut alone or with a thousand others
 * can't be told here: spread over so long, a thousand make 400 connections a second, and the account allows 500.
 */
export const returning = (random: () => number, livedMs: number): number => random() * (livedMs < shortLifeMs ? 1_000 : 2_500);
