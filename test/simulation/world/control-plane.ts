/**
 * The functions: what each `*.lambda.ts` puts together, from the same adapters and factories, once per environment. Only what an entry does with
 * its platform (reading its settings, HTTP) is written here a second time.
 */
import { createAccessRecords } from '@shellpod/functions/adapters/access.ts';
import { createCuts } from '@shellpod/functions/adapters/meters.ts';
import { createReportStore } from '@shellpod/functions/adapters/reports.ts';
import { createSessions } from '@shellpod/functions/adapters/sessions.ts';
import { createSlots } from '@shellpod/functions/adapters/slots.ts';
import { createStartSwitch } from '@shellpod/functions/adapters/start-switch.ts';
import { createUsers } from '@shellpod/functions/adapters/users.ts';
import { tooManySockets, tooManyWatchers, wantAccess } from '@shellpod/functions/core/access.ts';
import { createAdmissions } from '@shellpod/functions/core/admission.ts';
import { createCommands } from '@shellpod/functions/core/commands.ts';
import { createCosts } from '@shellpod/functions/core/costs.ts';
import { refuseCut } from '@shellpod/functions/core/cuts.ts';
import { createIdleCommands } from '@shellpod/functions/core/idle-commands.ts';
import type { IdleLimits } from '@shellpod/functions/core/idle-limits.ts';
import { createReports } from '@shellpod/functions/core/reports.ts';
import { trashedViewOf, viewOf } from '@shellpod/functions/core/session-view.ts';
import { createTaskEvents, type TaskEvent } from '@shellpod/functions/core/task-events.ts';
import { createViewers } from '@shellpod/functions/core/viewers.ts';
import { problemOf } from '@shellpod/functions/routes/problems.ts';
import { errorCodes, ShellPodError } from '@shellpod/protocol/errors.ts';
import type { AgentReport, AgentTicket } from '@shellpod/protocol/http.ts';
import { sessionId, terminalId, userId } from '@shellpod/protocol/ids.ts';
import type { Kernel } from '../kernel/kernel.ts';
import type { ApiRequest } from './api.ts';
import type { SimulatedEcs } from './ecs.ts';
import type { Gateway } from './gateway.ts';
import { createHands } from './hands.ts';
import type { HomeMakers } from './homes.ts';
import type { Environment, SimulatedFunction } from './lambda.ts';
import { createMinuteFunctions } from './minute-functions.ts';
import { agentMs, deployment, endpoint, pageOrigin } from './names.ts';
import { createOperator } from './operator.ts';
import { createParts } from './parts.ts';
import { createSocketFunctions } from './socket-functions.ts';
import type { SimulatedTable } from './table.ts';

export interface ControlPlaneOptions {
	kernel: Kernel;
	table: SimulatedTable;
	ecs: SimulatedEcs;
	homes: HomeMakers;
	gateway: () => Gateway;
	limits: { sessions: number; startsPerHour: number; createsPerDay: number };
	/** what the operator allows a session that nobody uses */
	idle: IdleLimits;
	/** free slots that are kept ready */
	freeSlots: number;
	/** A task gets a ticket that it asked for at `since`. */
	given(userArn: string, ticket: AgentTicket, since: number): void;
	/** A function of the HTTP API met an error that is none of ours, and told its caller as little. */
	threw(name: string, error: unknown): void;
}

const second = 1_000;

