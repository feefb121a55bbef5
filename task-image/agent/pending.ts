/** What a program has printed and nobody was sent yet. Put together once a frame, not at each of its writes. */
export const createPending = () => {
	let parts: Buffer[] = [];
	let length = 0;
	return {
		get length() {
			return length;
		},
		push(bytes: Uint8Array): void {
			parts.push(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length));
			length += bytes.length;
		},
		/** Its beginning, in one piece; it stays until it is dropped. */
		first(limit: number): Buffer {
			if (parts.length > 1) parts = [Buffer.concat(parts, length)];
			return (parts[0] ?? Buffer.alloc(0)).subarray(0, limit);
		},
		/** The beginning of what `first` gave is done with. */
		drop(count: number): void {
			const rest = parts[0]?.subarray(count);
			length -= count;
			if (rest && rest.length > 0) parts[0] = rest;
			else parts.shift();
		},
		clear(): void {
			parts = [];
			length = 0;
		},
	};
};
