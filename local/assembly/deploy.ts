/** Makes every resource of an assembly, in order, by the stand-in that provides its type. */
import type { ResourceInput, ResourceOutput, StandIn } from '../stand-in.ts';
import { mapStrings } from './addresses.ts';
import { inertTypes } from './inert.ts';
import { noValue, resolve, type Scope } from './intrinsics.ts';
import { creationOrder } from './order.ts';
import type { Assembly, Resource, Stack } from './read.ts';

export interface DeployOptions {
	assembly: Assembly;
	standIns: readonly StandIn[];
	/** turns AWS addresses in resolved strings into those of the stand-ins */
	rewrite: (text: string) => string;
	region: string;
	account: string;
}

/** What CloudFormation says of a stack that is there. */
export interface DeployedStack {
	name: string;
	/** ARN */
	id: string;
	description?: string;
	outputs: { key: string; value: string; description?: string; exportName?: string }[];
}

type Create = (input: ResourceInput) => ResourceOutput | Promise<ResourceOutput>;

const creators = (standIns: readonly StandIn[]): Map<string, Create> => {
	const table = new Map<string, Create>(Object.entries(inertTypes));
	for (const standIn of standIns)
		for (const type of standIn.types) {
			if (table.has(type)) throw new Error(`two stand-ins provide ${type}`);
			table.set(type, (input) => standIn.create(input));
		}
	return table;
};

/** Throws on the first type, intrinsic or property that nobody knows. */
export const deploy = async (options: DeployOptions): Promise<DeployedStack[]> => {
	const table = creators(options.standIns);
	const exports = new Map<string, unknown>();
	const deployed: DeployedStack[] = [];
	for (const stack of options.assembly.stacks) deployed.push(await deployStack(stack, table, exports, options));
	return deployed;
};

const deployStack = async (
	stack: Stack,
	table: ReadonlyMap<string, Create>,
	exports: Map<string, unknown>,
	options: DeployOptions,
): Promise<DeployedStack> => {
	const { template, name } = stack;
	const made = new Map<string, ResourceOutput>();
	const id = `arn:aws:cloudformation:${options.region}:${options.account}:stack/${name}/00000000-0000-0000-0000-000000000000`;
	const pseudo: Record<string, unknown> = {
		'AWS::AccountId': options.account,
		'AWS::Region': options.region,
		'AWS::Partition': 'aws',
		'AWS::URLSuffix': 'amazonaws.com',
		'AWS::StackName': name,
		'AWS::StackId': id,
		'AWS::NoValue': noValue,
	};
	const parameter = (id: string): unknown => {
		const value = template.Parameters[id]?.Default;
		if (value === undefined) throw new Error(`stack ${name}: parameter ${id} has no default`);
		return value;
	};
	const resource = (id: string): ResourceOutput => {
		const output = made.get(id);
		if (!output) throw new Error(`stack ${name}: ${id} is referred to but not made`);
		return output;
	};
	const scope: Scope = {
		ref: (id) => (id in pseudo ? pseudo[id] : template.Parameters[id] ? parameter(id) : resource(id).ref),
		attribute: (id, attribute) => {
			const value = resource(id).attributes[attribute];
			if (value === undefined) throw new Error(`stack ${name}: ${template.Resources[id]?.Type} ${id} has no attribute ${attribute} in local mode`);
			return value;
		},
		condition: (id) => {
			if (!(id in template.Conditions)) throw new Error(`stack ${name}: there is no condition ${id}`);
			return resolve(template.Conditions[id], scope) === true;
		},
		importValue: (id) => {
			if (!exports.has(id)) throw new Error(`stack ${name}: nothing exports ${id}`);
			return exports.get(id);
		},
		mapping: (map, first, second) => {
			const value = template.Mappings[map]?.[first]?.[second];
			if (value === undefined) throw new Error(`stack ${name}: the mapping ${map} has no ${first}, ${second}`);
			return value;
		},
		zones: () => ['a', 'b', 'c'].map((letter) => `${options.region}${letter}`),
	};
	const wanted = (one: { Condition?: string | undefined }): boolean => one.Condition === undefined || scope.condition(one.Condition);
	const create = async (logicalId: string, { Type: type, Properties }: Resource): Promise<void> => {
		const make = table.get(type);
		if (!make) throw new Error(`stack ${name}: the resource type ${type} (${logicalId}) is not known to local mode`);
		const properties = mapStrings(resolve(Properties ?? {}, scope), options.rewrite) as Record<string, unknown>;
		made.set(logicalId, await make({ stack: name, logicalId, type, properties, region: options.region, account: options.account }));
	};
	for (const logicalId of creationOrder(template.Resources)) {
		const definition = template.Resources[logicalId];
		if (definition && wanted(definition)) await create(logicalId, definition);
	}
	const outputs: DeployedStack['outputs'] = [];
	for (const [key, output] of Object.entries(template.Outputs).filter(([, one]) => wanted(one))) {
		const value = resolve(output.Value, scope);
		const exportName = output.Export && String(resolve(output.Export.Name, scope));
		if (exportName !== undefined) exports.set(exportName, value);
		const { Description: description } = output;
		outputs.push({
			key,
			value: options.rewrite(String(value)),
			...(description !== undefined && { description }),
			...(exportName !== undefined && { exportName }),
		});
	}
	return { name, id, outputs, ...(template.Description !== undefined && { description: template.Description }) };
};
