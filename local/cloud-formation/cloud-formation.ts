/**
 * Stand-in for CloudFormation: says what the stacks that were made from the template put out. It makes nothing itself: that is
 * `assembly/deploy.ts`. https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeStacks.html
 */
import { randomUUID } from 'node:crypto';
import type { DeployedStack } from '../assembly/deploy.ts';
import type { AwsResponse, NeedsOf, StandIn, World } from '../stand-in.ts';

export interface CloudFormation extends StandIn {
	/** From now on these are the account's stacks. */
	show(stacks: readonly DeployedStack[]): void;
}

const escapes: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
const element = (name: string, text: string): string => `<${name}>${text.replace(/[&<>"]/g, (char) => escapes[char] ?? char)}</${name}>`;
const members = (name: string, each: readonly string[]): string => `<${name}>${each.map((one) => `<member>${one}</member>`).join('')}</${name}>`;
const xml = (status: number, body: string): AwsResponse => ({ status, headers: { 'content-type': 'text/xml' }, body });

const refused = (code: string, message: string): AwsResponse =>
	xml(
		400,
		`<ErrorResponse><Error><Type>Sender</Type>${element('Code', code)}${element('Message', message)}</Error><RequestId>${randomUUID()}</RequestId></ErrorResponse>`,
	);

const stackXml = ({ name, id, description, outputs }: DeployedStack, made: Date): string =>
	[
		element('StackName', name),
		element('StackId', id),
		description === undefined ? '' : element('Description', description),
		element('CreationTime', made.toISOString()),
		element('StackStatus', 'CREATE_COMPLETE'),
		members(
			'Outputs',
			outputs.map((output) =>
				[
					element('OutputKey', output.key),
					element('OutputValue', output.value),
					output.description === undefined ? '' : element('Description', output.description),
					output.exportName === undefined ? '' : element('ExportName', output.exportName),
				].join(''),
			),
		),
	].join('');

/** The fields of a DescribeStacks that is covered. */
const fields = ['Action', 'Version', 'StackName'];

const needs: NeedsOf = ({ body }) => {
	const form = new URLSearchParams(body.toString('utf8'));
	// by a name the stack's ARN, whose id the caller doesn't know
	const resource = `arn:aws:cloudformation:*:*:stack/${form.get('StackName') ?? '*'}/*`;
	return form.get('Action') === 'DescribeStacks' ? [{ action: 'cloudformation:DescribeStacks', resources: [resource] }] : undefined;
};

export const createCloudFormation = (world: World): CloudFormation => {
	const made = world.now();
	let stacks: readonly DeployedStack[] = [];
	return {
		types: [],
		create: ({ type }) => {
			throw new Error(`CloudFormation's stand-in doesn't provide ${type}`);
		},
		show: (given) => {
			stacks = given;
		},
		endpoints: {
			CLOUDFORMATION: async ({ body }) => {
				const form = new URLSearchParams(body.toString('utf8'));
				const action = form.get('Action') ?? '';
				if (action !== 'DescribeStacks') return refused('UnsupportedOperation', `The local CloudFormation doesn't cover ${action}.`);
				const unknown = [...form.keys()].find((field) => !fields.includes(field));
				if (unknown !== undefined) return refused('UnsupportedOperation', `The local CloudFormation doesn't know ${unknown} of ${action}.`);
				const wanted = form.get('StackName');
				const found = stacks.filter(({ name, id }) => wanted === null || wanted === name || wanted === id);
				if (wanted !== null && found.length === 0) return refused('ValidationError', `Stack with id ${wanted} does not exist`);
				const shown = members(
					'Stacks',
					found.map((stack) => stackXml(stack, made)),
				);
				return xml(200, `<DescribeStacksResponse><DescribeStacksResult>${shown}</DescribeStacksResult></DescribeStacksResponse>`);
			},
		},
		needs: { CLOUDFORMATION: needs },
	};
};