export const createControlPlane = ({
	kernel,
	table,
	ecs,
	homes,
	gateway,
	limits,
	idle,
	freeSlots,
	given,
	threw,
}: ControlPlaneOptions): Record<string, SimulatedFunction> => {
	const parts = createParts({ kernel, table, gateway });
	const { random, logOf, gatewayOf, ticketsOf } = parts;
	const hands = createHands(parts, ecs, idle);
	const sockets = createSocketFunctions(kernel, parts, idle);
	const { sweep, slots, purge } = createMinuteFunctions({ parts, hands, ecs, homes, freeSlots });
	/** What the HTTP API's functions make of an error. */
	const answered = async (name: string, work: () => Promise<unknown>) => {
		try {
			return { status: 200, body: await work() };
		} catch (error) {
			if (!(error instanceof ShellPodError)) threw(name, error);
			const code = error instanceof ShellPodError ? error.code : 'internal';
			return { status: errorCodes[code].status, body: problemOf(error, 'request') };
		}
	};

	const api = (environment: Environment) => {
		const items = table.of(environment);
		const sessions = parts.sessionsOf(environment, true);
		const { now } = environment;
		const access = createAccessRecords(items);
		const tickets = ticketsOf(environment);
		const viewers = createViewers({ access, gateway: gatewayOf(environment), now });
		const costs = createCosts({ sessions, users: createUsers(items), operator: {}, now, log: logOf(environment) });
		const commands = createCommands({
			sessions,
			slots: createSlots(items),
			users: createUsers(items),
			startSwitch: createStartSwitch(items),
			admit: costs.admit,
			drive: hands.driveOf(environment, sessions),
			revocations: hands.revocationsOf(environment),
			now,
			random,
			limits,
			log: logOf(environment),
		});
		const idleCommands = createIdleCommands({ sessions, limits: idle, now });
		const run = async (request: ApiRequest): Promise<unknown> => {
			const user = userId(request.user);
			wantAccess(await access.get(user), request.signIn);
			const id = sessionId(request.id ?? 'aaaaaaaaaaaa');
			switch (request.operation) {
				case 'list': {
					const { sessions, trash } = await commands.list(user);
					return { sessions: sessions.map(viewOf), trash: trash.map(trashedViewOf) };
				}
				case 'get':
					return viewOf(await commands.get(user, id));
				case 'create':
					return viewOf(await commands.create(user, request.name ?? ''));
				case 'start':
					return viewOf(await commands.start(user, id));
				case 'stop':
					return viewOf(await commands.stop(user, id));
				case 'restart':
					return viewOf(await commands.restart(user, id));
				case 'choose':
					return viewOf(await idleCommands.choose(user, id, request.choice ?? {}));
				case 'keep':
					return viewOf(await idleCommands.keep(user, id, request.ms ?? 0));
				case 'budget':
					return costs.setBudget(user, request.budget ?? null);
				case 'trash':
					return commands.trash(user, id);
				case 'restore':
					return viewOf(await commands.restore(user, id, request.name));
				case 'remove':
					return commands.remove(user, id, request.name ?? '');
				case 'watch': {
					if (!(await viewers.roomToWatch(user))) throw new ShellPodError('too_many_open', tooManyWatchers);
					return tickets.issue({ role: 'watcher', user, origin: pageOrigin, signIn: request.signIn });
				}
				case 'ticket': {
					const { generation, desired } = await commands.get(user, id);
					if (desired.state !== 'running') throw new ShellPodError('not_running', 'The session is stopped. Start it first.');
					await refuseCut(createCuts(items), { session: id, user, role: 'viewer' }, now());
					const terminal = terminalId(request.terminal ?? '');
					if (!(await viewers.room(user, terminal))) throw new ShellPodError('too_many_open', tooManySockets);
					if (request.opened) await idleCommands.opened(user, id);
					const { signIn } = request;
					const ticket = await tickets.issue({ user, session: id, generation, role: 'viewer', origin: pageOrigin, signIn, terminal });
					await parts.visitsOf(environment)(id, { kind: 'ticket', generation, signIn });
					return ticket;
				}
			}
		};
		return (request: ApiRequest) => answered('api', () => run(request));
	};

	const agentTickets = (environment: Environment) => {
		const items = table.of(environment);
		const admit = createAdmissions({
			deployment,
			endpoint,
			slots: createSlots(items),
			sessions: parts.sessionsOf(environment),
			tasks: hands.tasksOf(environment),
			tickets: ticketsOf(environment),
			cuts: createCuts(items),
			agentMs,
			noteVisit: parts.visitsOf(environment),
			now: environment.now,
		});
		return ({ userArn }: { userArn: string }) =>
			answered('agent-tickets', async () => {
				const since = kernel.now();
				const ticket = await admit(userArn);
				if (!ticket) throw new ShellPodError('forbidden', 'This task is not the agent of a session that runs.');
				given(userArn, ticket, since);
				return ticket;
			});
	};

	const agentReport = (environment: Environment) => {
		const items = table.of(environment);
		const log = logOf(environment);
		const { now } = environment;
		const take = createReports({
			deployment,
			slots: createSlots(items),
			sessions: createSessions(items),
			reports: createReportStore(items),
			now,
			log,
		});
		return ({ userArn, report }: { userArn: string; report: AgentReport }) => answered('agent-report', () => take(userArn, report));
	};

	const taskEvents = (environment: Environment) => {
		const items = table.of(environment);
		const onTaskEvent = createTaskEvents({
			deployment,
			slots: createSlots(items),
			sessions: parts.sessionsOf(environment),
			tasks: hands.tasksOf(environment),
			now: environment.now,
			drive: hands.driveOf(environment, parts.sessionsOf(environment)),
		});
		return async (event: TaskEvent) => void (await onTaskEvent(event));
	};

	const of = (seconds: number, load: SimulatedFunction['load'], more: Partial<SimulatedFunction> = {}): SimulatedFunction => ({
		timeoutMs: seconds * second,
		load,
		...more,
	});
	/** of what the next minute does again; infra/control/events.ts */
	const untilTheNext = { retry: { attempts: 0, maxAgeMs: 60 * second } };
	return {
		api: of(25, api),
		'agent-tickets': of(10, agentTickets),
		'agent-report': of(10, agentReport),
		authorizer: of(10, sockets.authorizer),
		connect: of(10, sockets.connect),
		disconnect: of(10, sockets.disconnect),
		hello: of(10, sockets.hello),
		activity: of(10, sockets.activity),
		relay: of(5, sockets.relay),
		'task-events': of(30, taskEvents, { retry: { attempts: 2, maxAgeMs: 300 * second } }),
		sweep: of(55, sweep, untilTheNext),
		slots: of(55, slots, untilTheNext),
		purge: of(55, purge, untilTheNext),
		operator: of(900, createOperator(parts, hands)),
	};
};
