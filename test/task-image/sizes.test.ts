/** [O7] Whose size counts when messages of two devices come late, twice and in another order. tmux is played, time stands still. */
import { epoch, type SenderId, senderId, type TerminalId, terminalId } from '@shellpod/protocol/ids.ts';
import { decodeAgentRecords, encodeViewerRecord, type ViewerRecord } from '@shellpod/protocol/record.ts';
import { calm } from '@shellpod/task-image/agent/grid.ts';
import { createTerminals } from '@shellpod/task-image/agent/terminals.ts';
import { beforeEach, expect, test } from 'vitest';
import { type ManualClock, manualClock } from './support/clocks.ts';
import { mutePty, muteTmux } from './support/mute-tmux.ts';

const own = epoch('epoch1');

interface Device {
	id: TerminalId;
	sender: SenderId;
	columns: number;
	/** the newest screen that came, and its columns */
	screen: number;
	shows: number;
	/** keys that it has sent, sizes that it has told */
	keys: number;
	sizes: number;
}
const device = (name: string, columns: number): Device => ({
	id: terminalId(`terminal${name}`),
	sender: senderId(`sender${name}`),
	columns,
	screen: 0,
	shows: 0,
	keys: 0,
	sizes: 0,
});

let clock: ManualClock;
let terminals: ReturnType<typeof createTerminals>;
let laptop: Device;
let phone: Device;

/** Each of these makes a message, which is heard when `hear` gets it. */
const opening = ({ id, columns }: Device): ViewerRecord => ({ type: 'open', terminal: id, version: 2, columns, rows: 24 });
const key = (of: Device): ViewerRecord => ({
	type: 'input',
	terminal: of.id,
	epoch: own,
	offset: of.keys++,
	screen: of.screen,
	shown: 0,
	bytes: Buffer.from('k'),
});
const sizeOf = (of: Device, reason: 'use' | 'type' | 'resize', columns = of.columns): ViewerRecord => {
	of.columns = columns;
	return { type: 'size', terminal: of.id, columns, rows: 24, reason, said: { count: ++of.sizes, screen: of.screen } };
};
const hear = (of: Device, ...records: ViewerRecord[]): void => {
	for (const record of records) terminals.receive(of.sender, encodeViewerRecord(record));
};
/** Until every change of the grid that is asked for has been made. */
const rest = (): Promise<void> => clock.advance(2 * calm.takeOver);

beforeEach(async () => {
	clock = manualClock();
	laptop = device('laptop', 120);
	phone = device('phone', 40);
	terminals = createTerminals({
		clock,
		tmux: muteTmux,
		epoch: own,
		log: () => undefined,
		typed: () => undefined,
		spawn: (_argv, _environment, _cwd, _size, { data }) => {
			clock.soon(() => data(Buffer.from('drawn')));
			return mutePty;
		},
		send: (to, payload) => {
			const of = [laptop, phone].find(({ sender }) => sender === to);
			for (const record of decodeAgentRecords(payload))
				if (of && record.type === 'screen' && record.screen > of.screen) {
					of.screen = record.screen;
					of.shows = record.columns;
				}
			return true;
		},
	});
	hear(laptop, opening(laptop));
	await rest();
	hear(phone, opening(phone));
	await rest();
	expect([laptop.shows, phone.shows]).toEqual([40, 40]);
	return () => terminals.close();
});

const grid = (): number => {
	expect(laptop.shows).toBe(phone.shows);
	return laptop.shows;
};

test('[O7] who typed last has the size, whatever another page told with its keys comes after that', async () => {
	for (const reason of ['type', 'resize'] as const) {
		const [told, typed] = [sizeOf(laptop, reason), key(laptop)];
		hear(laptop, typed);
		await rest();
		expect(grid()).toBe(120);
		hear(phone, key(phone));
		hear(laptop, told, typed);
		await rest();
		expect(grid()).toBe(40);
	}
});

test('[O7] who asks for its size on purpose has it, until another is used', async () => {
	hear(laptop, sizeOf(laptop, 'use'));
	await rest();
	expect(grid()).toBe(120);
	hear(phone, key(phone));
	await rest();
	expect(grid()).toBe(40);
	hear(laptop, sizeOf(laptop, 'use'));
	await rest();
	expect(grid()).toBe(120);
});

test('[O7] a wish for its size that comes twice, or after another has taken it, takes nothing', async () => {
	const wish = sizeOf(laptop, 'use');
	hear(laptop, wish);
	await clock.advance(calm.resize / 2);
	hear(phone, key(phone));
	hear(laptop, wish);
	await rest();
	expect(grid()).toBe(40);
	// The phone types meanwhile: its user saw another screen than the one that the wish was made at.
	const [late, typed] = [sizeOf(laptop, 'use'), key(laptop)];
	hear(laptop, typed);
	await rest();
	hear(phone, key(phone));
	await rest();
	hear(laptop, late);
	await rest();
	expect(grid()).toBe(40);
});

test('[O7] keys that come twice, before a program could take them, take the size once', async () => {
	hear(laptop, opening(laptop));
	const typed = key(laptop);
	hear(laptop, typed);
	hear(phone, key(phone));
	hear(laptop, typed);
	await rest();
	expect(grid()).toBe(40);
});

test('[O7] a wish that crosses a new screen of the same grid counts', async () => {
	const wish = sizeOf(laptop, 'use');
	hear(laptop, opening(laptop));
	await rest();
	hear(laptop, wish);
	await rest();
	expect(grid()).toBe(120);
});

test('[O7] of the sizes of one page the newest counts, in whatever order they come', async () => {
	const [older, newer] = [sizeOf(phone, 'resize', 50), sizeOf(phone, 'resize', 60)];
	hear(phone, newer, older);
	await rest();
	expect(grid()).toBe(60);
});
