import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { Problem } from '../../operator/problem.ts';
import { Refusal } from '../../operator/signed-call.ts';
import { everybodys, page, refusal, type Served, serve } from './served.ts';

let served: Served;
beforeEach(async () => {
	await served?.stop();
	served = await serve();
});
afterAll(() => served.stop());

const problem = async (work: Promise<unknown>): Promise<string> => {
	const error = await work.then(
		() => undefined,
		(thrown: unknown) => thrown,
	);
	if (!(error instanceof Problem)) throw error ?? new Error('no problem');
	expect(error.exit).toBe(1);
	return error.message;
};

describe('the deployment', () => {
	it('is found by what its stacks put out', async () => {
		served.show([...served.stacks('lab', { PageAddress: 'https://lab.example' }), ...served.stacks()]);
		expect((await served.open()).deployment).toEqual({
			name: 'shellpod',
			region: 'us-east-1',
			account: '123456789012',
			page,
			table: served.table.table.name,
			userPool: expect.stringMatching(/^us-east-1_/),
			connections: `${served.connections.url}/ws`,
			limits: everybodys,
			oneMachine: false,
		});
		expect((await served.open('lab')).deployment).toMatchObject({ name: 'lab', page: 'https://lab.example' });
	});

	it('that is not there is named, with what is there instead', async () => {
		expect(await problem(served.open('lab'))).toBe(
			'There is no ShellPod called lab in us-east-1. There is one called shellpod: choose with --deployment.',
		);
		served.show([
			...served.stacks('one'),
			...served.stacks('two'),
			{ name: 'other-app', id: 'arn:aws:x', description: 'somebody else’s', outputs: [] },
		]);
		expect(await problem(served.open())).toBe('There is no ShellPod called shellpod in us-east-1. There are one, two: choose with --deployment.');
		served.show([]);
		expect(await problem(served.open())).toMatch(/^There is no ShellPod in this account and region \(us-east-1\)\. Deploy one with npm run deploy/);
	});

	it('of an older version says what to do', async () => {
		served.show(served.stacks('shellpod', { Connections: '' }));
		expect(await problem(served.open())).toContain('no output Connections (shellpod-app is CREATE_COMPLETE): deploy this version');
	});
});

describe('AWS', () => {
	it('that is asked too often is asked again', async () => {
		const { people } = await served.open();
		let refused = 0;
		served.fault = () => (refused++ < 4 ? refusal('TooManyRequestsException') : undefined);
		expect(await people.list()).toEqual([]);
		expect(served.asked).toHaveLength(5);
		served.fault = () => ({ status: 429, body: '' });
		expect(await problem(people.list())).toContain('Amazon Cognito takes no more requests');
		expect(served.asked).toHaveLength(11);
	});

	it.each([
		['ExpiredTokenException', 'AWS does not accept these credentials (ExpiredTokenException)'],
		['UnrecognizedClientException', 'Sign in again, or set AWS_PROFILE'],
		['AccessDeniedException', 'These credentials may not do this: words of AWS. docs/operate.md'],
	])('that answers %s is told of in words', async (code, words) => {
		const { people } = await served.open();
		served.fault = () => refusal(code);
		expect(await problem(people.list())).toContain(words);
		expect(served.asked).toHaveLength(1);
	});

	it('that breaks or is silent is told of, by name', async () => {
		const { people } = await served.open();
		served.fault = () => ({ status: 503, body: '' });
		expect(await problem(people.list())).toBe('Amazon Cognito answers 503. Try again in a minute.');
		await served.aws.close();
		expect(await problem(people.list())).toContain('Amazon Cognito does not answer (127.0.0.1:');
	});

	it('that refuses what nobody foresaw keeps its own words', async () => {
		const { people } = await served.open();
		served.fault = () => refusal('UserLambdaValidationException', 'a trigger said no');
		await expect(people.enable('ada')).rejects.toThrow(Refusal);
		await expect(people.enable('ada')).rejects.toThrow('a trigger said no');
	});
});
