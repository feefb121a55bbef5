/** A run of the whole stack with real functions, and what its judge wrote down. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod/mini';
import { becomeOperator, type Operator } from '../../../support/operator.ts';
import { type Stack, startStack } from '../../../support/stack.ts';
import { readTrail, refusedIn, type TrailLine } from '../../../support/trail.ts';
import { signInByHttp } from '../../../support/user.ts';
import { assemble } from './cast.ts';
import { watch } from './connections.ts';
import { deleteForGood } from './deletion.ts';
import { floodTheGateway } from './floods.ts';
import { liveALife, signOut } from './life.ts';
import { goWrong } from './recovery.ts';

const Document = z.looseObject({ Statement: z.unknown() });
const Role = z.object({
	arn: z.string(),
	managed: z.array(z.string()),
	trust: Document,
	boundary: z.optional(z.string()),
	inline: z.record(z.string(), Document),
});
const IamState = z.object({ roles: z.array(Role), policies: z.record(z.string(), Document) });
const EfsState = z.object({ fileSystems: z.array(z.object({ policy: Document })) });

export interface Run {
	/** unique calls of all roles, in the order of their first time */
	lines: TrailLine[];
	/** the deployed policies as IAM has them at the end, Homes' too, also those that are gone by then */
	roles: z.infer<typeof Role>[];
	/** by ARN */
	managed: Record<string, unknown>;
	/** of the file system of all Homes */
	fileSystem: unknown;
	/** by the function's name in the control plane: its role's ARN */
	functions: ReadonlyMap<string, string>;
}

/** `deleting`: called before roles are deleted. */
const play = async (stack: Stack, operator: Operator, deleting: () => Promise<void>): Promise<void> => {
	const cast = await assemble(stack, await signInByHttp(stack, 'ada'), operator);
	await watch(cast);
	await Promise.all([liveALife(cast), goWrong(cast)]);
	await deleteForGood(cast, deleting);
	// Not beside the others: it takes from all what the gateway lets through.
	await floodTheGateway(cast);
	await signOut(cast);
};

/** @throws what went wrong, with the calls that were refused by then: mostly that is why */
export const recordRun = async (): Promise<Run> => {
	const stack = await startStack();
	const read = async (...path: string[]): Promise<string> => readFile(join(stack.state, ...path), 'utf8');
	const readIam = async () => IamState.parse(JSON.parse(await read('iam', 'state.json')));
	/** by ARN: Homes' roles go with their Homes, and what they did stays recorded */
	const before = new Map<string, z.infer<typeof Role>>();
	try {
		const operator = await becomeOperator(stack);
		try {
			await play(stack, operator, async () => {
				for (const role of (await readIam()).roles) before.set(role.arn, role);
			});
		} catch (cause) {
			throw new Error([String(cause), 'Refused until then:', ...refusedIn(await readTrail(stack))].join('\n'), { cause });
		} finally {
			operator.release();
		}
		await stack.interrupt();
		const { roles: after, policies } = await readIam();
		for (const role of after) before.set(role.arn, role);
		const roles = [...before.values()];
		const [fileSystem] = EfsState.parse(JSON.parse(await read('efs', 'state.json'))).fileSystems;
		return {
			lines: await readTrail(stack),
			roles,
			managed: policies,
			fileSystem: fileSystem?.policy,
			functions: operator.roles,
		};
	} finally {
		await stack.dispose();
	}
};
