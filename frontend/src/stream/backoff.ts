/** ms before the first, second, ... try after one that failed; the last one stays. */
const longest = [0, 250, 500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000] as const;

/** Full jitter: a thousand pages that failed at the same instant come back spread over the whole wait. `random` is in [0, 1). */
export const reconnectDelay = (attempt: number, random: number): number => Math.round(random * (longest[attempt] ?? 30_000));

/** ms: a connection that lives less long is on a bad way of its own */
const shortLifeMs = 30_000;

/**
 * ms before the try after a connection that was welcomed and then closed, `livedMs` after its welcome. Whether it was closed alone or with a thousand
 * others can't be told here: spread over so long, a thousand make 400 connections a second, and the account allows 500.
 */
export const returnDelay = (random: number, livedMs: number): number => Math.round(random * (livedMs < shortLifeMs ? 1_000 : 2_500));

/** ms for which a page without any network tries all the time: it burdens nobody, and its user shall not wait when the network is back. */
export const probeForMs = 60_000;
/** ms before the next of these tries. */
export const probeDelay = (random: number): number => Math.round(100 + random * 150);
