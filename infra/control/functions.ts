import { env } from '@shellpod/functions/env.ts';
import { Duration } from 'aws-cdk-lib';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import type { Homes } from '../data/homes.ts';
import type { Network } from '../data/network.ts';
import type { ShellpodTable } from '../data/table.ts';
import type { Settings } from '../settings.ts';
import { ControlFunction, type ControlFunctionProps } from './control-function.ts';
import type { ShellpodHttpApi } from './http-api.ts';
import { connections, due, everyItem, items, makeHomes, runTasks, seeTasks } from './rights.ts';
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

/** Concurrent executions where they are reserved at all; the relay's share keeps terminals alive when everything else is busy. */
const reserved = { relay: 400, authorizer: 30, connect: 30, api: 40 };

/** The functions, each with what it must know and may do. */
export class ControlPlane extends Construct {
	readonly api: LambdaFunction;
	readonly agentTickets: LambdaFunction;
	readonly authorizer: LambdaFunction;
	readonly connect: LambdaFunction;
	readonly disconnect: LambdaFunction;
	readonly hello: LambdaFunction;
	readonly relay: LambdaFunction;
	readonly taskEvents: LambdaFunction;
	readonly sweep: LambdaFunction;
	readonly slots: LambdaFunction;

	constructor(scope: Construct, id: string, props: ControlPlaneProps) {
		super(scope, id);
		const { settings, table, homes, sessions, http, socket, signIn } = props;

		const add = (id: string, name: string, rest: Omit<ControlFunctionProps, 'name'>): LambdaFunction =>
			new ControlFunction(this, id, {
				name,
				...rest,
				reserved: settings.reserveConcurrency ? reserved[name as keyof typeof reserved] : undefined,
			}).function;

		const tableEnv = { [env.table]: table.table.tableName };
		const socketEnv = { [env.connections]: socket.connections };
		/** what it takes to reconcile a session */
		const taskEnv = {
			...tableEnv,
			[env.cluster]: sessions.cluster.clusterArn,
			[env.deployment]: settings.deployment,
			[env.subnets]: props.network.subnetIds.join(','),
			[env.securityGroup]: sessions.securityGroup.securityGroupId,
			[env.taskDefinition]: sessions.definition.ref,
			[env.fileSystem]: homes.fileSystem.fileSystemId,
		};
		const short = Duration.seconds(10);
		const records = ['USER#*', 'SESSION#*'];

		this.api = add('Api', 'api', {
			environment: {
				...taskEnv,
				...socketEnv,
				[env.pageOrigin]: props.origin,
				[env.issuer]: signIn.issuer,
				[env.clientId]: signIn.client.userPoolClientId,
				[env.signInBase]: signIn.base,
				[env.maxSessions]: String(settings.maxSessions),
			},
			rights: [
				items(table, [...records, 'SLOT#*'], everyItem),
				items(table, ['TICKET#*'], ['PutItem']),
				due(table, ['FREE']),
				connections(socket, ['POST', 'DELETE']),
				...runTasks(sessions),
			],
			// below the 30 s after which the gateway gives up
			timeout: Duration.seconds(25),
		});
		this.agentTickets = add('AgentTickets', 'agent-tickets', {
			environment: { ...taskEnv, ...socketEnv },
			rights: [
				items(table, ['SLOT#*'], ['GetItem']),
				items(table, records, ['GetItem', 'UpdateItem', 'PutItem']),
				items(table, ['TICKET#*'], ['PutItem']),
				...seeTasks(sessions),
			],
			timeout: short,
		});
		this.authorizer = add('Authorizer', 'authorizer', {
			environment: { ...tableEnv, [env.pageOrigin]: props.origin },
			rights: [items(table, ['TICKET#*'], ['DeleteItem'])],
			timeout: short,
		});
		this.connect = add('Connect', 'connect', { environment: tableEnv, rights: [items(table, ['SESSION#*'], ['PutItem'])], timeout: short });
		this.disconnect = add('Disconnect', 'disconnect', {
			environment: { ...tableEnv, ...socketEnv },
			rights: [items(table, records, ['GetItem', 'UpdateItem', 'DeleteItem', 'Query']), connections(socket, ['POST'])],
			timeout: short,
		});
		this.hello = add('Hello', 'hello', {
			environment: { ...tableEnv, ...socketEnv },
			rights: [items(table, records, everyItem), items(table, ['RELAY'], ['GetItem', 'PutItem']), connections(socket, ['POST', 'DELETE'])],
			timeout: short,
		});
		this.relay = add('Relay', 'relay', {
			environment: { ...tableEnv, ...socketEnv },
			rights: [items(table, ['RELAY'], ['GetItem']), connections(socket, ['POST'])],
			// its own retries end within 3 s
			timeout: Duration.seconds(5),
			memory: 256,
			quiet: true,
		});
		const reconciles = [items(table, [...records, 'SLOT#*'], everyItem), connections(socket, ['POST', 'DELETE']), ...runTasks(sessions)];
		this.taskEvents = add('TaskEvents', 'task-events', {
			environment: { ...taskEnv, ...socketEnv },
			rights: reconciles,
			timeout: Duration.seconds(30),
		});
		this.sweep = add('Sweep', 'sweep', {
			environment: { ...taskEnv, ...socketEnv },
			rights: [...reconciles, due(table, ['DUE#*'])],
			timeout: Duration.seconds(55),
		});
		this.slots = add('Slots', 'slots', {
			environment: {
				...tableEnv,
				[env.deployment]: settings.deployment,
				[env.taskDefinition]: sessions.definition.ref,
				[env.fileSystem]: homes.fileSystem.fileSystemId,
				[env.homeRolePath]: sessions.homeRolePath,
				[env.homeRoleBoundary]: sessions.boundary.managedPolicyArn,
				[env.agentRoute]: http.agentRoute,
				[env.freeSlots]: String(settings.freeSlots),
			},
			rights: [items(table, ['SLOT#*', 'COUNTER'], everyItem), due(table, ['FREE']), ...makeHomes(sessions, homes)],
			timeout: Duration.seconds(55),
		});
	}
}
