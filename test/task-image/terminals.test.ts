import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { fasterClock } from './support/clocks.ts';
import { createHouse, type House } from './support/house.ts';
import type { Viewer } from './support/viewer.ts';

let house: House;
let viewers: Viewer[];

const introduce = (name: string, size?: { columns: number; rows: number }): Viewer => {
	const viewer = house.viewer(name, size);
	viewers.push(viewer);
	return viewer;
};

const enter = async (name: string, size?: { columns: number; rows: number }): Promise<Viewer> => {
	const viewer = introduce(name, size);
	viewer.open();
	await viewer.shows('$');
	return viewer;
};

const trimmed = (lines: string[]): string =>
	lines
		.map((line) => line.trimEnd())
		.join('\n')
		.trimEnd();

/** Waits until the emulator shows, above the status line, what tmux says is there, its cursor included. The oracle is asked anew each time. */
const showsTheTruth = async (viewer: Viewer): Promise<void> => {
	const shown = (): string => `${trimmed(viewer.lines().slice(0, -1))}\n${viewer.cursor().x},${viewer.cursor().y}`;
	let own = '';
	for (let tries = 0; tries < 50; tries++) {
		own = `${trimmed(await house.capture())}\n${await house.ask('display-message', '-p', '-t', 'main', '#{cursor_x},#{cursor_y}')}`;
		if (shown() === own) return;
	}
	expect(shown()).toBe(own);
};

beforeEach(async () => {
	house = createHouse();
	viewers = [];
	await house.startAgent();
});

afterEach(async () => {
	for (const viewer of viewers) viewer.dispose();
	await house.demolish();
});

describe('screens', () => {
	test('[O1] a terminal shows the session, and what is typed comes back', async () => {
		const viewer = await enter('1');
		viewer.type('echo hello-$((6*7))\r');
		await viewer.shows('\nhello-42');
		expect(viewer.lines().at(-1)).toContain('0:bash');
		await showsTheTruth(viewer);
	});

	test('two viewers see the same, whoever types', async () => {
		const [first, second] = [await enter('1'), await enter('2')];
		first.type('echo one\r');
		await second.shows('\none');
		second.type('echo two\r');
		await first.shows('\ntwo');
		await Promise.all([showsTheTruth(first), showsTheTruth(second)]);
	});

	test('[O6] opened again it gets a new screen that is right, with the modes that programs have set', async () => {
		const viewer = await enter('1');
		viewer.type("printf '\\033[?2004h\\033[?1h'; seq 100; cat > /dev/null\r");
		await viewer.shows('100');
		const { screen } = viewer;
		viewer.open();
		await viewer.until(() => viewer.screen > screen);
		await viewer.shows('100');
		expect(viewer.modes()).toMatchObject({ bracketedPasteMode: true, applicationCursorKeysMode: true, mouseTrackingMode: 'drag' });
		await showsTheTruth(viewer);
	});

	test('[O6] the same terminal under another sender name goes on typing where it was', async () => {
		const viewer = await enter('1');
		viewer.type('echo before\r');
		await viewer.shows('\nbefore');
		house.network.cut(viewer.sender);
		viewer.type('echo meanwhile\r');
		viewer.open('senderagain1' as never);
		await viewer.shows('\nmeanwhile');
		expect(viewer.text().match(/echo meanwhile/g)).toHaveLength(1);
		expect(viewer.stats.dropped).toBe(0);
	});

	test('[O4] what got lost is sent again', async () => {
		const viewer = await enter('1');
		house.network.weather = { loss: 0.4, duplicate: 0.2, delay: 40 };
		viewer.type('for i in $(seq 40); do echo line-$i; done\r');
		await viewer.shows('line-40');
		house.network.weather = { loss: 0, duplicate: 0, delay: 0 };
		await showsTheTruth(viewer);
	});

	test('[O4] characters of several bytes arrive whole', async () => {
		const viewer = await enter('1');
		viewer.type("for i in $(seq 300); do printf '\\u00e9\\u4e16\\u754c'; done; echo; echo done\r");
		await viewer.shows('\ndone');
		for (const record of viewer.heard) if (record.type === 'output') expect(Buffer.from(record.bytes).toString('utf8')).not.toContain('\ufffd');
		await showsTheTruth(viewer);
	});

	test('[O2] redraws of tmux are atomic and colours are true', async () => {
		const viewer = await enter('1');
		viewer.type("printf '\\033[38;2;1;2;3mcolour\\033[0m\\n'\r");
		await viewer.shows('\ncolour');
		viewer.type('\x02c');
		await viewer.shows('1:bash');
		const bytes = viewer.heard.flatMap((record) => (record.type === 'output' ? [Buffer.from(record.bytes)] : []));
		const stream = Buffer.concat(bytes).toString('utf8');
		expect(stream).toContain('\x1b[?2026h');
		expect(stream).toContain('\x1b[?2026l');
		expect(stream).toContain('38;2;1;2;3');
	});
});

