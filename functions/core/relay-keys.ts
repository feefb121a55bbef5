/** The key ring as one environment of a function knows it: read once, read again only for a key that is not in it. */
import type { KeyRing, KeyStore } from '../relay-ports.ts';

/** ms between two reads for unknown keys, so that forged key ids cost no reads */
const rereadMs = 5_000;
/** bytes of a secret: as long as the hash it is used with */
const secretBytes = 32;

export interface RelayKeys {
	/** The ring that knows this key, or the newest that may be read now; undefined while there is none. */
	knowing(kid: string): Promise<KeyRing | undefined>;
	/** The ring to sign with; made when there is none. */
	signing(): Promise<KeyRing>;
}

export const createRelayKeys = (deps: { store: KeyStore; now: () => Date; random: (bytes: number) => Uint8Array }): RelayKeys => {
	let ring: KeyRing | undefined;
	let readAt = Number.NEGATIVE_INFINITY;

	const read = async () => {
		readAt = deps.now().getTime();
		ring = (await deps.store.read()) ?? ring;
		return ring;
	};

	const make = async (): Promise<KeyRing> => {
		const found = await read();
		if (found) return found;
		const made: KeyRing = { current: 'a', keys: { a: Buffer.from(deps.random(secretBytes)).toString('base64url') } };
		if (await deps.store.make(made)) {
			ring = made;
			return made;
		}
		const theirs = await read();
		if (!theirs) throw new Error('the relay has no key ring, and one could not be made');
		return theirs;
	};
	/** Many tags are minted at a time, and whoever gives up must leave nothing under way that another began. */
	let making: Promise<KeyRing> | undefined;

	return {
		knowing: async (kid) => {
			const known = ring !== undefined && Object.hasOwn(ring.keys, kid);
			return known || deps.now().getTime() - readAt < rereadMs ? ring : read();
		},

		signing: async () => {
			if (ring) return ring;
			making ??= make().finally(() => {
				making = undefined;
			});
			return making;
		},
	};
};
