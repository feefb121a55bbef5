/** AWS Lambda: makes functions of the template's resources, and says who may invoke them. */
import { cpSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod/mini';
import { matchesArn } from '../arn.ts';
import { generatedName } from '../assembly/names.ts';
import { readProperties } from '../properties.ts';
import type { Queues } from '../sqs/sqs.ts';
import type { ResourceInput, ResourceOutput, StandIn, World } from '../stand-in.ts';
import { createLambdaApi, type FunctionConfiguration, needsOfLambda } from './api.ts';
import { type Asynchronous, type AsynchronousOptions, createAsynchronous } from './asynchronous.ts';
import { createFunctions, type Functions } from './functions.ts';
import { type Retry, usualRetry } from './queue.ts';

/** known, and without effect on one machine */
const noEffect = z.optional(z.unknown());

const FunctionProperties = z.strictObject({
	FunctionName: z.optional(z.string()),
	Code: z.strictObject({ S3Bucket: noEffect, S3Key: z.optional(z.string()) }),
	Handler: z.optional(z.string()),
	Runtime: z.optional(z.string()),
	Role: z.string(),
	MemorySize: z._default(z.number(), 128),
	Timeout: z._default(z.number(), 3),
	Environment: z.optional(z.strictObject({ Variables: z.optional(z.record(z.string(), z.string())) })),
	ReservedConcurrentExecutions: z.optional(z.number()),
	Layers: z._default(z.array(z.string()), []),
	Architectures: noEffect,
	Description: z._default(z.string(), ''),
	LoggingConfig: noEffect,
	Tags: noEffect,
});

const PermissionProperties = z.strictObject({
	Action: z.string(),
	FunctionName: z.string(),
	Principal: z.string(),
	SourceArn: z.optional(z.string()),
	SourceAccount: z.optional(z.string()),
});

const RetryProperties = z.strictObject({
	FunctionName: z.string(),
	Qualifier: z.optional(z.literal('$LATEST')),
	MaximumRetryAttempts: z.optional(z.number()),
	MaximumEventAgeInSeconds: z.optional(z.number()),
	DestinationConfig: z.optional(z.strictObject({ OnFailure: z.optional(z.strictObject({ Destination: z.string() })) })),
});

/** Environments of one function at once: enough to show what concurrency does, few enough for one machine. */
const maxEnvironments = 8;
/** bytes of a function's log at which a start begins a new one */
const maxLogBytes = 5 * 1024 * 1024;

export interface LambdaStandIn extends StandIn, Functions, Pick<Asynchronous, 'send'> {
	/** Whether a `AWS::Lambda::Permission` lets this service invoke this function for this source. */
	permits(functionArn: string, principal: string, sourceArn: string): boolean;
}

/** The environment of a real function, as far as it makes sense here. */
const environmentOf = (name: string, memoryMb: number, folder: string, handler: string, world: World): Record<string, string> => ({
	AWS_REGION: world.region,
	AWS_DEFAULT_REGION: world.region,
	AWS_LAMBDA_FUNCTION_NAME: name,
	AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
	AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(memoryMb),
	AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${name}`,
	AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
	AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
	LAMBDA_TASK_ROOT: folder,
	_HANDLER: handler,
	TZ: ':UTC',
	LANG: 'en_US.UTF-8',
	PATH: '/usr/local/bin:/usr/bin:/bin',
	// an empty folder: an SDK must not find the configuration of the person at this machine
	HOME: world.folder('lambda-home'),
	...world.sdkEnvironment(),
});

export const createLambda = (world: World, queues: Queues): LambdaStandIn => {
	const logFolder = world.folder('logs');
	const codeFolder = world.folder('code');
	const faults = world.faults.of('lambda');
	const now = (): number => world.now().getTime();
	const functions = createFunctions({ logFolder, now, log: world.log, meters: world.meters, faults });
	const permissions: z.infer<typeof PermissionProperties>[] = [];
	const retries = new Map<string, Retry>();
	/** by function: where what it could not do is sent */
	const destinations = new Map<string, string>();
	const codeInUse = new Set<string>();
	const foreign = new Map<string, string>();
	const configurations: FunctionConfiguration[] = [];
	const arnBase = `arn:aws:lambda:${world.region}:${world.account}:function:`;

	/** A copy of the asset: a synthesis while the stack runs must not take a function's code away. */
	const codeOf = (key: string): string => {
		const hash = key.replace(/\.[a-z]+$/, '');
		const folder = join(codeFolder, hash);
		codeInUse.add(hash);
		if (!existsSync(folder)) {
			const unfinished = `${folder}.copying`;
			rmSync(unfinished, { recursive: true, force: true });
			cpSync(world.asset(hash), unfinished, { recursive: true });
			renameSync(unfinished, folder);
		}
		return folder;
	};

	const rotate = (name: string): void => {
		const file = join(logFolder, `${name}.log`);
		if (existsSync(file) && statSync(file).size > maxLogBytes) renameSync(file, `${file}.1`);
	};

	const arnOf = (nameOrArn: string): string => (nameOrArn.startsWith('arn:') ? nameOrArn : `${arnBase}${nameOrArn}`);

	const createFunction = (input: ResourceInput): ResourceOutput => {
		const properties = readProperties(FunctionProperties, input);
		const name = properties.FunctionName ?? generatedName(input);
		const arn = arnOf(name);
		const { Runtime: runtime = '', Handler: handler = '', MemorySize: memoryMb, Timeout: timeout, Description, Role } = properties;
		configurations.push({
			FunctionName: name,
			FunctionArn: arn,
			Description,
			Role,
			Handler: handler,
			Runtime: runtime,
			Timeout: timeout,
			MemorySize: memoryMb,
			Environment: { Variables: properties.Environment?.Variables ?? {} },
		});
		if (!runtime.startsWith('nodejs')) {
			foreign.set(arn, `${input.logicalId} is written for ${runtime || 'no runtime'}, which local mode doesn't run`);
			return { ref: name, attributes: { Arn: arn } };
		}
		if (!properties.Code.S3Key) throw new Error(`${input.logicalId}: a function's code must be an asset`);
		if (properties.Layers.length) throw new Error(`${input.logicalId}: local mode doesn't know layers`);
		mkdirSync(world.folder('lambda-home'), { recursive: true });
		rotate(name);
		const folder = codeOf(properties.Code.S3Key);
		const credentials = world.credentials.issue({ roleArn: Role, sessionName: name });
		functions.add({
			name,
			arn,
			folder,
			handler,
			memoryMb,
			timeoutMs: timeout * 1_000,
			maxEnvironments,
			reserved: properties.ReservedConcurrentExecutions,
			env: {
				...environmentOf(name, memoryMb, folder, handler, world),
				AWS_ACCESS_KEY_ID: credentials.accessKeyId,
				AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
				AWS_SESSION_TOKEN: credentials.sessionToken,
				...properties.Environment?.Variables,
			},
		});
		return { ref: name, attributes: { Arn: arn } };
	};

	const create = (input: ResourceInput): ResourceOutput => {
		switch (input.type) {
			case 'AWS::Lambda::Function':
				return createFunction(input);
			case 'AWS::Lambda::Permission':
				permissions.push(readProperties(PermissionProperties, input));
				return { ref: generatedName(input), attributes: {} };
			default: {
				const properties = readProperties(RetryProperties, input);
				retries.set(arnOf(properties.FunctionName), {
					attempts: properties.MaximumRetryAttempts ?? usualRetry.attempts,
					maxAgeMs: (properties.MaximumEventAgeInSeconds ?? usualRetry.maxAgeMs / 1_000) * 1_000,
				});
				const destination = properties.DestinationConfig?.OnFailure?.Destination;
				if (destination !== undefined) destinations.set(arnOf(properties.FunctionName), destination);
				return { ref: generatedName(input), attributes: {} };
			}
		}
	};

	const invoke: Functions['invoke'] = (arn, payload) => {
		const reason = foreign.get(arn);
		return reason ? Promise.reject(new Error(reason)) : functions.invoke(arn, payload);
	};

	const retryOf = (arn: string): Retry => retries.get(arn) ?? usualRetry;
	/** documented: with the function's own role */
	const gaveUp: AsynchronousOptions['gaveUp'] = (arn, record) => {
		const destination = destinations.get(arn);
		const configuration = configurations.find(({ FunctionArn }) => FunctionArn === arn);
		if (destination === undefined || configuration === undefined) return;
		try {
			queues.send(destination, JSON.stringify(record), {}, { roleArn: configuration.Role, sessionName: configuration.FunctionName });
		} catch (error) {
			world.log(`what is left of an event for ${arn} is lost: ${(error as Error).message}`);
		}
	};
	const asynchronous = createAsynchronous({ invoke, retryOf, faults, now, log: world.log, gaveUp });

	return {
		types: ['AWS::Lambda::Function', 'AWS::Lambda::Permission', 'AWS::Lambda::EventInvokeConfig'],
		create,
		endpoints: { LAMBDA: createLambdaApi({ base: arnBase, invoke, send: asynchronous.send, list: () => configurations }) },
		needs: { LAMBDA: needsOfLambda(arnBase) },
		start: async () => {
			for (const name of readdirSync(codeFolder)) if (!codeInUse.has(name)) rmSync(join(codeFolder, name), { recursive: true });
		},
		stop: async () => {
			asynchronous.stop();
			await functions.stop();
		},
		invoke,
		send: asynchronous.send,
		permits: (functionArn, principal, sourceArn) =>
			permissions.some(
				(one) =>
					one.Action === 'lambda:InvokeFunction' &&
					arnOf(one.FunctionName) === functionArn &&
					one.Principal === principal &&
					(one.SourceArn === undefined || matchesArn(one.SourceArn, sourceArn)) &&
					(one.SourceAccount === undefined || one.SourceAccount === world.account),
			),
	};
};
