/** What is to happen, by time; what is due at one instant comes in an order that the seed chose. */

export interface Planned {
	at: number;
	/** drawn by the seed when it was planned */
	tie: number;
	order: number;
	what: string;
	run: () => void;
	taken: boolean;
}

const before = (a: Planned, b: Planned): boolean => a.at < b.at || (a.at === b.at && (a.tie < b.tie || (a.tie === b.tie && a.order < b.order)));

export interface Queue {
	add(planned: Planned): void;
	/** Takes the first out; undefined when there is none. */
	next(): Planned | undefined;
	readonly size: number;
}

/** A binary heap. What was taken back stays in it until its turn. */
export const createQueue = (): Queue => {
	const heap: Planned[] = [];
	const item = (index: number): Planned => heap[index] as Planned;

	const rise = (from: number): void => {
		const moved = item(from);
		let index = from;
		while (index > 0) {
			const parent = (index - 1) >> 1;
			if (!before(moved, item(parent))) break;
			heap[index] = item(parent);
			index = parent;
		}
		heap[index] = moved;
	};

	const sink = (moved: Planned): void => {
		let index = 0;
		for (;;) {
			let child = 2 * index + 1;
			if (child >= heap.length) break;
			if (child + 1 < heap.length && before(item(child + 1), item(child))) child += 1;
			if (!before(item(child), moved)) break;
			heap[index] = item(child);
			index = child;
		}
		heap[index] = moved;
	};

	const pop = (): Planned | undefined => {
		const first = heap[0];
		const last = heap.pop();
		if (first !== last && last) sink(last);
		return first;
	};

	return {
		add: (planned) => {
			heap.push(planned);
			rise(heap.length - 1);
		},
		next: () => {
			for (let first = pop(); first; first = pop()) if (!first.taken) return first;
			return undefined;
		},
		get size() {
			return heap.length;
		},
	};
};
