import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { deploy } from '../../../local/assembly/deploy.ts';
import { readAssembly } from '../../../local/assembly/read.ts';
import { type CloudFormation, createCloudFormation } from '../../../local/cloud-formation/cloud-formation.ts';
import { type StillWorld, stillWorld } from '../../support/world.ts';

let world: StillWorld;
let cloudFormation: CloudFormation;
let folder: string;

const template = {
	Description: 'What <holds> "data" & more',
	Resources: { Table: { Type: 'Test::Thing' }, Absent: { Type: 'Test::Thing', Condition: 'Never' } },
	Conditions: { Never: { 'Fn::Equals': [{ Ref: 'AWS::Region' }, 'mars-1'] } },
	Outputs: {
		Name: { Value: { Ref: 'Table' }, Description: 'a name', Export: { Name: 'Data:Name' } },
		Address: { Value: 'https://far/a?b=1&c=<2>' },
		Nothing: { Value: { Ref: 'Absent' }, Condition: 'Never' },
	},
};

beforeEach(async () => {
	world = stillWorld();
	folder = mkdtempSync(join(tmpdir(), 'assembly-'));
	const artifact = { type: 'aws:cloudformation:stack', properties: { templateFile: 'Data.template.json', stackName: 'pod-data' } };
	writeFileSync(join(folder, 'manifest.json'), JSON.stringify({ artifacts: { Data: artifact } }));
	writeFileSync(join(folder, 'Data.template.json'), JSON.stringify(template));
	const things = { types: ['Test::Thing'], create: ({ logicalId }: { logicalId: string }) => ({ ref: `the-${logicalId}`, attributes: {} }) };
	const rewrite = (text: string) => text.replace('https://far', 'http://near');
	cloudFormation = createCloudFormation(world);
	cloudFormation.show(await deploy({ assembly: readAssembly(folder), standIns: [things], rewrite, region: 'us-east-1', account: '000000000000' }));
});
afterEach(() => {
	rmSync(folder, { recursive: true });
	world.remove();
});

const requestOf = (form: Record<string, string>) => ({
	method: 'POST',
	path: '/',
	query: new URLSearchParams(),
	headers: {},
	body: Buffer.from(new URLSearchParams(form).toString()),
	principal: { roleArn: 'r', sessionName: 's' },
});
const ask = async (form: Record<string, string>) => {
	const answer = await cloudFormation.endpoints?.CLOUDFORMATION?.(requestOf({ Action: 'DescribeStacks', Version: '2010-05-15', ...form }));
	return { status: answer?.status, body: String(answer?.body) };
};
const id = 'arn:aws:cloudformation:us-east-1:000000000000:stack/pod-data/00000000-0000-0000-0000-000000000000';

describe('DescribeStacks', () => {
	it.each([{}, { StackName: 'pod-data' }, { StackName: id }])('tells of %j what the template puts out, as the stand-ins have it', async (form) => {
		const { status, body } = await ask(form);
		expect(status).toBe(200);
		expect(body).toContain(`<StackId>${id}</StackId>`);
		expect(body).toContain('<Description>What &lt;holds&gt; &quot;data&quot; &amp; more</Description>');
		expect(body).toContain(
			'<OutputKey>Name</OutputKey><OutputValue>the-Table</OutputValue><Description>a name</Description><ExportName>Data:Name</ExportName>',
		);
		expect(body).toContain('<OutputValue>http://near/a?b=1&amp;c=&lt;2&gt;</OutputValue>');
		expect(body).not.toContain('Nothing');
	});

	it('of a stack that is not there is a ValidationError that says so', async () => {
		expect(await ask({ StackName: 'pod-app' })).toEqual({
			status: 400,
			body: expect.stringContaining('<Code>ValidationError</Code><Message>Stack with id pod-app does not exist</Message>'),
		});
	});

	it('needs the right on that stack', () => {
		const needs = cloudFormation.needs?.CLOUDFORMATION;
		expect(needs?.(requestOf({ Action: 'DescribeStacks', StackName: 'pod-data' }))).toEqual([
			{ action: 'cloudformation:DescribeStacks', resources: ['arn:aws:cloudformation:*:*:stack/pod-data/*'] },
		]);
		expect(needs?.(requestOf({ Action: 'DeleteStack', StackName: 'pod-data' }))).toBeUndefined();
	});
});

it.each([
	[{ Action: 'DeleteStack', StackName: 'pod-data' }, 'DeleteStack'],
	[{ NextToken: 'x' }, 'NextToken'],
])('refuses %j by name', async (form, name) => {
	const { status, body } = await ask(form);
	expect(status).toBe(400);
	expect(body).toContain('<Code>UnsupportedOperation</Code>');
	expect(body).toContain(name);
});
