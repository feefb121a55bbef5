import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { root } from './source.ts';

/** The linter says it while one types. What it must say is planted in a house of its own, under the same configuration. */

const using = (name: string): string => `import * as x from '${name}';\nx;\n`;

const refused: [path: string, code: string, message: string][] = [
	['protocol/x.ts', using('node:fs'), 'leaf'],
	['protocol/x.ts', using('@shellpod/functions/env.ts'), 'leaf'],
	['protocol/x.ts', 'export const x = Date.now();\n', 'as parameters'],
	['functions/core/x.ts', using('@aws-sdk/client-ecs'), 'take a port'],
	['functions/core/x.ts', using('hono'), 'take a port'],
	['functions/core/x.ts', using('../adapters/tasks.ts'), 'hands it what it needs'],
	['functions/core/x.ts', 'export const x = () => process.env;\n', 'noRestrictedGlobals'],
	['functions/core/x.ts', 'setTimeout(() => {}, 1);\n', 'noRestrictedGlobals'],
	['functions/core/x.ts', 'export const x = Math.random();\n', 'as parameters'],
	['functions/core/x.ts', 'export const x = new Date();\n', 'as parameters'],
	['functions/adapters/x.ts', using('../routes/app.ts'), 'one service'],
	['functions/routes/x.ts', using('../adapters/tasks.ts'), 'they take ports'],
	['functions/x.ts', using('@shellpod/local/main.ts'), 'functions know protocol'],
	['infra/x.ts', using('@shellpod/functions/config.ts'), 'env.ts'],
	['task-image/agent/x.ts', using('@shellpod/functions/env.ts'), 'protocol only'],
	['frontend/src/x.ts', using('@shellpod/task-image/agent/main.ts'), 'protocol only'],
	['frontend/src/x.ts', using('node:fs'), 'browser'],
	['local/x.ts', using('@shellpod/functions/env.ts'), 'what was synthesized'],
	['local/x/machine.ts', 'export const x = Date.now();\n', 'as parameters'],
	['local/ecs/machine/x.ts', 'export const x = randomUUID();\n', 'as parameters'],
	['local/x.ts', using('../test/support/world.ts'), 'Nobody imports test'],
	['frontend/src/x.ts', using('../../test/support/x.ts'), 'Nobody imports test'],
	['scripts/x.mjs', using('../local/main.ts'), 'as processes'],
];

const allowed: [path: string, code: string][] = [
	['functions/core/x.ts', `${using('@shellpod/protocol/ids.ts')}export const y = new Date(0);\n`],
	['functions/adapters/x.ts', using('@aws-sdk/client-ecs')],
	['infra/x.ts', using('@shellpod/functions/env.ts')],
	['local/x.ts', 'export const x = Date.now();\n'],
	['test/x.test.ts', using('./support/world.ts')],
];

/** The rule's name, its words and our own stand at different places in it. */
interface Finding {
	location: { path: string | { file: string } };
}

/** One run of the linter over all of it; each case in a folder of its own, so that each stands where its rules hold. */
describe('the linter', () => {
	let folder: string;
	const findings = new Map<string, string>();
	const plant = (path: string, index: number): string =>
		path.replace(/(\.test)?\.(ts|mjs)$/, (ending) => (path.includes('machine.ts') ? ending : `-${index}${ending}`)).replace('/x/', `/x-${index}/`);

	beforeAll(() => {
		folder = mkdtempSync(join(tmpdir(), 'shellpod-lint-'));
		cpSync(join(root, 'biome.json'), join(folder, 'biome.json'));
		cpSync(join(root, 'scripts/lint'), join(folder, 'scripts/lint'), { recursive: true });
		for (const [index, [path, code]] of [...refused, ...allowed].entries()) {
			mkdirSync(dirname(join(folder, plant(path, index))), { recursive: true });
			writeFileSync(join(folder, plant(path, index)), code);
		}
		const args = ['lint', '--vcs-enabled=false', '--max-diagnostics=none', '--reporter=json'];
		const { stdout } = spawnSync(join(root, 'node_modules/.bin/biome'), args, { cwd: folder, encoding: 'utf8' });
		for (const finding of (JSON.parse(stdout) as { diagnostics: Finding[] }).diagnostics) {
			const path = typeof finding.location.path === 'string' ? finding.location.path : finding.location.path.file;
			findings.set(path, `${findings.get(path) ?? ''}${JSON.stringify(finding)}\n`);
		}
	});
	afterAll(() => rmSync(folder, { recursive: true, force: true }));

	it.each(refused.map((one, index) => [...one, index] as const))('refuses in %s: %j', (path, _, message, index) => {
		expect(findings.get(plant(path, index))).toContain(message);
	});

	it.each(allowed.map((one, index) => [...one, index + refused.length] as const))('lets be in %s: %j', (path, _, index) => {
		expect(findings.get(plant(path, index)) ?? '').not.toMatch(/noRestricted|plugin/);
	});
});
