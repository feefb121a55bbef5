/**
 * Undoes raw deflate (RFC 1951). The platform's own is asynchronous, and order is all that a stream of output has: a record that waits for
 * its bytes would make everything after it wait too, on a second queue beside the one that puts records in order. A message's worth takes less
 * than a millisecond here.
 */

const invalid = (what: string): TypeError => new TypeError(`not deflate: ${what}`);

/** For the next bits as they come, lowest first: the symbol, and in its lowest four bits the length of its code; 0 where none begins so. */
interface Codes {
	table: Uint16Array;
	bits: number;
}

const longest = 15;

const reversed = (code: number, length: number): number => {
	let result = 0;
	for (let bit = 0; bit < length; bit++) result |= ((code >> bit) & 1) << (length - 1 - bit);
	return result;
};

const codesOf = (lengths: Uint8Array): Codes => {
	const counts = new Uint16Array(longest + 1);
	for (const length of lengths) counts[length] = (counts[length] as number) + 1;
	counts[0] = 0;
	let bits = longest;
	while (bits > 1 && counts[bits] === 0) bits--;
	const next = new Uint16Array(longest + 2);
	let left = 1;
	for (let length = 1; length <= longest; length++) {
		left = 2 * left - (counts[length] as number);
		if (left < 0) throw invalid('more codes than there can be');
		next[length + 1] = ((next[length] as number) + (counts[length] as number)) << 1;
	}
	const table = new Uint16Array(1 << bits);
	for (let symbol = 0; symbol < lengths.length; symbol++) {
		const length = lengths[symbol] as number;
		if (length === 0) continue;
		const code = next[length] as number;
		next[length] = code + 1;
		for (let at = reversed(code, length); at < table.length; at += 1 << length) table[at] = (symbol << 4) | length;
	}
	return { table, bits };
};

/** What a length or distance symbol stands for: a base, and so many bits more. */
const ranges = (extra: (symbol: number) => number, count: number, first: number): { bases: Uint16Array; extras: Uint8Array } => {
	const bases = new Uint16Array(count);
	const extras = new Uint8Array(count);
	for (let symbol = 0, base = first; symbol < count; symbol++) {
		bases[symbol] = base;
		extras[symbol] = extra(symbol);
		base += 1 << extra(symbol);
	}
	return { bases, extras };
};
const lengthRanges = ranges((symbol) => (symbol < 8 ? 0 : (symbol >> 2) - 1), 29, 3);
// The last one is 258 and nothing more, though the one before could say it too.
lengthRanges.bases[28] = 258;
lengthRanges.extras[28] = 0;
const distanceRanges = ranges((symbol) => (symbol < 4 ? 0 : (symbol >> 1) - 1), 30, 1);

const fixedLengths = Uint8Array.from({ length: 288 }, (_, symbol) => (symbol < 144 ? 8 : symbol < 256 ? 9 : symbol < 280 ? 7 : 8));
const fixed = { literals: codesOf(fixedLengths), distances: codesOf(new Uint8Array(30).fill(5)) };
/** in which the lengths of the codes' codes come */
const order = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15] as const;

/** Throws TypeError on what isn't raw deflate, and as soon as it would become more than `limit` bytes. */
export const inflate = (from: Uint8Array, limit: number): Uint8Array => {
	let to = new Uint8Array(Math.min(limit, 1_024 + from.length * 4));
	let end = 0;
	let at = 0;
	let held = 0;
	let bits = 0;

	/** At least `count` bits are held; beyond the end there are zeros, of which none may be used. */
	const hold = (count: number): void => {
		for (; bits < count; bits += 8, at++) held |= (from[at] ?? 0) << bits;
	};
	const drop = (count: number): void => {
		held >>>= count;
		bits -= count;
		if (at - (bits >> 3) > from.length) throw invalid('it is cut');
	};
	const take = (count: number): number => {
		hold(count);
		const value = held & ((1 << count) - 1);
		drop(count);
		return value;
	};
	const symbolOf = (codes: Codes): number => {
		hold(codes.bits);
		const entry = codes.table[held & (codes.table.length - 1)] as number;
		if (entry === 0) throw invalid('no such code');
		drop(entry & 15);
		return entry >> 4;
	};
	const grow = (by: number): void => {
		if (end + by <= to.length) return;
		if (end + by > limit) throw invalid('too much comes out of it');
		const larger = new Uint8Array(Math.min(limit, Math.max(end + by, 2 * to.length)));
		larger.set(to);
		to = larger;
	};

	const stored = (): void => {
		drop(bits & 7);
		const length = take(16);
		if (take(16) !== (~length & 0xffff)) throw invalid('a wrong length');
		// What is held are whole bytes of it.
		at -= bits >> 3;
		held = bits = 0;
		if (at + length > from.length) throw invalid('it is cut');
		grow(length);
		to.set(from.subarray(at, at + length), end);
		at += length;
		end += length;
	};

	const dynamic = (): { literals: Codes; distances: Codes } => {
		const [literals, distances, count] = [take(5) + 257, take(5) + 1, take(4) + 4];
		const ofLengths = new Uint8Array(order.length);
		for (let n = 0; n < count; n++) ofLengths[order[n] as number] = take(3);
		const codes = codesOf(ofLengths);
		const lengths = new Uint8Array(literals + distances);
		for (let n = 0; n < lengths.length; ) {
			const symbol = symbolOf(codes);
			if (symbol < 16) {
				lengths[n++] = symbol;
				continue;
			}
			if (symbol === 16 && n === 0) throw invalid('nothing to repeat');
			const value = symbol === 16 ? (lengths[n - 1] as number) : 0;
			const times = symbol === 16 ? 3 + take(2) : symbol === 17 ? 3 + take(3) : 11 + take(7);
			if (n + times > lengths.length) throw invalid('too many lengths');
			lengths.fill(value, n, n + times);
			n += times;
		}
		return { literals: codesOf(lengths.subarray(0, literals)), distances: codesOf(lengths.subarray(literals)) };
	};

	const coded = ({ literals, distances }: { literals: Codes; distances: Codes }): void => {
		for (;;) {
			const symbol = symbolOf(literals);
			if (symbol === 256) return;
			if (symbol < 256) {
				grow(1);
				to[end++] = symbol;
				continue;
			}
			const base = lengthRanges.bases[symbol - 257];
			if (base === undefined) throw invalid('no such length');
			const length = base + take(lengthRanges.extras[symbol - 257] as number);
			const far = symbolOf(distances);
			const reach = distanceRanges.bases[far];
			if (reach === undefined) throw invalid('no such distance');
			const distance = reach + take(distanceRanges.extras[far] as number);
			if (distance > end) throw invalid('from before its beginning');
			grow(length);
			// Byte by byte: it may repeat what it has only just written.
			for (let n = 0; n < length; n++, end++) to[end] = to[end - distance] as number;
		}
	};

	for (let last = 0; !last; ) {
		last = take(1);
		const kind = take(2);
		if (kind === 3) throw invalid('no such block');
		if (kind === 0) stored();
		else coded(kind === 1 ? fixed : dynamic());
	}
	if (at - (bits >> 3) !== from.length) throw invalid('something follows it');
	return to.subarray(0, end);
};
