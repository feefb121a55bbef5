import { describe, expect, test } from 'vitest';
import { synthesize } from './templates.ts';

const synthesized = synthesize({ alarmEmail: 'ops@example.com' });
const topic = synthesized.one('AWS::SNS::Topic');

/** CloudWatch's own way of writing a pattern: does this line of a log count? */
const counts = (pattern: string, line: Record<string, string | number>): boolean => {
	const terms = pattern.replace(/[{}()]/g, '').split('&&');
	return terms.every((all) =>
		all.split('||').some((term) => {
			const [, name = '', operator, value = ''] = /^\s*\$\.(\w+) (=|>=) "?([^"]*?)"?\s*$/.exec(term) ?? [];
			return operator === '=' ? line[name] === value : operator === '>=' && Number(line[name]) >= Number(value);
		}),
	);
};

const filtersOf = (metric: string) =>
	synthesized.of('AWS::Logs::MetricFilter').filter(({ Properties }) => Properties.MetricTransformations[0].MetricName === metric);
const alarm = (name: string) => synthesized.of('AWS::CloudWatch::Alarm').find(({ Properties }) => Properties.AlarmName === `shellpod-${name}`);

describe('every alarm', () => {
	test.each(synthesized.of('AWS::CloudWatch::Alarm').map(({ Properties }) => [Properties.AlarmName, Properties]))(
		'%s goes to the topic, and so does its end',
		(_, { AlarmActions, OKActions, TreatMissingData }) => {
			expect([AlarmActions, OKActions]).toEqual([[{ Ref: topic.id }], [{ Ref: topic.id }]]);
			expect(TreatMissingData).toBe('notBreaching');
		},
	);

	test('reaches the operator who gave an address, and nobody where none was given', () => {
		const [mail, ...more] = synthesized.of('AWS::SNS::Subscription');
		expect(more).toEqual([]);
		expect(mail?.Properties).toEqual({ Protocol: 'email', Endpoint: 'ops@example.com', TopicArn: { Ref: topic.id } });
		expect(synthesize().of('AWS::SNS::Subscription')).toEqual([]);
	});

	test.each(['ops', 'ops@example', 'a@b.com, c@d.com', 'a b@c.com', '@c.com', `${'a'.repeat(65)}@c.com`])('%s is no address', (alarmEmail) => {
		expect(() => synthesize({ alarmEmail })).toThrow('context alarmEmail must be one e-mail address');
	});

	test('comes from CloudWatch of this account alone, over TLS', () => {
		const { Statement: statements } = synthesized.one('AWS::SNS::TopicPolicy').Properties.PolicyDocument;
		expect(statements.filter(({ Effect }: { Effect: string }) => Effect === 'Allow')).toEqual([
			{
				Sid: expect.any(String),
				Effect: 'Allow',
				Action: 'sns:Publish',
				Principal: { Service: 'cloudwatch.amazonaws.com' },
				Resource: { Ref: topic.id },
				Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
			},
		]);
		expect(JSON.stringify(statements)).toContain('"aws:SecureTransport":"false"');
	});
});

describe('[7] too many orphans', () => {
	test('are counted by the line that says so, in the log of the sweep', () => {
		const [filter, ...more] = filtersOf('OrphansSpared');
		expect(more).toEqual([]);
		const { FilterPattern: pattern, MetricTransformations, LogGroupName } = filter?.Properties ?? {};
		expect(counts(pattern, { event: 'orphans_spared', orphans: 4 })).toBe(true);
		expect(counts(pattern, { event: 'orphan_stopped' })).toBe(false);
		expect(MetricTransformations[0].MetricValue).toBe('$.orphans');
		expect(LogGroupName.Ref).toMatch(/^ControlSweepLog/);
	});

	test('are an alarm at once', () => {
		expect(alarm('orphans')?.Properties).toMatchObject({ MetricName: 'OrphansSpared', Namespace: 'ShellPod/shellpod', Threshold: 1, Period: 300 });
	});
});

describe('[19] what is not gone a day after it was deleted for good', () => {
	test('is counted in the logs of those that delete it, whatever they fail at', () => {
		const filters = filtersOf('HoursNotPurged').map(({ Properties }) => Properties);
		expect(filters.map(({ LogGroupName }) => LogGroupName.Ref.replace(/Log.*$/, '')).sort()).toEqual(['ControlPurge', 'ControlSweep']);
		for (const { FilterPattern: pattern } of filters) {
			for (const event of ['home_not_emptied', 'purge_failed']) {
				expect(counts(pattern, { event, hours: 24 })).toBe(true);
				expect(counts(pattern, { event, hours: 23 })).toBe(false);
			}
			expect(counts(pattern, { event: 'look_failed', hours: 99 })).toBe(false);
		}
	});

	test('is an alarm for as long as it is tried again', () => {
		expect(alarm('not-purged')?.Properties).toMatchObject({ MetricName: 'HoursNotPurged', Threshold: 24, Period: 3 * 3_600 });
	});
});
