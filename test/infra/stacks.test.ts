import { describe, expect, test } from 'vitest';
import { synthesize, values } from './templates.ts';

const synthesized = synthesize();
const templates = { data: synthesized.data.toJSON(), app: synthesized.app.toJSON() };

/** Types that need no stand-in to do more than hold a name, and those that do, counted: a new type is a decision. */
const count = (resources: Record<string, { Type: string }>): Record<string, number> => {
	const types = Object.values(resources).map(({ Type }) => Type);
	return Object.fromEntries([...new Set(types)].sort().map((type) => [type, types.filter((other) => other === type).length]));
};

describe('the two stacks', () => {
	test('[1.1] references go from App to Data, never back', () => {
		const imports = (json: unknown) => [...values(json)].filter(([key]) => key === 'Fn::ImportValue').map(([, value]) => String(value));
		expect(imports(templates.data)).toEqual([]);
		expect(imports(templates.app).length).toBeGreaterThan(0);
		for (const name of imports(templates.app)) expect(name).toMatch(/^shellpod-data:/);
		expect(synthesized.stacks.data.dependencies).toEqual([]);
		expect(synthesized.stacks.app.dependencies).toEqual([synthesized.stacks.data]);
	});

	test('[1.1] what holds data stands in Data and is kept when the stack goes', () => {
		for (const type of ['AWS::DynamoDB::Table', 'AWS::EFS::FileSystem', 'AWS::Cognito::UserPool']) {
			const [resource, ...more] = Object.values(synthesized.data.findResources(type));
			expect(more).toEqual([]);
			expect(resource).toMatchObject({ DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' });
		}
		for (const type of ['AWS::S3::Bucket', 'AWS::Cognito::UserPoolClient', 'AWS::Cognito::UserPoolDomain', 'AWS::EC2::SecurityGroupIngress']) {
			expect(Object.keys(synthesized.data.findResources(type))).toEqual([]);
			expect(Object.keys(synthesized.app.findResources(type))).toHaveLength(1);
		}
	});

	test("[6] the only custom resource is the page's deployment", () => {
		const all = { ...templates.data.Resources, ...templates.app.Resources };
		const custom = Object.keys(count(all)).filter((type) => type.startsWith('Custom::') || type === 'AWS::CloudFormation::CustomResource');
		expect(custom).toEqual(['Custom::CDKBucketDeployment']);
	});

	test('the resource types are these', async () => {
		const counts = { data: count(templates.data.Resources), app: count(templates.app.Resources) };
		await expect(`${JSON.stringify(counts, null, 2)}\n`).toMatchFileSnapshot('__snapshots__/resource-types.json');
	});

	test('a second deployment in the account shares no name with the first', () => {
		const second = synthesize({ deployment: 'other' });
		const named = (json: unknown) =>
			[...values(json)]
				.filter(([key, value]) => /^(Name|Family|.*RoleName|FunctionName|Domain)$/.test(key) && value !== 'due')
				.map(([, value]) => JSON.stringify(value));
		const global = [
			'AWS::CloudFront::Function',
			'AWS::CloudFront::ResponseHeadersPolicy',
			'AWS::CloudFront::OriginAccessControl',
			'AWS::ECS::TaskDefinition',
			'AWS::Cognito::UserPoolDomain',
		];
		for (const type of global) {
			const names = new Set(named(synthesized.of(type).map(({ Properties }) => ({ ...Properties, ContainerDefinitions: [] }))));
			expect(names.size).toBeGreaterThan(0);
			for (const name of named(second.of(type).map(({ Properties }) => ({ ...Properties, ContainerDefinitions: [] }))))
				expect(names).not.toContain(name);
		}
		expect(second.stacks.app.stackName).toBe('other-app');
	});

	test.each([
		['deployment', 'Much_Too-Long-Name'],
		['deployment', 'seventeen-letters'],
		['freeSlots', '0'],
		['agentSeconds', '9'],
		['agentSeconds', '181'],
		['automaticRestarts', '21'],
		['maxSessions', 'many'],
		['startsPerHour', '1001'],
		['egressPorts', '443,http'],
		['defaultBudget', '0'],
		['maxBudget', '20 USD'],
		['page', 'no/such/folder'],
	])('a bad %s is refused by name', (name, value) => {
		expect(() => synthesize({ [name]: value })).toThrow(name);
	});

	test('a budget to begin with is not above the most', () => {
		expect(() => synthesize({ defaultBudget: '20.01', maxBudget: '20' })).toThrow('context defaultBudget must not be above maxBudget');
	});

	test('budgets reach those functions that look at them, and are none by default', () => {
		const told = (template: ReturnType<typeof synthesize>) =>
			template.of('AWS::Lambda::Function').flatMap(({ Properties }) => {
				const { SHELLPOD_DEFAULT_BUDGET, SHELLPOD_MAX_BUDGET } = Properties.Environment?.Variables ?? {};
				return SHELLPOD_MAX_BUDGET === undefined ? [] : [[Properties.Description, SHELLPOD_DEFAULT_BUDGET, SHELLPOD_MAX_BUDGET]];
			});
		expect(told(synthesized)).toEqual([
			['ShellPod api', 'none', 'none'],
			['ShellPod sweep', 'none', 'none'],
		]);
		expect(told(synthesize({ defaultBudget: '20', maxBudget: '49.5' }))).toEqual([
			['ShellPod api', '20', '49.5'],
			['ShellPod sweep', '20', '49.5'],
		]);
	});

	test('there is no cost while nobody is there: nothing that is billed by the hour', () => {
		const hourly = [
			'AWS::EC2::NatGateway',
			'AWS::EC2::VPCEndpoint',
			'AWS::ECS::Service',
			'AWS::WAFv2::WebACL',
			'AWS::KMS::Key',
			'AWS::SecretsManager::Secret',
			'AWS::EC2::EIP',
		];
		for (const type of hourly) expect(synthesized.of(type)).toEqual([]);
	});
});
