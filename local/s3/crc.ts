/** The checksums that Node hasn't: CRC32C, and CRC64NVME, which AWS's command line computes of all that it sends. Both reflected, by a table. */

const tableOf = (polynomial: bigint): BigUint64Array => {
	const table = new BigUint64Array(256);
	for (let byte = 0; byte < 256; byte += 1) {
		let value = BigInt(byte);
		for (let bit = 0; bit < 8; bit += 1) value = value & 1n ? (value >> 1n) ^ polynomial : value >> 1n;
		table[byte] = value;
	}
	return table;
};

/** Halves of the table's values: arithmetic of 64 bits would take seconds for a part of an upload. */
const halvesOf = (polynomial: bigint): { high: Uint32Array; low: Uint32Array } => {
	const table = tableOf(polynomial);
	return { high: Uint32Array.from(table, (one) => Number(one >> 32n)), low: Uint32Array.from(table, (one) => Number(one & 0xffff_ffffn)) };
};

const castagnoli = halvesOf(0x82f6_3b78n).low;
const nvme = halvesOf(0x9a6c_9329_ac4b_c9b5n);

/** 4 bytes, the highest first. */
export const crc32c = (bytes: Buffer): Buffer => {
	let crc = 0xffff_ffff;
	for (let at = 0; at < bytes.length; at += 1) crc = (crc >>> 8) ^ (castagnoli[(crc ^ (bytes[at] ?? 0)) & 0xff] ?? 0);
	const out = Buffer.alloc(4);
	out.writeUInt32BE(~crc >>> 0);
	return out;
};

/** 8 bytes, the highest first. */
export const crc64nvme = (bytes: Buffer): Buffer => {
	let [high, low] = [0xffff_ffff, 0xffff_ffff];
	for (let at = 0; at < bytes.length; at += 1) {
		const entry = (low ^ (bytes[at] ?? 0)) & 0xff;
		low = ((low >>> 8) | (high << 24)) ^ (nvme.low[entry] ?? 0);
		high = (high >>> 8) ^ (nvme.high[entry] ?? 0);
	}
	const out = Buffer.alloc(8);
	out.writeUInt32BE(~high >>> 0);
	out.writeUInt32BE(~low >>> 0, 4);
	return out;
};
