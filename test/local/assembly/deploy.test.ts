import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { deploy } from '../../../local/assembly/deploy.ts';
import { readAssembly } from '../../../local/assembly/read.ts';
import type { ResourceInput, StandIn } from '../../../local/stand-in.ts';

const folders: string[] = [];
afterEach(() => {
	for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

/** A cloud assembly with these files. */
const assemblyOf = (files: Record<string, unknown>): string => {
	const folder = mkdtempSync(join(tmpdir(), 'assembly-'));
	folders.push(folder);
	for (const [name, value] of Object.entries(files)) writeFileSync(join(folder, name), JSON.stringify(value));
	return folder;
};

const stack = (templateFile: string, dependencies: string[] = []) => ({
	type: 'aws:cloudformation:stack',
	dependencies,
	properties: { templateFile },
});

const recorder = (types: string[]): StandIn & { made: ResourceInput[] } => {
	const made: ResourceInput[] = [];
	return {
		types,
		made,
		create: (input) => {
			made.push(input);
			return { ref: `the-${input.logicalId}`, attributes: { Arn: `arn:${input.logicalId}` } };
		},
	};
};

const run = async (folder: string, standIns: StandIn[]) =>
	deploy({
		assembly: readAssembly(folder),
		standIns,
		rewrite: (text) => text.replace('https://far', 'http://near'),
		region: 'us-east-1',
		account: '000000000000',
	});

describe('an assembly', () => {
	it('is made stack by stack, with exports, conditions and rewritten addresses', async () => {
		const folder = assemblyOf({
			'manifest.json': {
				artifacts: {
					App: stack('App.template.json', ['Data', 'App.assets']),
					Data: stack('Data.template.json'),
					'App.assets': { type: 'cdk:asset-manifest' },
				},
			},
			'App.assets.json': {
				files: { abc: { source: { path: 'asset.abc' } } },
				dockerImages: { def: { source: { directory: 'asset.def', dockerFile: 'x/Dockerfile' } } },
			},
			'Data.template.json': {
				Resources: { Table: { Type: 'Test::Thing' } },
				Outputs: { Out: { Value: { 'Fn::GetAtt': ['Table', 'Arn'] }, Export: { Name: { 'Fn::Sub': `${'$'}{AWS::StackName}:Arn` } } } },
			},
			'App.template.json': {
				Parameters: { Version: { Type: 'String', Default: 'v1' } },
				Conditions: { Never: { 'Fn::Equals': [{ Ref: 'AWS::Region' }, 'mars-1'] } },
				Resources: {
					User: {
						Type: 'Test::Thing',
						Properties: { table: { 'Fn::ImportValue': 'Data:Arn' }, version: { Ref: 'Version' }, url: { 'Fn::Join': ['', ['https://', 'far/x']] } },
					},
					Absent: { Type: 'Test::Unknown', Condition: 'Never' },
				},
			},
		});
		const standIn = recorder(['Test::Thing']);
		await run(folder, [standIn]);
		expect(standIn.made.map((input) => [input.stack, input.logicalId, input.properties])).toEqual([
			['Data', 'Table', {}],
			['App', 'User', { table: 'arn:Table', version: 'v1', url: 'http://near/x' }],
		]);
		const { assets, images } = readAssembly(folder);
		expect(assets.get('abc')).toBe(join(folder, 'asset.abc'));
		expect(images.get('def')).toEqual({ directory: join(folder, 'asset.def'), dockerFile: 'x/Dockerfile' });
	});

	const one = (template: unknown) =>
		assemblyOf({ 'manifest.json': { artifacts: { App: stack('App.template.json') } }, 'App.template.json': template });

	it('refuses by name what nobody provides', async () => {
		const refusals: [unknown, string][] = [
			[{ Resources: { Queue: { Type: 'AWS::SQS::Queue' } } }, 'AWS::SQS::Queue (Queue) is not known'],
			[
				{ Resources: { A: { Type: 'Test::Thing', Properties: { x: { 'Fn::GetAtt': ['B', 'Odd'] } } }, B: { Type: 'Test::Thing' } } },
				'B has no attribute Odd',
			],
			[{ Resources: { A: { Type: 'Test::Thing', Properties: { x: { 'Fn::ImportValue': 'none' } } } } }, 'nothing exports none'],
			[
				{ Parameters: { P: { Type: 'String' } }, Resources: { A: { Type: 'Test::Thing', Properties: { x: { Ref: 'P' } } } } },
				'parameter P has no default',
			],
			[{ Transform: 'AWS::Serverless-2016-10-31', Resources: {} }, 'Transform is not known'],
		];
		for (const [template, message] of refusals)
			await expect(async () => run(one(template), [recorder(['Test::Thing'])]), message).rejects.toThrow(message);
	});

	it('refuses two stand-ins for one type', async () => {
		await expect(run(one({ Resources: {} }), [recorder(['Test::Thing']), recorder(['Test::Thing'])])).rejects.toThrow(
			'two stand-ins provide Test::Thing',
		);
	});

	it('says how to make one when there is none', () => {
		expect(() => readAssembly('/nowhere')).toThrow('npm run synth');
	});
});
