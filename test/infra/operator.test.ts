import { expect, test } from 'vitest';
import { synthesize } from './templates.ts';

test('the stacks put out what the operator’s command looks for', () => {
	const { data, app } = synthesize({ maxSessions: '3' });
	expect(Object.keys(data.toJSON().Outputs)).toEqual(expect.arrayContaining(['UserPoolId', 'TableName']));
	const { PageAddress: page, Connections: connections, Limits: limits } = app.toJSON().Outputs;
	expect(JSON.stringify(page.Value)).toContain('https://');
	expect(JSON.stringify(connections.Value)).toMatch(/https:\/\/.*execute-api.*\/ws"/);
	expect(JSON.parse(limits.Value)).toEqual({ sessions: 3, startsPerHour: 30, createsPerDay: 20 });
});