describe('input', () => {
	test('[I2] each key arrives exactly once and in order over a network that loses, doubles and mixes', async () => {
		const viewer = await enter('1');
		viewer.type('echo ready; cat > typed\r');
		await viewer.shows('\nready');
		house.network.weather = { loss: 0.2, duplicate: 0.3, delay: 60 };
		const lines = Array.from({ length: 60 }, (_, n) => `key ${n} é`);
		for (const line of lines) {
			viewer.type(`${line}\r`);
			if (line.startsWith('key 20')) viewer.open();
			if (line.startsWith('key 40')) viewer.open('senderother1' as never);
		}
		await viewer.until(() => viewer.unacknowledged() === 0);
		house.network.weather = { loss: 0, duplicate: 0, delay: 0 };
		viewer.type('\x04echo end-of-it\r');
		await viewer.shows('\nend-of-it');
		expect(readFileSync(join(house.folder, 'typed'), 'utf8')).toBe(`${lines.join('\n')}\n`);
	});

	test('[I2] a paste of 300 KB arrives whole while the terminal is opened again and again', async () => {
		const viewer = await enter('1');
		viewer.type('stty -echo -icanon; echo ready; head -c 300000 > typed; stty sane; echo all-of-it\r');
		await viewer.shows('\nready');
		const text = Array.from({ length: 30_000 }, (_, n) => `${n}`.padStart(9, '0'))
			.join('\n')
			.padEnd(300_000, '.');
		let openings = 0;
		viewer.type(text);
		while (viewer.unacknowledged() > 0) {
			const left = viewer.unacknowledged();
			viewer.open();
			openings++;
			await viewer.until(() => viewer.unacknowledged() < Math.max(1, left - 40_000));
		}
		await viewer.shows('\nall-of-it');
		expect(openings).toBeGreaterThan(4);
		const typed = readFileSync(join(house.folder, 'typed'), 'utf8');
		expect(typed === text).toBe(true);
	});

	test('[I1] a new run of the agent is a new epoch: nothing old is typed into it', async () => {
		const viewer = await enter('1');
		const { epoch } = viewer;
		viewer.type('echo old-agent\r');
		await viewer.shows('\nold-agent');
		house.network.weather = { loss: 1, duplicate: 0, delay: 0 };
		viewer.type('echo never-typed\r');
		await house.startAgent();
		house.network.weather = { loss: 0, duplicate: 0, delay: 0 };
		viewer.open();
		await viewer.until(() => viewer.epoch !== epoch);
		await viewer.shows('\nold-agent');
		expect(viewer.stats.dropped).toBeGreaterThan(0);
		viewer.type('echo new-agent\r');
		await viewer.shows('\nnew-agent');
		expect(viewer.text()).not.toContain('never-typed');
	});

	test('[T3] nonsense, strangers and gaps are dropped', async () => {
		const viewer = await enter('1');
		for (const nonsense of ['', 'x', '+', '+9|', 'nterminal1:1', 'nterminal1:1,9zz,5|', `iterminal1:${viewer.epoch},0,1,0,b|*`])
			house.network.toAgent(viewer.sender, nonsense);
		const head = { type: 'input', terminal: viewer.terminal, epoch: viewer.epoch as never, screen: viewer.screen, shown: 0 } as const;
		viewer.send({ ...head, offset: 1_000_000, bytes: Buffer.from('gap\r') });
		house.network.toAgent('stranger' as never, `iterminal1:${viewer.epoch},${'0'},1,0,u|echo stranger\r`);
		viewer.type('echo fine\r');
		await viewer.shows('\nfine');
		expect(viewer.text()).not.toMatch(/gap|stranger/);
	});

	test('[I2] acknowledges what it has written, and says what is echoed', async () => {
		const viewer = await enter('1');
		viewer.type('echo first\r');
		await viewer.until(() => viewer.unacknowledged() === 0);
		const typed = 'echo first\r'.length;
		const answers = viewer.stats.received;
		viewer.type('x');
		await viewer.until(() => viewer.stats.received > answers && viewer.unacknowledged() === 0);
		const carried = viewer.heard.filter((record) => record.type === 'output' && record.received > typed);
		expect(carried.length).toBeGreaterThan(0);
	});
});

