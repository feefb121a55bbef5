/** Terminals that typed what a program wanted, as it was published: in the built page, straight from an agent, with no tmux in between. */
import { expect as see } from '@playwright/test';
import { describe, expect } from 'vitest';
import { test } from '../frontend/support/pages.ts';

const esc = '\x1b';
const command = '\rtouch pwned\r';

describe('a terminal', () => {
	const attacks: [string, string][] = [
		['[CVE-2008-2383] asked for a setting whose name is a command', `${esc}P$q${command}${esc}\\`],
		['[CVE-2022-45872] asked for a setting that is half right', `${esc}P$qm${command}${esc}\\${esc}P$q"p${esc}\\${esc}P$qr;${command}${esc}\\`],
		[
			'[SWIFTTERM-a94e6b2] asked in every way that it could be asked',
			`${esc}[c${esc}[>c${esc}[=c${esc}[6n${esc}[?6n${esc}[5n${esc}[>q${esc}[18t${esc}]10;?\x07${esc}]4;1;?\x07\x05`,
		],
	];
	test.for(attacks)('%s types nothing', async ([, bytes], { plane, device, openTerminal, typed }) => {
		const { id } = plane.add('demo', 'Running');
		const page = await device();
		await openTerminal(page, id);
		plane.agentOf(id).print(new TextEncoder().encode(bytes));
		await see.poll(() => plane.agentOf(id).unshown).toBe(0);
		// What is typed now comes after whatever the terminal would have said.
		await page.keyboard.type('k');
		await see.poll(() => typed(id)).toMatch(/k$/);
		expect(typed(id)).toBe('k');
	});
});
