/** The template's roles, policies and file system in IAM and EFS as a start makes them, everything else by name only. */
import { createApiGateway } from '../../../local/api-gateway/api-gateway.ts';
import { deploy } from '../../../local/assembly/deploy.ts';
import { inertTypes } from '../../../local/assembly/inert.ts';
import { readAssembly } from '../../../local/assembly/read.ts';
import { createEcs } from '../../../local/ecs/ecs.ts';
import { createEfs } from '../../../local/efs/efs.ts';
import { createIam } from '../../../local/iam/iam.ts';
import { createJudge, type Judge } from '../../../local/iam/judge.ts';
import type { ResourceInput, StandIn } from '../../../local/stand-in.ts';
import { synthesize } from '../../infra/templates.ts';
import { createAwsServer } from '../aws-server.ts';
import { scriptedFunctions } from '../scripted.ts';

const region = 'us-east-1';
const account = '000000000000';

/** Resources that are named and nothing more. */
const named = (types: string[], made: ResourceInput[]): StandIn => ({
	types,
	create: (input) => {
		made.push(input);
		const kind = input.type.split('::')[2]?.toLowerCase();
		const service = input.type.split('::')[1]?.toLowerCase();
		const attributes = new Proxy<Record<string, string>>(
			{},
			{
				get: (_, name) =>
					name === 'Arn'
						? `arn:aws:${service}:${region}:${account}:${kind === 'globaltable' ? 'table' : kind}/${input.logicalId}`
						: `${input.logicalId}.${String(name)}`,
			},
		);
		return { ref: input.logicalId, attributes };
	},
});

export const deployTemplate = async () => {
	const synthesized = synthesize();
	const assembly = readAssembly(synthesized.folder);
	const server = await createAwsServer();
	const world = server.world();
	const iam = createIam(world);
	const efs = createEfs(world, iam);
	const ecs = createEcs(world, { efs, iam });
	const gateway = createApiGateway(world, scriptedFunctions({}));
	const real = [iam, efs, ecs, gateway];
	const known = new Set([...real.flatMap((one) => one.types), ...Object.keys(inertTypes)]);
	const types = new Set(assembly.stacks.flatMap(({ template }) => Object.values(template.Resources).map(({ Type }) => Type)));
	const made: ResourceInput[] = [];
	const created: { input: ResourceInput; ref: string; arn: string | undefined }[] = [];
	const recorded = [
		...real,
		named(
			[...types].filter((type) => !known.has(type)),
			made,
		),
	].map((standIn) => ({
		...standIn,
		create: async (input: ResourceInput) => {
			const output = await standIn.create(input);
			created.push({ input, ref: output.ref, arn: output.attributes.Arn });
			return output;
		},
	}));
	await deploy({ assembly, standIns: recorded, rewrite: (text) => text, region, account });
	server.serve(iam, efs, ecs);
	const one = (type: string, properties: Record<string, unknown> = {}): { ref: string; arn: string } => {
		const found = created.find(
			({ input }) => input.type === type && Object.entries(properties).every(([name, value]) => input.properties[name] === value),
		);
		if (!found) throw new Error(`no ${type}`);
		return { ref: found.ref, arn: found.arn ?? '' };
	};
	const functions = created.filter(({ input }) => input.type === 'AWS::Lambda::Function').map(({ input }) => input.properties);
	const judge: Judge = createJudge({ iam, account });
	return {
		server,
		iam,
		efs,
		ecs,
		judge,
		one,
		boundary: one('AWS::IAM::ManagedPolicy').ref,
		/** ARN of a function's role, by the function's name in the control plane */
		roleOf: (name: string): string => {
			const found = functions.find(({ Description }) => Description === `ShellPod ${name}`);
			if (!found) throw new Error(`no function ${name}`);
			return String(found.Role);
		},
		/** policies of a role of the template, as documents */
		documentsOf: (role: string): unknown[] =>
			created
				.filter(({ input }) => input.type === 'AWS::IAM::Policy' && (input.properties.Roles as string[]).includes(role.split('/').at(-1) ?? ''))
				.map(({ input }) => input.properties.PolicyDocument),
		/** of the control plane */
		functionNames: functions.flatMap(({ Description }) => /^ShellPod (\S+)$/.exec(String(Description))?.[1] ?? []),
		/** the function's environment */
		environmentOf: (name: string): Record<string, string> => {
			const { Environment } = functions.find(({ Description }) => Description === `ShellPod ${name}`) ?? {};
			return (Environment as { Variables?: Record<string, string> } | undefined)?.Variables ?? {};
		},
		/** types of resources with a policy in them */
		policyTypes: new Set(
			assembly.stacks
				.flatMap(({ template }) => Object.values(template.Resources))
				.filter((resource) => JSON.stringify(resource).includes('"Statement"'))
				.map(({ Type }) => Type),
		),
		/** what the file system's own policy says */
		fileSystemPolicy: created.find(({ input }) => input.type === 'AWS::EFS::FileSystem')?.input.properties.FileSystemPolicy,
	};
};
