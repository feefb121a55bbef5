/** What was synthesized, as the checks read it. Only `readCloud` touches the disk; a check looks at values. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Settings } from '../settings.ts';

export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

export interface Template {
	readonly Resources: Readonly<Record<string, { readonly Type: string; readonly Properties?: Json; readonly DependsOn?: Json }>>;
	readonly Outputs?: Readonly<Record<string, Json>>;
}

export interface Resource {
	readonly stack: string;
	readonly id: string;
	readonly type: string;
	readonly properties: Json;
	readonly dependsOn: readonly string[];
}

/** What an operator chose, as far as checks ask. */
export type Choices = Pick<Settings, 'deployment' | 'reserveConcurrency'>;

/** Templates by the name of their stack, and the platforms of images. */
export interface Synthesized {
	readonly templates: Readonly<Record<string, Template>>;
	readonly platforms: readonly (string | undefined)[];
	readonly choices: Choices;
}

export interface Cloud extends Synthesized {
	readonly resources: readonly Resource[];
	of(type: string): Resource[];
	/** the resource that a Ref or GetAtt names, in whatever stack */
	named(json: Json | undefined): Resource | undefined;
	/** a value as text: what is known only at the deployment as `${Name}`, `${Name.Attribute}` or `${Region}`, over stacks too */
	text(json: Json | undefined): string;
}

/** Each finding is one line: what is wrong and how to mend it. None: the design is not a forbidden one. */
export type Check = (cloud: Cloud) => string[];

export const get = (json: Json | undefined, ...path: readonly string[]): Json | undefined =>
	path.reduce<Json | undefined>(
		(at, name) => (typeof at === 'object' && at !== null && !Array.isArray(at) ? (at as Record<string, Json>)[name] : undefined),
		json,
	);

/** A list as it is, one value as a list of it, nothing as an empty one. */
export const list = (json: Json | undefined): readonly Json[] => (json === undefined ? [] : Array.isArray(json) ? json : [json as Json]);

export const entries = (json: Json | undefined): [string, Json][] =>
	typeof json === 'object' && json !== null && !Array.isArray(json) ? Object.entries(json) : [];

export const nameOf = ({ stack, id }: Resource): string => `${stack}/${id}`;

export const cloudOf = (synthesized: Synthesized): Cloud => {
	const { templates } = synthesized;
	const resources = Object.entries(templates).flatMap(([stack, { Resources }]) =>
		Object.entries(Resources).map(([id, { Type, Properties, DependsOn }]) => ({
			stack,
			id,
			type: Type,
			properties: Properties ?? {},
			dependsOn: list(DependsOn).map(String),
		})),
	);
	const exports = new Map(
		Object.values(templates).flatMap(({ Outputs = {} }) =>
			Object.values(Outputs).map((output) => [String(get(output, 'Export', 'Name')), get(output, 'Value')] as const),
		),
	);

	const text = (json: Json | undefined): string => {
		if (json === undefined) return '';
		if (Array.isArray(json)) return json.map(text).join(',');
		const [[name, value] = ['', ''], ...more] = entries(json);
		if (name === '' || more.length > 0) return typeof json === 'object' ? JSON.stringify(json) : String(json);
		if (name === 'Ref') return `\${${String(value).replace('AWS::', '')}}`;
		if (name === 'Fn::GetAtt') return `\${${list(value).join('.')}}`;
		if (name === 'Fn::Join')
			return list(list(value)[1])
				.map(text)
				.join(String(list(value)[0]));
		if (name === 'Fn::Sub') return String(list(value)[0]).replaceAll('AWS::', '');
		if (name === 'Fn::ImportValue') return text(exports.get(text(value)) ?? `\${${text(value)}}`);
		return JSON.stringify(json);
	};

	return {
		...synthesized,
		resources,
		of: (type) => resources.filter((one) => one.type === type),
		named: (json) => {
			const name = /^\$\{(\w+)[.}]/.exec(text(json))?.[1];
			return resources.find(({ id }) => id === name);
		},
		text,
	};
};

/** Reads a cloud assembly. */
export const readCloud = (folder: string, choices: Choices): Cloud => {
	const read = <T extends Json | Template>(name: string): T => JSON.parse(readFileSync(join(folder, name), 'utf8')) as T;
	const names = readdirSync(folder);
	const templates = names.filter((name) => name.endsWith('.template.json')).map((name) => [name.replace('.template.json', ''), read<Template>(name)]);
	const images = names.filter((name) => name.endsWith('.assets.json')).flatMap((name) => entries(get(read<Json>(name), 'dockerImages')));
	const platforms = images
		.map(([, image]) => get(image, 'source', 'platform'))
		.map((platform) => (platform === undefined ? platform : String(platform)));
	return cloudOf({ templates: Object.fromEntries(templates), platforms, choices });
};
