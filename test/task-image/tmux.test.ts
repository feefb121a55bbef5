/** What the agent relies on in a real tmux. */
import { spawnPty } from '@shellpod/task-image/agent/pty.ts';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createHouse, type House } from './support/house.ts';

let house: House;

beforeEach(async () => {
	house = createHouse();
	expect(await house.tmux.ensure()).toBeUndefined();
});

afterEach(() => house.demolish());

/** A client, and what it has been sent so far. */
const attach = () => {
	let text = '';
	const heard: (() => void)[] = [];
	const data = (bytes: Uint8Array): void => {
		text += Buffer.from(bytes).toString('latin1');
		for (const hear of heard.splice(0)) hear();
	};
	const { attach: argv, environment, home } = house.tmux;
	const { name } = spawnPty(argv, environment, home, { columns: 80, rows: 24 }, { data, exit: () => undefined });
	const until = async (is: () => boolean): Promise<void> => {
		while (!is()) await new Promise<void>((done) => heard.push(done));
	};
	return { name, until, text: () => text };
};

test('[O13] it draws its screen once more when it is asked for it, and says how much it has skipped', async () => {
	const client = attach();
	await client.until(() => client.text().includes('$ '));
	expect(await house.tmux.skipped(client.name, false)).toBe(0);
	for (let n = 0; n < 3; n++) {
		const from = client.text().length;
		expect(await house.tmux.skipped(client.name, true)).toBe(0);
		await client.until(() => client.text().slice(from).includes('$ '));
	}
});

test('[O13] of a client that is gone it says nothing', async () => {
	expect(await house.tmux.skipped('/dev/pts/none', false)).toBeNaN();
	expect(await house.tmux.skipped('/dev/pts/none', true)).toBeNaN();
});
