/** The templates as they are, with one thing changed: a check finds nothing in the first and something in the second. */
import { checks } from '@shellpod/infra/checks/all.ts';
import { type Cloud, cloudOf, readCloud, type Synthesized } from '@shellpod/infra/checks/cloud.ts';
import { expect, test } from 'vitest';
import { synthesize } from '../templates.ts';

const choices = { deployment: 'shellpod', reserveConcurrency: false };
export const real: Cloud = readCloud(synthesize().folder, choices);

/** properties of a resource, to be changed */
// biome-ignore lint/suspicious/noExplicitAny: properties of all resource types
type Properties = any;

export interface Garden {
	/** properties of the first resource of this type for which it holds */
	of(type: string, holds?: (properties: Properties, id: string) => boolean): Properties;
	/** the whole resource */
	resource(type: string, holds?: (properties: Properties, id: string) => boolean): Properties;
	add(type: string, properties: Properties, stack?: string): void;
	remove(type: string): void;
	/** adds an Allow to the role of a function */
	allow(name: string, action: string | string[], resource: unknown, condition?: object): void;
	/** a statement of a function's role */
	statement(name: string, action: string): Properties;
	platforms: (string | undefined)[];
}

export const planted = (change: (garden: Garden) => void): Cloud => {
	const copy = structuredClone({ templates: real.templates, platforms: real.platforms, choices }) as Synthesized & {
		platforms: (string | undefined)[];
	};
	const all = (): [Record<string, Properties>, string][] =>
		Object.values(copy.templates).flatMap(({ Resources }) =>
			Object.keys(Resources).map((id): [Record<string, Properties>, string] => [Resources, id]),
		);
	const resource: Garden['resource'] = (type, holds = () => true) => {
		const [place, id] = all().find(([one, name]) => one[name].Type === type && holds(one[name].Properties ?? {}, name)) ?? expect.fail(`no ${type}`);
		place[id].Properties ??= {};
		return place[id];
	};
	const policy = (name: string) => resource('AWS::IAM::Policy', (_, id) => id.startsWith(`Control${name}Role`)).Properties.PolicyDocument.Statement;
	change({
		of: (type, holds) => resource(type, holds).Properties,
		resource,
		add: (type, properties, stack = 'App') => {
			const { Resources } = copy.templates[stack] as { Resources: Record<string, Properties> };
			Resources[`Planted${Object.keys(Resources).length}`] = { Type: type, Properties: properties };
		},
		remove: (type) => {
			for (const [place, id] of all()) if (place[id].Type === type) delete place[id];
		},
		allow: (name, action, Resource, Condition) => policy(name).push({ Effect: 'Allow', Action: action, Resource, ...(Condition && { Condition }) }),
		statement: (name, action) =>
			policy(name).find((one: { Action: string | string[] }) => [one.Action].flat().includes(action)) ?? expect.fail(action),
		platforms: copy.platforms,
	});
	return cloudOf(copy);
};

export type Row = [sense: string, change: (garden: Garden) => void, words: RegExp];

/** One test for each planted template: the check says one line, in these words, that also says how to mend it. */
export const plants = (name: keyof typeof checks, rows: Row[]): void => {
	const check = checks[name];
	test(`${name}: the templates as they are`, () => {
		expect(check(real)).toEqual([]);
	});
	test.each(rows)(`${name}: %s is refused`, (_, change, words) => {
		const findings = check(planted(change));
		expect(findings.filter((line) => words.test(line)).length, findings.join('\n')).toBeGreaterThan(0);
		// what is wrong and how to mend it, on one line
		for (const line of findings) expect(line).toMatch(/^[^\n]+[:;,] [^\n]+\.$/);
	});
};
