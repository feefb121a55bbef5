import { env } from '@shellpod/functions/env.ts';
import { Duration } from 'aws-cdk-lib';
import type { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import type { Homes } from '../data/homes.ts';
import type { Network } from '../data/network.ts';
import type { ShellpodTable } from '../data/table.ts';
import type { Settings } from '../settings.ts';
import { ControlFunction } from './control-function.ts';
import type { ShellpodHttpApi } from './http-api.ts';
import { connections, due, items, makeHomes, runTasks, seeTasks, unmakeHomes } from './rights.ts';
import type { Sessions } from './sessions.ts';
import type { SignIn } from './sign-in.ts';
import type { SocketApi } from './websocket-api.ts';

export interface ControlPlaneProps {
	readonly settings: Settings;
	readonly network: Network;
	readonly table: ShellpodTable;
	readonly homes: Homes;
	readonly sessions: Sessions;
	readonly http: ShellpodHttpApi;
	readonly socket: SocketApi;
	readonly signIn: SignIn;
	/** origin of the page */
	readonly origin: string;
}

type Name = keyof typeof env;

/** What a function may be told, by the names that `readConfig` knows. */
const told = ({ settings, network, table, homes, sessions, http, socket, signIn, origin }: ControlPlaneProps): Record<Name, string> => ({
	table: table.table.tableName,
	cluster: sessions.cluster.clusterArn,
	deployment: settings.deployment,
	subnets: network.subnetIds.join(','),
	securityGroup: sessions.securityGroup.securityGroupId,
	taskDefinition: sessions.definition.ref,
	fileSystem: homes.fileSystem.fileSystemId,
	homeRolePath: sessions.homeRolePath,
	homeRoleBoundary: sessions.boundary.managedPolicyArn,
	agentRoute: http.agentRoute,
	connections: socket.connections,
	pageOrigin: origin,
	issuer: signIn.issuer,
	clientId: signIn.client.userPoolClientId,
	signInBase: signIn.base,
	maxSessions: String(settings.maxSessions),
	startsPerHour: String(settings.startsPerHour),
	createsPerDay: String(settings.createsPerDay),
	unattendedHours: String(settings.unattendedHours),
	defaultBudget: String(settings.defaultBudget ?? 'none'),
	maxBudget: String(settings.maxBudget ?? 'none'),
	freeSlots: String(settings.freeSlots),
	agentSeconds: String(settings.agentSeconds),
	automaticRestarts: String(settings.automaticRestarts),
});

/** Concurrent executions where they are reserved at all; the relay's share keeps terminals alive when everything else is busy. */
const reserved: Record<string, number> = { relay: 400, authorizer: 30, connect: 30, api: 40 };

/** what it takes to reconcile a session */
const ofTasks: Name[] = [
	'table',
	'cluster',
	'deployment',
	'subnets',
	'securityGroup',
	'taskDefinition',
	'fileSystem',
	'agentSeconds',
	'automaticRestarts',
	'connections',
	'unattendedHours',
];

/** what it takes to know a user's budget */
const ofBudgets: Name[] = ['defaultBudget', 'maxBudget'];

/** The functions, each with what it must know and may do. */
export class ControlPlane extends Construct {
	readonly api: LambdaFunction;
	readonly agentTickets: LambdaFunction;
	readonly agentReport: LambdaFunction;
	readonly authorizer: LambdaFunction;
	readonly connect: LambdaFunction;
	readonly disconnect: LambdaFunction;
	readonly hello: LambdaFunction;
	readonly relay: LambdaFunction;
	readonly activity: LambdaFunction;
	readonly taskEvents: LambdaFunction;
	readonly sweep: LambdaFunction;
	readonly slots: LambdaFunction;
	readonly purge: LambdaFunction;

	constructor(scope: Construct, id: string, props: ControlPlaneProps) {
		super(scope, id);
		const { settings, table, homes, sessions, socket } = props;
		const values = told(props);

		/** `seconds`: its time limit */
		const add = (id: string, name: string, seconds: number, needs: Name[], rights: PolicyStatement[], lean = {}): LambdaFunction =>
			new ControlFunction(this, id, {
				name,
				environment: Object.fromEntries(needs.map((need) => [env[need], values[need]])),
				rights,
				timeout: Duration.seconds(seconds),
				reserved: settings.reserveConcurrency ? reserved[name] : undefined,
				...lean,
			}).function;

		const access = items(table, ['ACCESS#*'], ['GetItem', 'PutItem']);
		/** to close what nobody may have open any more */
		const revoke = [access, items(table, ['SESSION#*'], ['DeleteItem']), connections(socket, ['DELETE'])];
		/** to write down what happened */
		const note = items(table, ['TRAIL#*'], ['PutItem']);
		const reconcile = [
			items(table, ['USER#*'], ['GetItem', 'PutItem']),
			items(table, ['REPORT#*'], ['GetItem']),
			note,
			// to ask an agent before its session is stopped for idleness, and to tell viewers
			connections(socket, ['POST']),
			...runTasks(sessions),
		];

		// The gateway gives up after 30 s.
		this.api = add(
			'Api',
			'api',
			25,
			[...ofTasks, ...ofBudgets, 'pageOrigin', 'issuer', 'clientId', 'signInBase', 'maxSessions', 'startsPerHour', 'createsPerDay'],
			[
				...reconcile,
				...revoke,
				// to tell the viewers of a session that was stopped, and to see which of a user's connections are gone
				items(table, ['SESSION#*'], ['Query']),
				items(table, ['USER#*', 'TRAIL#*'], ['Query']),
				items(table, ['SLOT#*'], ['GetItem', 'PutItem']),
				items(table, ['TICKET#*'], ['PutItem']),
				items(table, ['SWITCH', 'CUT#*'], ['GetItem']),
				due(table, ['FREE']),
			],
		);
		this.agentTickets = add(
			'AgentTickets',
			'agent-tickets',
			10,
			['table', 'cluster', 'deployment', 'connections', 'agentSeconds'],
			[
				items(table, ['SLOT#*'], ['GetItem']),
				items(table, ['USER#*'], ['GetItem', 'PutItem']),
				// to tell who watches that it is on its last step
				items(table, ['ACCESS#*'], ['GetItem']),
				connections(socket, ['POST']),
				items(table, ['TICKET#*'], ['PutItem']),
				items(table, ['CUT#*'], ['GetItem']),
				note,
				...seeTasks(sessions),
			],
		);
		// What reads a tenant's text writes nothing else.
		this.agentReport = add(
			'AgentReport',
			'agent-report',
			10,
			['table', 'deployment'],
			[items(table, ['SLOT#*', 'USER#*'], ['GetItem']), items(table, ['REPORT#*'], ['GetItem', 'PutItem'])],
		);
		this.authorizer = add(
			'Authorizer',
			'authorizer',
			10,
			['table'],
			[items(table, ['TICKET#*'], ['DeleteItem']), items(table, ['CUT#*'], ['GetItem'])],
		);
		this.connect = add(
			'Connect',
			'connect',
			10,
			['table', 'connections'],
			[items(table, ['SESSION#*'], ['PutItem']), note, access, connections(socket, ['POST', 'DELETE'])],
		);
		this.disconnect = add(
			'Disconnect',
			'disconnect',
			10,
			['table'],
			[items(table, ['SESSION#*'], ['DeleteItem']), items(table, ['USER#*'], ['GetItem', 'PutItem']), note, access],
		);
		this.hello = add(
			'Hello',
			'hello',
			10,
			['table', 'connections', 'taskDefinition', 'unattendedHours'],
			[
				items(table, ['USER#*'], ['GetItem', 'PutItem']),
				items(table, ['SESSION#*'], ['PutItem', 'DeleteItem', 'Query']),
				items(table, ['ACCESS#*'], ['GetItem']),
				note,
				items(table, ['RELAY'], ['GetItem', 'PutItem']),
				items(table, ['METER#*'], ['UpdateItem']),
				items(table, ['CUT#*'], ['GetItem', 'PutItem']),
				connections(socket, ['POST', 'DELETE']),
			],
		);
		this.activity = add(
			'Activity',
			'activity',
			10,
			['table', 'connections', 'unattendedHours'],
			[
				items(table, ['USER#*'], ['GetItem', 'PutItem']),
				// to tell who watches
				items(table, ['ACCESS#*'], ['GetItem']),
				items(table, ['METER#*'], ['UpdateItem']),
				items(table, ['CUT#*'], ['PutItem']),
				connections(socket, ['POST', 'DELETE']),
			],
		);
		// Once per frame: small, silent, and its own retries end within 3 s.
		this.relay = add(
			'Relay',
			'relay',
			5,
			['table', 'connections'],
			[
				items(table, ['RELAY'], ['GetItem']),
				items(table, ['METER#*'], ['UpdateItem']),
				items(table, ['CUT#*'], ['PutItem']),
				connections(socket, ['POST', 'DELETE']),
			],
			{ memory: 256, quiet: true },
		);
		this.taskEvents = add('TaskEvents', 'task-events', 30, ofTasks, [
			...reconcile,
			// to tell who watches
			items(table, ['SLOT#*', 'ACCESS#*'], ['GetItem']),
		]);
		// Those below are begun every minute and may still be at work when the next begins.
		this.sweep = add(
			'Sweep',
			'sweep',
			55,
			[...ofTasks, ...ofBudgets],
			[
				...reconcile,
				...revoke,
				due(table, ['DUE#*']),
				items(table, ['LEASE#sweep'], ['PutItem', 'DeleteItem']),
				// to look at what all sessions of a user cost
				items(table, ['USER#*'], ['Query']),
				// to find tasks that no record knows
				items(table, ['LEASE#orphans'], ['PutItem']),
				items(table, ['SLOT#*'], ['GetItem']),
			],
		);
		this.slots = add(
			'Slots',
			'slots',
			55,
			['table', 'deployment', 'taskDefinition', 'fileSystem', 'homeRolePath', 'homeRoleBoundary', 'agentRoute', 'freeSlots'],
			[
				items(table, ['SLOT#*'], ['GetItem', 'PutItem']),
				items(table, ['COUNTER'], ['UpdateItem']),
				items(table, ['LEASE#slots'], ['PutItem', 'DeleteItem']),
				items(table, ['USER#*'], ['GetItem']),
				due(table, ['FREE', 'MAKING', 'TAKEN']),
				...makeHomes(sessions, homes),
			],
		);
		this.purge = add(
			'Purge',
			'purge',
			55,
			['table'],
			[
				items(table, ['USER#*'], ['GetItem', 'PutItem', 'DeleteItem']),
				items(table, ['SESSION#*', 'REPORT#*', 'CUT#*', 'METER#*', 'TRAIL#*'], ['Query', 'DeleteItem']),
				items(table, ['SLOT#*', 'LEASE#purge'], ['DeleteItem']),
				items(table, ['LEASE#purge'], ['PutItem']),
				due(table, ['PURGE']),
				...unmakeHomes(sessions),
			],
		);
	}
}
