/** The stacks' templates as they are synthesized, without bundles and without the validator (which takes most of the time and has a test of its own). */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { afterAll } from 'vitest';
import { readSettings, root } from '../../infra/settings.ts';
import { addStacks, type Stacks } from '../../infra/stacks.ts';

export const fixturePage = join(import.meta.dirname, 'fixtures/page');
export const cdkJson: { context: Record<string, unknown> } = JSON.parse(readFileSync(join(root, 'cdk.json'), 'utf8'));

/** Any JSON: templates have no types that would be worth their keep in tests. */
export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };
export interface Resource {
	id: string;
	Type: string;
	// biome-ignore lint/suspicious/noExplicitAny: properties of all resource types
	Properties: any;
	DependsOn?: string[];
}

export interface Synthesized {
	stacks: Stacks;
	data: Template;
	app: Template;
	/** the cloud assembly */
	folder: string;
	/** resources of both stacks of this type */
	of(type: string): Resource[];
	/** the only one of this type */
	one(type: string): Resource;
}

// registered once, by who imports this: inside a test there is no afterAll
const folders: string[] = [];
afterAll(() => {
	for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

export const synthesize = (context: Record<string, unknown> = {}): Synthesized => {
	process.env.CDK_VALIDATION = 'false';
	const folder = mkdtempSync(join(tmpdir(), 'shellpod-infra-'));
	folders.push(folder);
	const app = new App({ outdir: folder, context: { ...cdkJson.context, page: fixturePage, 'aws:cdk:bundling-stacks': [], ...context } });
	const stacks = addStacks(app, readSettings(app.node));
	const [data, service] = [Template.fromStack(stacks.data), Template.fromStack(stacks.app)];
	const of = (type: string): Resource[] =>
		[data, service].flatMap((template) => Object.entries(template.findResources(type)).map(([id, resource]) => ({ id, ...resource }) as Resource));
	return {
		stacks,
		data,
		app: service,
		folder,
		of,
		one(type) {
			const [only, ...more] = of(type);
			if (!only || more.length > 0) throw new Error(`${more.length + (only ? 1 : 0)} resources of type ${type}`);
			return only;
		},
	};
};

/** All values in some JSON, and under which key they stand. */
export const values = function* (json: unknown): Generator<[key: string, value: unknown]> {
	if (typeof json !== 'object' || json === null) return;
	for (const [key, value] of Object.entries(json)) {
		yield [key, value];
		yield* values(value);
	}
};

/** Logical ids that some JSON refers to. */
export const references = (json: unknown): string[] =>
	[...values(json)].flatMap(([key, value]) => {
		if (key === 'Ref') return [String(value)];
		if (key === 'Fn::GetAtt') return [Array.isArray(value) ? String(value[0]) : (String(value).split('.')[0] ?? '')];
		return [];
	});
