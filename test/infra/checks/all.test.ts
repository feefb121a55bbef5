import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checks, refusals } from '@shellpod/infra/checks/all.ts';
import { afterAll, describe, expect, test } from 'vitest';
import { root } from '../../../infra/settings.ts';
import { cdkJson, fixturePage } from '../templates.ts';
import { planted, real } from './planted.ts';

const folder = mkdtempSync(join(tmpdir(), 'shellpod-checks-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('the checks', () => {
	test('find nothing in the app as it is', () => {
		expect(refusals(real)).toEqual([]);
	});

	test('have a planted failing template each', () => {
		const tests = readdirSync(import.meta.dirname).map((file) => readFileSync(join(import.meta.dirname, file), 'utf8'));
		const covered = tests.flatMap((text) => [...text.matchAll(/\bplants\(\s*'(\w+)'/g)].map(([, name]) => name));
		expect(Object.keys(checks).filter((name) => !covered.includes(name))).toEqual([]);
	});

	test('are all asked: whatever one of them finds, an operator is told', () => {
		const cloud = planted(({ of, remove }) => {
			delete of('AWS::EFS::FileSystem').FileSystemPolicy;
			remove('AWS::Cognito::ManagedLoginBranding');
		});
		expect(refusals(cloud)).toHaveLength(2);
	});

	test('a synthesis that they refuse ends with 1 and one line that says what and how to mend it', { timeout: 60_000 }, () => {
		const context = { ...cdkJson.context, page: fixturePage, 'aws:cdk:bundling-stacks': [], 'aws:cdk:enable-path-metadata': false };
		// An operator's own addition: a subclass of what the app makes.
		const script = `
			import { App, Aspects } from 'aws-cdk-lib';
			import { CfnTaskDefinition } from 'aws-cdk-lib/aws-ecs';
			const { synth } = App.prototype;
			App.prototype.synth = function (options) {
				Aspects.of(this).add({ visit: (node) => node instanceof CfnTaskDefinition && node.addPropertyOverride('ContainerDefinitions.0.LogConfiguration', { LogDriver: 'awslogs' }) });
				return synth.call(this, options);
			};
			await import('${join(root, 'infra/app.ts')}');`;
		const run = () =>
			execFileSync(process.execPath, ['--input-type=module', '--eval', script], {
				cwd: root,
				env: { PATH: '', HOME: folder, CDK_OUTDIR: join(folder, 'out'), CDK_CONTEXT_JSON: JSON.stringify(context), CDK_VALIDATION: 'false' },
				encoding: 'utf8',
				stdio: 'pipe',
			});
		let refused: { status?: number; stderr?: string } = {};
		try {
			run();
		} catch (error) {
			refused = error as typeof refused;
		}
		expect(refused.status).toBe(1);
		expect(refused.stderr?.split('\n').filter((line) => line.startsWith('refused: '))).toEqual([
			expect.stringMatching(
				/^refused: App\/SessionsDefinition\w* \(session\) has a log driver, .*: remove it, the agent reports by POST \/agent\/report\.$/,
			),
		]);
	});
});
