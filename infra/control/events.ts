import { Duration } from 'aws-cdk-lib';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';

export interface EventsProps {
	readonly clusterArn: string;
	readonly taskEvents: IFunction;
	/** run every minute */
	readonly minutely: Record<string, IFunction>;
}

/** What calls functions without a person: hints from ECS, and the minute. Both may be lost, late or doubled; the next minute mends it. */
export class Events extends Construct {
	constructor(scope: Construct, id: string, props: EventsProps) {
		super(scope, id);
		new Rule(this, 'TaskEvents', {
			description: 'ShellPod: a session task changed',
			eventPattern: { source: ['aws.ecs'], detailType: ['ECS Task State Change'], detail: { clusterArn: [props.clusterArn] } },
			targets: [new LambdaFunction(props.taskEvents, { retryAttempts: 2, maxEventAge: Duration.minutes(5) })],
		});
		for (const [name, handler] of Object.entries(props.minutely)) {
			new Rule(this, name, {
				description: `ShellPod: ${name}, every minute`,
				schedule: Schedule.rate(Duration.minutes(1)),
				// an older minute is worth nothing once the next has come
				targets: [new LambdaFunction(handler, { retryAttempts: 0, maxEventAge: Duration.minutes(1) })],
			});
		}
	}
}
