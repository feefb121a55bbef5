import { Aws, CfnOutput, Duration } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, Metric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { FilterPattern, type IFilterPattern, MetricFilter } from 'aws-cdk-lib/aws-logs';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Construct } from 'constructs';

export interface AlarmsProps {
	/** names topic, alarms and metrics */
	readonly deployment: string;
	/** who is mailed, beside whoever subscribes to the topic by hand */
	readonly email?: string | undefined;
}

/** What is counted, and from which count on somebody must know of it. */
export interface Raise {
	/** behind the deployment's; its article in docs/runbook.md has the same */
	readonly name: string;
	readonly description: string;
	readonly metric: Metric;
	readonly threshold: number;
}

/** Lines of logs that are counted. */
export interface Counted {
	/** which lines */
	readonly pattern: IFilterPattern;
	/** field of the line whose value counts: `$.name` */
	readonly value: string;
	/** whose logs, by names of ours */
	readonly functions: Readonly<Record<string, LambdaFunction>>;
	readonly period: Duration;
}

/** Where alarms go: one topic, which the operator's mail, if it is given, or whatever else, subscribes to. */
export class Alarms extends Construct {
	private readonly topic: Topic;
	private readonly deployment: string;

	constructor(scope: Construct, id: string, props: AlarmsProps) {
		super(scope, id);
		this.deployment = props.deployment;
		this.topic = new Topic(this, 'Topic', { topicName: `${props.deployment}-alarms`, displayName: `ShellPod ${props.deployment}`, enforceSSL: true });
		this.topic.addToResourcePolicy(
			new PolicyStatement({
				principals: [new ServicePrincipal('cloudwatch.amazonaws.com', { conditions: { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } } })],
				actions: ['sns:Publish'],
				resources: [this.topic.topicArn],
			}),
		);
		if (props.email !== undefined) this.topic.addSubscription(new EmailSubscription(props.email));
		new CfnOutput(this, 'AlarmTopic', { value: this.topic.topicArn, description: 'Alarms come here: docs/runbook.md' });
	}

	/** `scope`: whose alarm it is. It ends by itself when what it counts stays away. */
	raise(scope: Construct, id: string, { name, description, metric, threshold }: Raise): void {
		const alarm = new Alarm(scope, id, {
			alarmName: `${this.deployment}-${name}`,
			alarmDescription: `${description}: docs/runbook.md`,
			metric,
			threshold,
			evaluationPeriods: 1,
			comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
			treatMissingData: TreatMissingData.NOT_BREACHING,
		});
		alarm.addAlarmAction(new SnsAction(this.topic));
		alarm.addOkAction(new SnsAction(this.topic));
	}

	/** A metric of lines in logs, which costs nothing while there are none. */
	count(scope: Construct, metricName: string, { pattern, value, functions, period }: Counted): Metric {
		const metricNamespace = `ShellPod/${this.deployment}`;
		for (const [id, { logGroup }] of Object.entries(functions))
			new MetricFilter(scope, `${metricName}${id}`, { logGroup, filterPattern: pattern, metricNamespace, metricName, metricValue: value });
		return new Metric({ namespace: metricNamespace, metricName, statistic: 'Maximum', period });
	}
}

/** hours for which a Home that was deleted for good may be there without anybody's being told */
const patience = 24;

export interface SlowFaultsProps {
	readonly alarms: Alarms;
	readonly sweep: LambdaFunction;
	readonly purge: LambdaFunction;
}

/** What is wrong though every function does its work: only their logs say so. */
export class SlowFaults extends Construct {
	constructor(scope: Construct, id: string, { alarms, sweep, purge }: SlowFaultsProps) {
		super(scope, id);
		const event = (name: string) => FilterPattern.stringValue('$.event', '=', name);
		alarms.raise(this, 'Orphans', {
			name: 'orphans',
			description: 'More tasks that no session knows than may be stopped at once',
			metric: alarms.count(this, 'OrphansSpared', {
				pattern: event('orphans_spared'),
				value: '$.orphans',
				functions: { Sweep: sweep },
				// they are looked for each minute until it is over
				period: Duration.minutes(5),
			}),
			threshold: 1,
		});
		const late = FilterPattern.numberValue('$.hours', '>=', patience);
		alarms.raise(this, 'NotPurged', {
			name: 'not-purged',
			description: `Something of a session is still there ${patience} h after it was deleted for good`,
			metric: alarms.count(this, 'HoursNotPurged', {
				pattern: FilterPattern.all(FilterPattern.any(event('home_not_emptied'), event('purge_failed')), late),
				value: '$.hours',
				functions: { Sweep: sweep, Purge: purge },
				// tried each hour, which may take an hour
				period: Duration.hours(3),
			}),
			threshold: patience,
		});
	}
}
