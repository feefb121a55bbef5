/** What roles use in a run of the whole stack, and what their policies allow: the same, both ways. */

import { beforeAll, describe, expect, it } from 'vitest';
import type { TrailLine } from '../../support/trail.ts';
import { judged } from './run/grants.ts';
import { type HeldGrant, type Holders, holdersOf } from './run/holders.ts';
import { notExercised, ofAws } from './run/not-exercised.ts';
import { type Run, recordRun } from './run/record.ts';

let run: Run;
let holders: Holders;
beforeAll(async () => {
	run = await recordRun();
	holders = holdersOf(run);
}, 300_000);

const show = ({ caller, action, resource, context }: TrailLine): string => `${caller} ${action} ${resource} ${JSON.stringify(context)}`;
/** calls of the record that are refused without the grant, with what is said */
const missedBy = (grant: HeldGrant): { line: TrailLine; refused: string }[] =>
	run.lines
		.filter(grant.concerns)
		.map((line) => ({ line, refused: judged(line, grant.less(line)) }))
		.filter((one): one is { line: TrailLine; refused: string } => one.refused !== undefined);
const reasonFor = ({ holder, action }: HeldGrant) => notExercised.find((one) => one.holder.test(holder) && one.action.test(action));

const advice = [
	'The run uses none of these rights. For each, one of: exercise it (test/local/iam/run/life.ts for what users do, recovery.ts for what goes',
	'wrong), take it out of infra/control/rights.ts or functions.ts, or list it in run/not-exercised.ts with the reason why no call here can use it:',
].join('\n');

describe('what the run uses and what the policies allow', () => {
	it('each recorded call is allowed by what is deployed, and none was refused', () => {
		const refused = run.lines.filter((line) => line.refused !== undefined || judged(line, holders.documentsOf(line)) !== undefined);
		expect(refused.map(show)).toEqual([]);
	});

	it('each right is used by a recorded call, or listed with the reason why none can', () => {
		const unused = holders.grants.filter((grant) => !reasonFor(grant) && missedBy(grant).length === 0);
		expect
			.soft(
				unused.map(({ text }) => text),
				advice,
			)
			.toEqual([]);
	});

	it('the list of what no call can use has nothing that is used, and nothing that nobody holds', () => {
		const used = holders.grants.filter((grant) => reasonFor(grant) && missedBy(grant).length > 0);
		expect.soft(used.map(({ text }) => text)).toEqual([]);
		const idle = notExercised.filter((entry) => !holders.grants.some((grant) => reasonFor(grant) === entry));
		expect.soft(idle.map(({ holder, action }) => `${holder} ${action}`)).toEqual([]);
	});

	it("no role but CDK's own has a policy that isn't in the template", () => {
		expect(holders.foreign.filter((policy) => !ofAws.some((known) => known.test(policy)))).toEqual([]);
		expect(ofAws.filter((known) => !holders.foreign.some((policy) => known.test(policy)))).toEqual([]);
	});

	it('without any one right, what is refused names its action and resource', () => {
		const said = holders.grants.flatMap((grant) => missedBy(grant).map((one) => ({ ...one, grant })));
		expect(said.length).toBeGreaterThan(holders.grants.length);
		for (const { line, refused, grant } of said) {
			expect(line.action, grant.text).toBe(grant.action);
			expect(refused, grant.text).toContain(`is not authorized to perform: ${line.action} on resource: ${line.resource} because no `);
		}
	});
});
