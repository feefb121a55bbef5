/** What CloudFormation says of stacks. https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeStacks.html */
import { type Answer, Refusal, type SignedCall } from './signed-call.ts';

export interface StackFacts {
	name: string;
	/** ARN */
	id: string;
	description: string;
	status: string;
	outputs: Readonly<Record<string, string>>;
}

export interface CloudFormation {
	/** Undefined: there is no such stack in this account and region. */
	stack(name: string): Promise<StackFacts | undefined>;
	all(): Promise<StackFacts[]>;
}

const entities: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };
const unescaped = (text: string): string =>
	text.replace(/&(?:#x([\da-f]+)|#(\d+)|(\w+));/gi, (whole, hex?: string, decimal?: string, name?: string) => {
		if (hex !== undefined) return String.fromCodePoint(Number.parseInt(hex, 16));
		if (decimal !== undefined) return String.fromCodePoint(Number(decimal));
		return entities[name ?? ''] ?? whole;
	});

/** The answer is regular: elements without attributes, and lists of `member`. Text of the first element of that name; '' without one. */
const textOf = (xml: string, name: string): string => unescaped(new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml)?.[1] ?? '');

/** Stacks hold lists of their own, so that their ends are found by what begins and ends each: its outputs are its only list of keys. */
const stacksOf = (xml: string): StackFacts[] =>
	xml
		.split(/(?=<StackName>)/)
		.slice(1)
		.map((part) => ({
			name: textOf(part, 'StackName'),
			id: textOf(part, 'StackId'),
			description: textOf(part.split('<Outputs>')[0] ?? '', 'Description'),
			status: textOf(part, 'StackStatus'),
			outputs: Object.fromEntries(
				part
					.split('<OutputKey>')
					.slice(1)
					.map((output) => [textOf(`<OutputKey>${output}`, 'OutputKey'), textOf(output, 'OutputValue')]),
			),
		}));

export const cloudFormationRefusal = ({ status, text }: Answer): Refusal =>
	new Refusal(textOf(text, 'Code') || `status ${status}`, textOf(text, 'Message') || text.slice(0, 200));

export const createCloudFormation = (call: SignedCall): CloudFormation => {
	const describe = async (fields: Record<string, string>): Promise<string> =>
		call(
			{ 'content-type': 'application/x-www-form-urlencoded' },
			new URLSearchParams({ Action: 'DescribeStacks', Version: '2010-05-15', ...fields }).toString(),
		);
	return {
		async stack(name) {
			try {
				return stacksOf(await describe({ StackName: name }))[0];
			} catch (error) {
				// The one error that says so; it has no name of its own.
				if (error instanceof Refusal && error.code === 'ValidationError' && error.message.includes('does not exist')) return undefined;
				throw error;
			}
		},
		async all() {
			const found: StackFacts[] = [];
			let next = '';
			do {
				const xml = await describe(next ? { NextToken: next } : {});
				found.push(...stacksOf(xml));
				next = textOf(xml, 'NextToken');
			} while (next);
			return found;
		},
	};
};
