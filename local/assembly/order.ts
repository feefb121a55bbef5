/** The order in which CloudFormation would make a stack's resources: each after what it refers to or depends on. */
import { referencesOf } from './intrinsics.ts';
import type { Resource } from './read.ts';

/** Logical ids in order. Throws on a circle, naming it. */
export const creationOrder = (resources: Readonly<Record<string, Resource>>): string[] => {
	const order: string[] = [];
	const done = new Set<string>();
	const visit = (id: string, path: readonly string[]): void => {
		if (path.includes(id)) throw new Error(`resources depend on each other in a circle: ${[...path.slice(path.indexOf(id)), id].join(' -> ')}`);
		const resource = resources[id];
		if (!resource || done.has(id)) return;
		for (const next of [...referencesOf(resource.Properties), ...[resource.DependsOn ?? []].flat()]) visit(next, [...path, id]);
		done.add(id);
		order.push(id);
	};
	for (const id of Object.keys(resources)) visit(id, []);
	return order;
};
