import * as lifecycle from '@shellpod/functions/core/lifecycle.ts';
import { reconcile } from '@shellpod/functions/core/reconcile.ts';
import { expect, test } from 'vitest';
import { at, base, dateAt, nothing, plan, running } from '../support/session-records.ts';

const why = 'The operator stopped it: too expensive';

test('what the operator stopped says so to its user, until they start it again', () => {
	const stopping = lifecycle.stop(running(), at(100), { by: 'operator', why });
	expect(stopping).toMatchObject({ phase: 'stopping', reason: why, desired: { state: 'stopped', by: 'operator', why } });
	const { record: stopped } = reconcile(lifecycle.without(stopping, 'task', 'agent'), nothing, dateAt(200), { ...plan, base });
	expect(stopped).toMatchObject({ phase: 'stopped', reason: why });
	expect(lifecycle.start(stopped, at(300)).reason).toBeUndefined();
});
