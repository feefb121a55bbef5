import { Duration } from 'aws-cdk-lib';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { CfnEventInvokeConfig, type IFunction } from 'aws-cdk-lib/aws-lambda';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { Alarms } from './alarms.ts';

export interface EventsProps {
	/** names what an operator meets: queues */
	readonly deployment: string;
	readonly alarms: Alarms;
	readonly clusterArn: string;
	readonly taskEvents: IFunction;
	/** run every minute, by their names */
	readonly minutely: Record<string, IFunction>;
}

/** How long an event is worth anything, and how often it is tried again: once by EventBridge, on its way to Lambda, and once by Lambda. */
interface Patience {
	readonly retryAttempts: number;
	readonly maxEventAge: Duration;
}

/** An older minute is worth nothing once the next has come. */
const untilTheNext: Patience = { retryAttempts: 0, maxEventAge: Duration.minutes(1) };
/** The minute has looked several times by then. */
const whileItHelps: Patience = { retryAttempts: 2, maxEventAge: Duration.minutes(5) };

/** events given up within five minutes that make an alarm: one or two mend themselves with the next minute */
const tooMany = 3;

/** What calls functions without a person: hints from ECS, and the minute. Both may be lost, late or doubled; the next minute mends it. */
export class Events extends Construct {
	constructor(scope: Construct, id: string, props: EventsProps) {
		super(scope, id);
		const taskEvents = this.target(props, 'task-events', props.taskEvents, whileItHelps);
		new Rule(this, 'TaskEvents', {
			description: 'ShellPod: a session task changed',
			eventPattern: { source: ['aws.ecs'], detailType: ['ECS Task State Change'], detail: { clusterArn: [props.clusterArn] } },
			targets: [taskEvents],
		});
		new Rule(this, 'Retirements', {
			description: 'ShellPod: AWS will end tasks for maintenance',
			// documented: docs.aws.amazon.com/AmazonECS/latest/developerguide/prepare-task-retirement.html
			eventPattern: {
				source: ['aws.health'],
				detailType: ['AWS Health Event'],
				detail: { service: ['ECS'], eventTypeCode: ['AWS_ECS_TASK_PATCHING_RETIREMENT'] },
			},
			targets: [taskEvents],
		});
		for (const [name, handler] of Object.entries(props.minutely)) {
			new Rule(this, name, {
				description: `ShellPod: ${name}, every minute`,
				schedule: Schedule.rate(Duration.minutes(1)),
				targets: [this.target(props, name.toLowerCase(), handler, untilTheNext)],
			});
		}
	}

	/** A function as a target, with a queue of what neither EventBridge nor Lambda could get done, and an alarm (docs/runbook.md). */
	private target({ deployment, alarms }: EventsProps, name: string, handler: IFunction, patience: Patience): LambdaFunction {
		const queue = new Queue(this, `Failed-${name}`, {
			queueName: `${deployment}-${name}-failed`,
			retentionPeriod: Duration.days(14),
			encryption: QueueEncryption.SQS_MANAGED,
			enforceSSL: true,
		});
		// Not by the CDK's destination, which would let the function ask about the queue too.
		handler.addToRolePolicy(new PolicyStatement({ actions: ['sqs:SendMessage'], resources: [queue.queueArn] }));
		new CfnEventInvokeConfig(this, `Patience-${name}`, {
			functionName: handler.functionName,
			qualifier: '$LATEST',
			maximumRetryAttempts: patience.retryAttempts,
			maximumEventAgeInSeconds: patience.maxEventAge.toSeconds(),
			destinationConfig: { onFailure: { destination: queue.queueArn } },
		});
		alarms.raise(this, `Alarm-${name}`, {
			name: `${name}-failed`,
			description: `${name} could not be done ${tooMany} times in five minutes`,
			metric: queue.metricNumberOfMessagesSent({ period: Duration.minutes(5), statistic: 'Sum' }),
			threshold: tooMany,
		});
		return new LambdaFunction(handler, { ...patience, deadLetterQueue: queue });
	}
}