describe('a flood', () => {
	test('[O5] stops at the window, costs no memory, and ends at Ctrl-C', async () => {
		const viewer = await enter('1');
		viewer.stall();
		const memory = process.memoryUsage().rss;
		viewer.type('yes\r');
		const before = viewer.stats.received;
		// tmux itself says that it goes on while nobody reads: the pane's history grows.
		for (let history = 0; history < 20_000; ) history = Number(await house.ask('display-message', '-p', '-t', 'main', '#{history_size}'));
		expect(viewer.stats.received - before).toBeLessThan(64 * 1024);
		expect(process.memoryUsage().rss - memory).toBeLessThan(64 * 1024 * 1024);
		viewer.type('\x03');
		viewer.goOn();
		await viewer.until(() => viewer.unacknowledged() === 0);
		viewer.type('echo after-the-flood\r');
		await viewer.shows('\nafter-the-flood');
		await showsTheTruth(viewer);
	});

	test('a viewer that shows nothing does not slow another', async () => {
		const [stuck, quick] = [await enter('1'), await enter('2')];
		stuck.stall();
		quick.type('seq 100000\r');
		await quick.shows('\n100000\n$');
		stuck.goOn();
		await stuck.shows('\n100000\n$');
		await Promise.all([showsTheTruth(stuck), showsTheTruth(quick)]);
	});
});

describe('the grid', () => {
	test('is the size of the page that was opened last', async () => {
		const laptop = await enter('laptop', { columns: 120, rows: 40 });
		expect(laptop.grid()).toEqual({ columns: 120, rows: 40 });
		const phone = await enter('phone', { columns: 40, rows: 20 });
		expect(phone.grid()).toEqual({ columns: 40, rows: 20 });
		await laptop.until(() => laptop.grid().columns === 40);
		await Promise.all([showsTheTruth(laptop), showsTheTruth(phone)]);
	});

	test('goes to who uses it on purpose, not to who only comes back', async () => {
		const laptop = await enter('laptop', { columns: 120, rows: 40 });
		const phone = await enter('phone', { columns: 40, rows: 20 });
		laptop.wish(120, 40, 'type');
		await phone.until(() => phone.grid().columns === 120);
		const { screen } = phone;
		phone.open('senderphone2' as never);
		await phone.until(() => phone.screen > screen);
		expect(phone.grid()).toEqual({ columns: 120, rows: 40 });
		laptop.wish(100, 30, 'resize');
		await phone.until(() => phone.grid().columns === 100);
		expect(await house.ask('display-message', '-p', '-t', 'main', '#{window_width}x#{window_height}')).toBe('100x29');
	});

	test('is passed on when its owner closes', async () => {
		const laptop = await enter('laptop', { columns: 120, rows: 40 });
		const phone = await enter('phone', { columns: 40, rows: 20 });
		phone.close();
		await laptop.until(() => laptop.grid().columns === 120);
		await showsTheTruth(laptop);
	});
});

