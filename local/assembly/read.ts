/** Reads a cloud assembly (`cdk.out`): templates in the order of their stacks, and where each asset lies. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod/mini';
import type { ImageSource } from '../stand-in.ts';

const Resource = z.object({
	Type: z.string(),
	Properties: z.optional(z.record(z.string(), z.unknown())),
	DependsOn: z.optional(z.union([z.string(), z.array(z.string())])),
	Condition: z.optional(z.string()),
});
export type Resource = z.infer<typeof Resource>;

const Template = z.object({
	Resources: z._default(z.record(z.string(), Resource), {}),
	Parameters: z._default(z.record(z.string(), z.object({ Type: z.string(), Default: z.optional(z.unknown()) })), {}),
	Conditions: z._default(z.record(z.string(), z.unknown()), {}),
	Mappings: z._default(z.record(z.string(), z.record(z.string(), z.record(z.string(), z.unknown()))), {}),
	Outputs: z._default(
		z.record(
			z.string(),
			z.object({
				Value: z.unknown(),
				Description: z.optional(z.string()),
				Export: z.optional(z.object({ Name: z.unknown() })),
				Condition: z.optional(z.string()),
			}),
		),
		{},
	),
	Description: z.optional(z.string()),
	Transform: z.optional(z.unknown()),
});
export type Template = z.infer<typeof Template>;

const Manifest = z.object({
	artifacts: z.record(
		z.string(),
		z.object({
			type: z.string(),
			dependencies: z.optional(z.array(z.string())),
			properties: z.optional(z.object({ templateFile: z.optional(z.string()), stackName: z.optional(z.string()) })),
		}),
	),
});

const Assets = z.object({
	files: z._default(z.record(z.string(), z.object({ source: z.object({ path: z.optional(z.string()) }) })), {}),
	dockerImages: z._default(
		z.record(
			z.string(),
			z.object({
				source: z.object({
					directory: z.optional(z.string()),
					dockerFile: z.optional(z.string()),
					dockerBuildTarget: z.optional(z.string()),
				}),
			}),
		),
		{},
	),
});

export interface Stack {
	name: string;
	template: Template;
}

export interface Assembly {
	/** in an order in which each stack comes after those that it depends on */
	stacks: Stack[];
	/** absolute paths of file assets, by hash */
	assets: ReadonlyMap<string, string>;
	/** what images are built from, by hash */
	images: ReadonlyMap<string, ImageSource>;
}

const json = (folder: string, file: string): unknown => JSON.parse(readFileSync(join(folder, file), 'utf8'));

/** Throws with one clear line when the folder holds no assembly, or one that uses what isn't known here. */
export const readAssembly = (folder: string): Assembly => {
	if (!existsSync(join(folder, 'manifest.json'))) throw new Error(`${folder} holds no cloud assembly: run npm run synth`);
	const { artifacts } = Manifest.parse(json(folder, 'manifest.json'));
	const stacks: Stack[] = [];
	const visited = new Set<string>();
	const visit = (id: string): void => {
		const artifact = artifacts[id];
		if (!artifact || visited.has(id)) return;
		visited.add(id);
		for (const dependency of artifact.dependencies ?? []) visit(dependency);
		if (artifact.type !== 'aws:cloudformation:stack') return;
		const template = Template.parse(json(folder, artifact.properties?.templateFile ?? `${id}.template.json`));
		if (template.Transform !== undefined) throw new Error(`stack ${id}: Transform is not known to local mode`);
		stacks.push({ name: artifact.properties?.stackName ?? id, template });
	};
	for (const id of Object.keys(artifacts)) visit(id);
	const assets = new Map<string, string>();
	const images = new Map<string, ImageSource>();
	for (const id of visited) {
		if (!existsSync(join(folder, `${id}.json`)) || artifacts[id]?.type !== 'cdk:asset-manifest') continue;
		const { files, dockerImages } = Assets.parse(json(folder, `${id}.json`));
		for (const [hash, { source }] of Object.entries(files)) if (source.path) assets.set(hash, join(folder, source.path));
		for (const [hash, { source }] of Object.entries(dockerImages)) {
			const { directory, dockerFile, dockerBuildTarget: target } = source;
			if (!directory) throw new Error(`image ${hash}: local mode builds images from folders only`);
			images.set(hash, { directory: join(folder, directory), ...(dockerFile && { dockerFile }), ...(target && { target }) });
		}
	}
	return { stacks, assets, images };
};
