import type { EnvName } from '@shellpod/functions/env.ts';
import { type Duration, RemovalPolicy } from 'aws-cdk-lib';
import { type PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { ApplicationLogLevel, Architecture, Function as LambdaFunction, LoggingFormat, Runtime, SystemLogLevel } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { bundle } from './bundle.ts';

export interface ControlFunctionProps {
	/** the handler's file in functions/ is `<name>.lambda.ts` */
	readonly name: string;
	readonly environment: Partial<Record<EnvName, string>>;
	/** all that it may do beside writing its own log */
	readonly rights: readonly PolicyStatement[];
	readonly timeout: Duration;
	/** MB; the processor's share grows with it */
	readonly memory?: number;
	readonly reserved?: number | undefined;
	/** log nothing below a warning, not even the platform's own lines: for what runs once per message */
	readonly quiet?: boolean;
}

/** A function of the control plane, with a role and a log of its own. */
export class ControlFunction extends Construct {
	readonly function: LambdaFunction;

	constructor(scope: Construct, id: string, props: ControlFunctionProps) {
		super(scope, id);
		const logGroup = new LogGroup(this, 'Log', { retention: RetentionDays.TWO_WEEKS, removalPolicy: RemovalPolicy.DESTROY });
		const role = new Role(this, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
		logGroup.grantWrite(role);
		for (const right of props.rights) role.addToPrincipalPolicy(right);
		this.function = new LambdaFunction(this, 'Function', {
			description: `ShellPod ${props.name}`,
			code: bundle(props.name),
			handler: 'index.handler',
			runtime: Runtime.NODEJS_24_X,
			architecture: Architecture.ARM_64,
			memorySize: props.memory ?? 512,
			timeout: props.timeout,
			environment: { ...props.environment },
			role,
			logGroup,
			loggingFormat: LoggingFormat.JSON,
			...(props.quiet && { systemLogLevelV2: SystemLogLevel.WARN, applicationLogLevelV2: ApplicationLogLevel.WARN }),
			...(props.reserved !== undefined && { reservedConcurrentExecutions: props.reserved }),
		});
	}
}
