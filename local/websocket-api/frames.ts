/** Reads the lengths of WebSocket frames off a byte stream (RFC 6455, 5.2), so that a frame over the limit is seen though a library joins frames. */

/** Gets each chunk as it comes; calls back with a frame's payload length as soon as its header is there. */
export const createFrameReader = (onFrame: (bytes: number) => void): ((chunk: Buffer) => void) => {
	/** bytes of the present payload that are still to come */
	let skip = 0;
	let header: Buffer = Buffer.alloc(0);

	const headerBytes = (): number => {
		if (header.length < 2) return 2;
		const [, second = 0] = header;
		const length = second & 0x7f;
		return 2 + (length === 126 ? 2 : length === 127 ? 8 : 0) + (second & 0x80 ? 4 : 0);
	};

	const payloadBytes = (): number => {
		const length = (header[1] ?? 0) & 0x7f;
		return length === 126 ? header.readUInt16BE(2) : length === 127 ? Number(header.readBigUInt64BE(2)) : length;
	};

	return (chunk) => {
		let at = 0;
		while (at < chunk.length) {
			if (skip > 0) {
				const step = Math.min(skip, chunk.length - at);
				skip -= step;
				at += step;
				continue;
			}
			const wanted = headerBytes() - header.length;
			header = Buffer.concat([header, chunk.subarray(at, at + wanted)]);
			at += wanted;
			if (header.length < headerBytes()) continue;
			skip = payloadBytes();
			header = Buffer.alloc(0);
			onFrame(skip);
		}
	};
};