describe('the end of a terminal', () => {
	test('[E2] Ctrl-B d detaches; opened again it is as it was', async () => {
		const viewer = await enter('1');
		viewer.type('echo still-here\r');
		await viewer.shows('\nstill-here');
		viewer.type('\x02d');
		await viewer.until(() => viewer.heard.some((record) => record.type === 'end'));
		expect(viewer.heard.at(-1)).toEqual({ type: 'end', terminal: viewer.terminal, reason: 'detached' });
		viewer.open();
		await viewer.shows('\nstill-here');
	});

	test('[E2] the end of tmux is told to each viewer, and told again; open begins anew', async () => {
		const [first, second] = [await enter('1'), await enter('2')];
		house.network.cut(second.sender);
		await house.ask('kill-server');
		await first.until(() => first.heard.some((record) => record.type === 'end' && record.reason === 'exited'));
		house.network.mend(second.sender);
		const ask = (): void => second.beat(1);
		const stop = setInterval(ask, 20);
		await second.until(() => second.heard.some((record) => record.type === 'end' && record.reason === 'exited')).finally(() => clearInterval(stop));
		first.open();
		await first.shows('$');
	});

	test('[E1] a viewer that is silent for 45 s is let go, and comes back with its next word', async () => {
		const viewer = await enter('1');
		viewer.type('sleep 2; echo quiet\r');
		await viewer.until(() => viewer.unacknowledged() === 0);
		const clients = async (): Promise<number> => (await house.ask('list-clients')).split('\n').filter(Boolean).length;
		expect(await clients()).toBe(1);
		viewer.stall();
		while ((await clients()) > 0);
		const { screen } = viewer;
		viewer.goOn();
		viewer.beat(1);
		await viewer.until(() => viewer.screen > screen);
		await viewer.shows('\nquiet');
	});

	test('[E1] close ends the tmux client; a page that comes back out of the cache goes on with its input', async () => {
		const viewer = await enter('1');
		viewer.type('echo typed-before\r');
		await viewer.shows('\ntyped-before');
		viewer.close();
		while ((await house.ask('list-clients')) !== '');
		viewer.open();
		viewer.type('echo typed-after\r');
		await viewer.shows('\ntyped-after');
	});

	test('a version that the agent does not speak is refused', async () => {
		const viewer = introduce('1');
		house.network.connectViewer(viewer.sender, () => undefined);
		const answers: string[] = [];
		house.network.connectViewer(viewer.sender, (payload) => answers.push(payload));
		viewer.send({ type: 'open', terminal: viewer.terminal, version: 99, columns: 80, rows: 24 });
		while (answers.length === 0) await new Promise(setImmediate);
		expect(answers).toEqual(['eterminal1:refused|']);
	});

	test('at most 32 terminals are shown: the one that was silent for longest rests', async () => {
		await house.demolish();
		// In real time: 33 clients take longer to come than a ten times faster clock lets a viewer be silent.
		house = createHouse({ clock: fasterClock(1) });
		await house.startAgent();
		const first = await enter('first');
		for (let n = 0; n < 32; n++) introduce(`n${n}`).open();
		await Promise.all(viewers.slice(1).map((viewer) => viewer.shows('$')));
		const count = async (): Promise<number> => (await house.ask('list-clients')).split('\n').filter(Boolean).length;
		while ((await count()) > 32);
		expect(await count()).toBe(32);
		const { screen } = first;
		first.beat(1);
		await first.until(() => first.screen > screen);
	});
});
