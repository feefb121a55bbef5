/** One WebSocket between an end and the gateway: in order each way, until it is cut; and then each side hears of it in its own time, or never. */
import type { Kernel } from '../kernel/kernel.ts';
import type { Faults } from './faults.ts';
import type { Client, Dialled } from './gateway.ts';

export interface SimulatedConnection {
	readonly dialled: Dialled;
	readonly client: Client;
	/** Nothing passes any more, though neither side may have heard of it yet. */
	readonly broken: boolean;
	/** From the gateway to the end. */
	down(what: 'open'): void;
	down(what: 'text', text: string): void;
	down(what: 'close', code: number): void;
	/** @param heardMs in which each side hears of it, if it does */
	cut(heardMs?: number): void;
}

export interface ConnectionOptions {
	kernel: Kernel;
	faults: Faults;
	dialled: Dialled;
	/** what the gateway sees of it */
	upgrade(): void;
	message(text: string): void;
	closed(code: number): void;
	/** the end sends text, and text has come to it */
	sent(text: string): void;
	arrived(text: string): void;
}

/** ms within which a side that hears nothing hears of nothing at all: the other limits end it then */
const tenMinutes = 600_000;

export const createConnection = (options: ConnectionOptions): SimulatedConnection => {
	const { kernel, faults, dialled } = options;
	const { life, events } = dialled;
	const chance = kernel.random('network');
	/** ms one way, of this connection */
	const distance = chance.between(2, 60);
	/** bytes a ms, down */
	const own = (dialled.network?.bytesPerSecond ?? Number.POSITIVE_INFINITY) / 1_000;
	const speed = faults.happens('line-slow') ? faults.spread('line-slow', 4, 40) : own;
	/** when the last message each way arrives: none overtakes another */
	const last = { up: 0, down: 0 };
	let open = false;
	/** the end has heard that it is over, or has ended itself */
	let over = false;
	let broken = false;

	const travel = (way: 'up' | 'down', what: string, arrive: () => void, takes = 0): void => {
		if (broken) return;
		const at = Math.max(last[way] + takes + 0.001, kernel.now() + takes + distance + chance.next() * chance.next() * 40);
		last[way] = at;
		kernel.after(at - kernel.now(), `${life.name} ${way} ${what}`, () => !broken && arrive());
	};

	const hear = (code: number, reason: string): void => {
		if (over) return;
		over = true;
		if (life.alive) events.close(code, reason);
	};

	const cut = (heardMs = 2_000): void => {
		if (broken) return;
		broken = true;
		kernel.note(`${life.name} is cut off`);
		if (!faults.happens('line-silent')) kernel.after(chance.between(1, heardMs), `${life.name} hears of the cut`, () => hear(1006, ''));
		const after = faults.happens('line-silent') ? faults.spread('line-silent', 1_000, tenMinutes) : chance.between(1, heardMs);
		kernel.after(after, 'the gateway hears of a cut', () => options.closed(1006));
	};

	travel('up', 'upgrade', options.upgrade);
	// A process that dies takes its sockets along; the gateway hears of it.
	life.whenEnded(() => {
		if (over) return;
		over = true;
		travel('up', 'end', () => options.closed(1006));
	});

	return {
		dialled,
		get broken() {
			return broken;
		},
		client: {
			send: (text) => {
				if (!open || over) return;
				options.sent(text);
				const stalls = faults.happens('line-stalls') ? faults.spread('line-stalls', 500, 20_000) : 0;
				travel('up', text.slice(0, 24), () => options.message(text), stalls);
			},
			waiting: 0,
			close: (code) => {
				if (over) return;
				travel('up', 'close', () => {
					options.closed(code);
					travel('down', 'closed', () => hear(code, ''));
				});
			},
			destroy: () => {
				travel('up', 'end', () => options.closed(1006));
				kernel.after(0, `${life.name} ends its connection`, () => hear(1006, ''));
			},
		},
		down: (what: 'open' | 'text' | 'close', content: string | number = '') => {
			const arrive = (): void => {
				if (over || !life.alive) return;
				if (what === 'open') {
					open = true;
					events.open();
					if (faults.happens('line-cut'))
						kernel.after(faults.spread('line-cut', 100, 600_000), 'cut', () => {
							if (faults.stopped || broken || over) return;
							faults.fires('line-cut');
							cut();
						});
				} else if (what === 'text') {
					options.arrived(String(content));
					events.text(String(content));
				} else hear(Number(content), '');
			};
			travel('down', `${what} ${String(content).slice(0, 24)}`, arrive, String(content).length / speed);
		},
		cut,
	};
};
