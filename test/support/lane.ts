/** One direction of a slow link: so many bits a second for all connections together, each byte so late, and a short queue before it. */
import type { Socket } from 'node:net';

export interface Speed {
	bitsPerSecond: number;
	/** ms from one end to the other */
	delayMs: number;
}

export interface Lane {
	/** What comes from one goes to the other; resolves nothing, and ends with the first of them. */
	carry(from: Socket, to: Socket): void;
	/** undefined: as fast as the machine is */
	speed: Speed | undefined;
	/** Nothing arrives any more, until it goes on. */
	hold(): void;
	goOn(): void;
	/** that have arrived */
	readonly bytes: number;
}

/** bytes of one packet, and those that a router keeps before it makes senders wait */
const packetBytes = 1_460;
const queueBytes = 64 * 1024;

interface Packet {
	at: number;
	bytes: Buffer | undefined;
	from: Socket;
	to: Socket;
}

export const createLane = (initial: Speed | undefined): Lane => {
	let speed = initial;
	let queue: Packet[] = [];
	let queued = 0;
	let busyUntil = 0;
	let timer: NodeJS.Timeout | undefined;
	let held = false;
	let bytes = 0;
	const waiting = new Set<Socket>();

	const arrive = ({ bytes: packet, from, to }: Packet): void => {
		if (!packet) {
			to.end();
			return;
		}
		queued -= packet.length;
		bytes += packet.length;
		if (!to.destroyed && !to.write(packet)) {
			from.pause();
			to.once('drain', () => from.resume());
		}
	};
	const run = (): void => {
		clearTimeout(timer);
		timer = undefined;
		if (held) return;
		const now = performance.now();
		let done = 0;
		while (done < queue.length && (queue[done] as Packet).at <= now) arrive(queue[done++] as Packet);
		if (done > 0) queue = queue.slice(done);
		if (queued < queueBytes / 2) {
			for (const source of waiting) source.resume();
			waiting.clear();
		}
		const [next] = queue;
		if (next) timer = setTimeout(run, Math.max(1, next.at - now));
	};
	/** A packet that is sent now: when it arrives. */
	const arrival = ({ bytes: packet }: Omit<Packet, 'at'>): number => {
		busyUntil = Math.max(performance.now(), busyUntil) + (speed && packet ? (packet.length * 8_000) / speed.bitsPerSecond : 0);
		return busyUntil + (speed?.delayMs ?? 0);
	};
	const send = (packet: Omit<Packet, 'at'>): void => {
		queue.push({ ...packet, at: arrival(packet) });
		queued += packet.bytes?.length ?? 0;
	};

	return {
		carry: (from, to) => {
			from.on('data', (chunk: Buffer) => {
				for (let at = 0; at < chunk.length; at += packetBytes) send({ bytes: chunk.subarray(at, at + packetBytes), from, to });
				if (queued > queueBytes) {
					from.pause();
					waiting.add(from);
				}
				if (!timer) run();
			});
			from.on('end', () => {
				send({ bytes: undefined, from, to });
				if (!timer) run();
			});
			from.on('error', () => to.destroy());
			from.on('close', () => waiting.delete(from));
		},
		get speed() {
			return speed;
		},
		set speed(next) {
			speed = next;
			busyUntil = performance.now();
		},
		hold: () => {
			held = true;
		},
		goOn: () => {
			if (!held) return;
			held = false;
			// What was lost is sent again, as TCP does.
			busyUntil = performance.now();
			queue = queue.map((packet) => ({ ...packet, at: arrival(packet) }));
			run();
		},
		get bytes() {
			return bytes;
		},
	};
};
