import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { sandboxProblem } from '../../../local/sandbox/problem.ts';
import { createFixture } from './fixture.ts';

const sources = join(import.meta.dirname, '../../../local/sandbox');

describe.skipIf(sandboxProblem() !== undefined)('what keeps tasks from running here is one sentence', () => {
	const fixture = createFixture();
	afterAll(fixture.remove);

	it('where namespaces are not allowed', async () => {
		const { output } = await fixture.run(`node -e "import('/opt/sources/problem.ts').then((m) => console.log(m.sandboxProblem()))"`, {
			binds: [{ source: sources, target: '/opt/sources', readOnly: true }],
		});
		expect(output).toMatch(/^This machine doesn't allow the namespaces that sessions run in \(unshare: [^\n]*\)\.\n$/);
	});

	it('for who is not root', async () => {
		const { output } = await fixture.run(
			`setpriv --reuid=1000 --clear-groups node -e "import('/opt/sources/problem.ts').then((m) => console.log(m.sandboxProblem()))"`,
			{ binds: [{ source: sources, target: '/opt/sources', readOnly: true }] },
		);
		expect(output).toBe('Sessions run in namespaces of their own, which takes root here: start ShellPod as root.\n');
	});

	it('and leaves nothing where it looked, also of a look that was killed', () => {
		mkdirSync(join(fixture.home, 'probe/upper'), { recursive: true });
		expect(sandboxProblem(fixture.home)).toBeUndefined();
		expect(execFileSync('ls', ['-A', fixture.home], { encoding: 'utf8' })).toBe('');
	});
});
