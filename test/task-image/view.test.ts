/** A tmux client and its end, with a tmux that the test plays. */
import type { PtyEvents, SpawnPty } from '@shellpod/task-image/agent/pty.ts';
import type { Tmux } from '@shellpod/task-image/agent/tmux.ts';
import { createView } from '@shellpod/task-image/agent/view.ts';
import { describe, expect, it } from 'vitest';
import { manualClock, settled } from './support/clocks.ts';
import { mutePty, muteTmux } from './support/mute-tmux.ts';

const createBench = () => {
	const clock = manualClock();
	const happened: string[] = [];
	let events: PtyEvents | undefined;
	const turns: (() => void)[] = [];
	const spawn: SpawnPty = (_argv, _environment, _cwd, _size, heard) => {
		events = heard;
		return { ...mutePty, kill: () => void happened.push('killed') };
	};
	const tmux: Tmux = {
		...muteTmux,
		turn: () => {
			happened.push('turn');
			return new Promise((done) => void turns.push(done));
		},
	};
	const size = { columns: 80, rows: 24 };
	const view = createView({
		clock,
		spawn,
		tmux,
		screen: 1,
		size,
		transmit: () => undefined,
		wait: () => 0,
		manners: { many: true, resendMs: () => 1_000 },
		attached: () => undefined,
		ended: () => undefined,
	});
	events?.data(Buffer.from('$ '));
	return { clock, view, happened, turn: () => turns.shift()?.() };
};

describe('a client that goes', () => {
	it('[I2] is ended only when tmux has been round once, however long ago it was typed into: tmux may not have run since', async () => {
		const { clock, view, happened, turn } = createBench();
		view.write(Buffer.from('x'));
		await clock.advance(60_000);
		const gone = view.retire();
		await settled();
		expect(happened).toEqual(['turn']);
		turn();
		await gone;
		expect(happened).toEqual(['turn', 'killed']);
	});

	it('waits for nothing when nothing was typed into it', async () => {
		const { view, happened } = createBench();
		await view.retire();
		expect(happened).toEqual(['killed']);
	});

	it('[I2] waits for as many rounds as it takes to read what was typed just now', async () => {
		const { view, happened, turn } = createBench();
		view.write(Buffer.alloc(9_000));
		const gone = view.retire();
		for (let round = 0; round < 3; round++) {
			await settled();
			turn();
		}
		await gone;
		expect(happened).toEqual(['turn', 'turn', 'turn', 'killed']);
	});
});
