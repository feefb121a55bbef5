/** P1, P2 and S16: what was typed reaches the program once, in order, while the agent lives; and nothing old is typed into a new one. */
import type { Kernel } from '../kernel/kernel.ts';
import type { Container } from '../world/containers.ts';
import type { Page } from '../world/page.ts';
import { indexOf } from '../world/page-bytes.ts';

export interface Keystrokes {
	add(page: Page): void;
	/** The program in a session's task heard this. Gives when the last of it was typed, on the kernel's clock; undefined: nothing was. */
	heard(session: string, container: Container, bytes: Uint8Array): number | undefined;
	/** What was written and acknowledged, and nobody had read when agent or tmux died: it is lost with their terminals, in order like all else. */
	lost(session: string, container: Container, bytes: Uint8Array): void;
	/** Every keystroke was heard, or its user was told that it was dropped. */
	settle(): void;
	readonly count: number;
}

interface Typist {
	page: Page;
	/** the next keystroke that may come */
	next: number;
	/** by byte: it came */
	heard: boolean[];
}

export const createKeystrokes = (kernel: Kernel): Keystrokes => {
	const typists = new Map<string, Typist[]>();
	let count = 0;

	/** Gives when it was typed. */
	const one = (session: string, container: Container, byte: number): number | undefined => {
		const index = indexOf(byte);
		const typist = typists.get(session)?.find(({ page }) => page.index === index);
		if (!typist) {
			kernel.violated('S7', `the program of ${session} heard what none of its pages typed: ${byte}`);
			return undefined;
		}
		const { page } = typist;
		const epoch = container.epochs.at(-1);
		// What was typed for an agent that is gone may be missing.
		while (typist.next < page.typed && page.typedFor[typist.next] !== epoch) typist.next += 1;
		if (typist.next >= page.typed || page.bytes[typist.next] !== byte) {
			const old = page.typedFor.some((of, at) => of !== epoch && page.bytes[at] === byte);
			const rule = old ? 'P1 or S16' : 'P1';
			const expected = `keystroke ${typist.next} of ${page.typed} (byte ${page.bytes[typist.next]})`;
			kernel.violated(rule, `page ${page.name}: expected ${expected}, heard byte ${byte}`);
			return undefined;
		}
		const at = page.typedAt[typist.next];
		typist.heard[typist.next] = true;
		typist.next += 1;
		count += 1;
		return at;
	};

	return {
		add: (page) => {
			const known = typists.get(page.session) ?? [];
			typists.set(page.session, known);
			known.push({ page, next: 0, heard: [] });
		},
		heard: (session, container, bytes) => {
			const times = [...bytes].flatMap((byte) => one(session, container, byte) ?? []);
			return times.length > 0 ? Math.max(...times) : undefined;
		},
		lost: (session, container, bytes) => {
			for (const byte of bytes) one(session, container, byte);
		},
		settle: () => {
			for (const { page, heard } of [...typists.values()].flat()) {
				const heardWhole = (at: number): boolean => {
					for (let byte = page.ends[at - 1] ?? 0; byte < (page.ends[at] ?? 0); byte++) if (!heard[byte]) return false;
					return true;
				};
				const untold = page.ends.findIndex((_, at) => !heardWhole(at) && !page.dropped[at]);
				if (page.open && untold >= 0)
					kernel.violated('P2', `keystroke ${untold} of ${page.ends.length} of page ${page.name} is missing, and its user was not told`);
			}
		},
		get count() {
			return count;
		},
	};
};
