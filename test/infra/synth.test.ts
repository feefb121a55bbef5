import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, utimesSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, CfnResource, Stack } from 'aws-cdk-lib';
import { afterAll, describe, expect, test } from 'vitest';
import { root } from '../../infra/settings.ts';
import { cdkJson, fixturePage } from './templates.ts';

const folder = mkdtempSync(join(tmpdir(), 'shellpod-synth-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const nowhere = { PATH: '', HOME: folder, AWS_EC2_METADATA_DISABLED: 'true' };

// seconds, most of them the validator's; more on a busy machine
describe('synthesis', { timeout: 60_000 }, () => {
	test("passes CloudFormation's schemas and rules, with no account, no Docker and nothing on the path", () => {
		const output = join(folder, 'app');
		const context = { ...cdkJson.context, page: fixturePage, 'aws:cdk:bundling-stacks': [] };
		execFileSync(process.execPath, [join(root, 'infra/app.ts')], {
			cwd: root,
			env: { ...nowhere, CDK_OUTDIR: output, CDK_CONTEXT_JSON: JSON.stringify(context) },
			stdio: 'pipe',
		});
		const report: { pluginReports: unknown[] } = JSON.parse(readFileSync(join(output, 'validation-report.json'), 'utf8'));
		expect(report.pluginReports).toEqual([]);
		const manifest: { missing?: unknown; artifacts: Record<string, { type: string; environment?: string; dependencies?: string[] }> } = JSON.parse(
			readFileSync(join(output, 'manifest.json'), 'utf8'),
		);
		expect(manifest.missing).toBeUndefined();
		expect(manifest.artifacts.App).toMatchObject({ type: 'aws:cloudformation:stack', environment: 'aws://unknown-account/unknown-region' });
		expect(manifest.artifacts.App?.dependencies).toContain('Data');
	});

	test('npm run synth gives each function a bundle of its own, removes what nobody has used for long, and does nothing when nothing changed', () => {
		const output = join(folder, 'cdk.out');
		const [old, recent] = ['asset.old', 'asset.recent'].map((name) => join(output, name)) as [string, string];
		for (const path of [old, recent]) mkdirSync(path, { recursive: true });
		const monthAgo = Date.now() / 1_000 - 30 * 24 * 3600;
		utimesSync(old, monthAgo, monthAgo);
		const synth = () =>
			execFileSync(process.execPath, [join(root, 'scripts/synth.mjs'), '--output', output, '--context', `page=${fixturePage}`], {
				env: { ...nowhere, PATH: process.env.PATH },
				encoding: 'utf8',
				stdio: 'pipe',
			});
		expect(synth()).toMatch(/^synthesized .*cdk.out in [\d.]+ s$/m);
		expect([old, recent].map((path) => existsSync(path))).toEqual([false, true]);
		const template: { Resources: Record<string, { Type: string; Properties: { Description?: string; Code?: { S3Key: string } } }> } = JSON.parse(
			readFileSync(join(output, 'App.template.json'), 'utf8'),
		);
		const bundles = Object.values(template.Resources)
			.filter(({ Type, Properties }) => Type === 'AWS::Lambda::Function' && Properties.Description?.startsWith('ShellPod '))
			.map(({ Properties }) => ({
				name: Properties.Description,
				file: join(output, `asset.${Properties.Code?.S3Key.replace('.zip', '')}`, 'index.mjs'),
			}));
		expect(bundles).toHaveLength(13);
		expect(new Set(bundles.map(({ file }) => file)).size).toBe(13);
		const relay = bundles.find(({ name }) => name === 'ShellPod relay');
		// the SDK alone is 300 KB, and 50 ms of each cold start
		expect(statSync(relay?.file ?? '').size).toBeLessThan(40_000);
		expect(synth()).toMatch(/cdk.out is up to date$/m);
	});

	test('a template that CloudFormation would refuse is an error', () => {
		delete process.env.CDK_VALIDATION;
		const app = new App({ outdir: join(folder, 'planted'), context: cdkJson.context });
		new CfnResource(new Stack(app, 'Planted'), 'Table', {
			type: 'AWS::DynamoDB::Table',
			properties: {
				KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
				AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
				BillingMode: 'PAY_PER_REQUEST',
				GlobalSecondaryIndexes: [{ IndexName: 'g1', KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }], Projection: { ProjectionType: 'ALL' } }],
			},
		});
		expect(() => app.synth()).toThrow('IndexName: length 2 is below minimum 3');
	});

	test('without a page it says how to get one', () => {
		const context = { ...cdkJson.context, page: join(folder, 'none') };
		const synth = () =>
			execFileSync(process.execPath, [join(root, 'infra/app.ts')], {
				cwd: root,
				env: { ...nowhere, CDK_OUTDIR: join(folder, 'no-page'), CDK_CONTEXT_JSON: JSON.stringify(context) },
				stdio: 'pipe',
			});
		expect(synth).toThrow(/no page at .*: npm run synth builds it/);
	});
});
