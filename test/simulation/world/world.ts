/** A whole deployment on one virtual clock, with those who use it and those who watch it. Scenarios are stories in such a world. */
import type { IdleLimits } from '@shellpod/functions/core/idle-limits.ts';
import type { SessionRecord } from '@shellpod/functions/core/record.ts';
import { ShellPodError } from '@shellpod/protocol/errors.ts';
import type { Session, SessionList, Ticket } from '@shellpod/protocol/http.ts';
import type { TaskRecord } from '../../../local/ecs/machine/state.ts';
import { createAccessWatch } from '../invariants/access.ts';
import { createHomeWatch } from '../invariants/homes.ts';
import { createKeystrokes, type Keystrokes } from '../invariants/keystrokes.ts';
import { createLiveness } from '../invariants/liveness.ts';
import { createPolicyWatch, type PolicyWatch } from '../invariants/policy.ts';
import { createRecords, type Records } from '../invariants/records.ts';
import { createScreens } from '../invariants/screens.ts';
import { createTaskWatch } from '../invariants/tasks.ts';
import { createTellingWatch } from '../invariants/telling.ts';
import { createTrailWatch, type TrailWatch } from '../invariants/trail.ts';
import { createWayWatch } from '../invariants/way.ts';
import type { Kernel } from '../kernel/kernel.ts';
import { createAgentDoors } from './agent-doors.ts';
import { type Api, createApi } from './api.ts';
import { type Container, type Containers, createContainers } from './containers.ts';
import { createControlPlane } from './control-plane.ts';
import { createEcs, type SimulatedEcs } from './ecs.ts';
import { createEvents } from './events.ts';
import { createFaults, type FaultRates, type Faults } from './faults.ts';
import { createGateway, type Dialled, type Gateway, type GatewayWatch } from './gateway.ts';
import { createHomeMakers } from './homes.ts';
import { createHttp } from './http.ts';
import { restless } from './idle-liar.ts';
import { createLambda } from './lambda.ts';
import { leftoversOf, unlistedOf } from './leftovers.ts';
import { idle as usualIdle } from './names.ts';
import type { Page } from './page.ts';
import { createPages, isRight, type Opening, thiefOf } from './pages.ts';
import { type CrashPlan, createPorts, type Ports } from './ports.ts';
import { createTable, InjectedError } from './table.ts';
import { createWatcher, type Watcher } from './watcher.ts';

export interface World {
	readonly kernel: Kernel;
	readonly faults: Faults;
	readonly ports: Ports;
	readonly ecs: SimulatedEcs;
	readonly containers: Containers;
	readonly gateway: Gateway;
	readonly records: Records;
	readonly trail: Pick<TrailWatch, 'settle'>;
	readonly policy: Pick<PolicyWatch, 'settle' | 'knownOf' | 'aboutToStop' | 'counted'>;
	readonly keystrokes: Keystrokes;
	/** What is left of sessions that are gone, in words. */
	leftovers(): string[];
	/** Connections of pages that stand in no item: an agent would not be told of them, and whose right ends would keep them. */
	unlisted(): string[];
	/** The HTTP API, as this user is signed in. */
	apiOf(user: string): Api;
	/** Opens a page that shows this user's sessions. */
	watch(user: string): Watcher;
	readonly watchers: readonly Watcher[];
	/** Functions, base definition and network are deployed anew. */
	deploy(): void;
	/** The operator deletes a user, and tries until it is done. */
	deleteUser(user: string): Promise<void>;
	/** Opens a session's terminal in a page. */
	open(user: string, session: string, opening?: Opening): Page;
	/** Dials with somebody else's ticket: nobody may be let in by it from elsewhere, or when it was used. */
	steal(protocols: readonly string[], origin: string): void;
	/** the container that runs for a session, if there is one */
	containerOf(session: string): Container | undefined;
	/** Whether a session runs in its present generation, and its agent answers. */
	answers(record: SessionRecord): boolean;
	/** Whether a page shows what tmux shows. */
	isRight(page: Page): boolean;
	/** Resolves when it is so; looks each second of the world. False after `withinMs`. */
	until(condition: () => boolean, withinMs: number): Promise<boolean>;
}

export interface WorldOptions {
	kernel: Kernel;
	rates: FaultRates;
	crash?: CrashPlan;
	freeSlots?: number;
	limits?: { sessions: number; startsPerHour: number; createsPerDay: number };
	/** of one function at a time, at most */
	environments?: number;
	/** what the operator allows a session that nobody uses */
	idle?: IdleLimits;
	/** Whether a program in this session says of its activity what isn't so, for as long as it runs. */
	lies?: (session: string) => boolean;
	/** Somebody sees the protocols that a page offers, its ticket among them. */
	overheard?: (protocols: readonly string[]) => void;
}

/** sign-ins are not this world's business: one, long ago */
const signIn = 1_700_000_000;

/** What a handler may throw: what the world threw at it, and our own words for it. */
const isExcused = (error: unknown): boolean => error instanceof InjectedError || error instanceof ShellPodError;

export const createWorld = (options: WorldOptions): World => {
	const { kernel, rates, crash, freeSlots = 3, idle = usualIdle, lies = () => false } = options;
	const limits = options.limits ?? { sessions: 3, startsPerHour: 1_000, createsPerDay: 1_000 };
	const faults = createFaults(kernel, rates);
	const ports = createPorts(kernel, faults, crash);
	const records = createRecords(kernel, limits, (arn) => ecs.machine.tasks().find((task) => task.arn === arn));
	const tasks = createTaskWatch(kernel);
	const access = createAccessWatch(kernel, records, (task) => ecs.machine.tasks().find(({ id }) => id === task)?.startedBy);
	const ways = createWayWatch(kernel);
	const keystrokes = createKeystrokes(kernel);
	const screens = createScreens(kernel);
	let moved = false;
	/** families of Homes that a task has emptied */
	const emptied = new Set<string>();

	const sessionOf = (container: Container): string => container.task.startedBy?.split('/')[1] ?? '';
	const threw = (name: string, error: unknown): void => {
		kernel.note(`${name} threw ${error instanceof Error ? error.message : String(error)}`);
		if (!isExcused(error)) kernel.violated('S15', `${name} threw ${error instanceof Error ? error.stack : String(error)}`, error);
	};

	const watchers: Watcher[] = [];
	const trail = createTrailWatch(kernel);
	const telling = createTellingWatch(kernel, { whenCalm: faults.whenCalm, watchers });
	const liveness = createLiveness(kernel, faults.whenCalm);
	const policy = createPolicyWatch({
		kernel,
		whenCalm: faults.whenCalm,
		unattendedMs: idle.unattendedMs,
		records,
		running: () => containers.running.values(),
		sessionOf: (container) => sessionOf(container),
		containerOf: (session) => containerOf(session),
		answers: (record) => answers(record),
		lies,
	});
	const files = createHomeWatch(kernel, (session) => records.all().find(({ id }) => id === session));
	const table = createTable({
		kernel,
		faults,
		ports,
		changed: (by, before, after) => {
			records.changed(by, before, after);
			trail.changed(by, before, after);
			policy.changed(by, before, after);
			telling.changed(before, after);
			moved = true;
		},
	});
	const ecs: SimulatedEcs = createEcs({
		kernel,
		faults,
		ports,
		published: (event) => events.publish(event),
		effect: (effect) => containers.effect(effect),
		lost: (task) => containers.lose(task),
		redeploy: () => deploy(),
		acted: liveness.acted,
		stops: (arn, reason) => tasks.stops(arn, reason, ecs.machine.tasks(), records.newest),
		made: (task, token) => {
			tasks.made(task, token);
			policy.made(task);
			moved = true;
		},
	});
	const homes = createHomeMakers({ kernel, faults, ports, removed: files.removed });
	const functions = createControlPlane({
		kernel,
		table,
		ecs,
		homes,
		gateway: () => gateway,
		limits,
		idle,
		freeSlots,
		given: access.given,
		threw,
	});
	let release = ecs.deploy();
	const lambda = createLambda({ kernel, faults, functions, release: () => release, threw, watch: policy.calls, environments: options.environments });
	const events = createEvents({ kernel, faults, lambda });
	const http = createHttp({ kernel, faults, lambda });
	const isAgent = ({ owner }: Dialled): boolean => owner !== 'thief' && 'task' in owner;
	const watch: GatewayWatch = {
		accepted: access.accepted,
		sent: (dialled, text) => {
			if (isAgent(dialled)) ways.sent(text);
			if (text.startsWith('{')) policy.sent(dialled, text);
		},
		arrived: (id, dialled, text) => {
			access.arrived(id, dialled, text);
			if (isAgent(dialled)) ways.arrived(text);
		},
	};
	const gateway: Gateway = createGateway({ kernel, faults, lambda, ports, watch });
	const roleOf = (arn: string): string => ecs.machine.definitionOf(ecs.machine.task(arn)).spec.taskRoleArn?.split('/').at(-1) ?? '';
	const accessPointOf = (task: TaskRecord): string =>
		ecs.machine.definitionOf(task).spec.volumes?.[0]?.efsVolumeConfiguration?.authorizationConfig?.accessPointId ?? '';
	const doors = createAgentDoors({ http, roleOf: (task) => roleOf(task.arn) });
	const containers: Containers = createContainers({
		kernel,
		faults,
		ecs: () => ecs,
		gateway: () => gateway,
		doors,
		typed: (container, bytes) => {
			const typedAt = keystrokes.heard(sessionOf(container), container, bytes);
			if (typedAt !== undefined) policy.typed(container, typedAt);
			container.tmux.print(Buffer.from(bytes).toString('latin1'));
		},
		begins: (container) => {
			screens.made(sessionOf(container), container);
			if (container.empties) return;
			files.mounted(accessPointOf(container.task), sessionOf(container));
			if (lies(sessionOf(container))) restless({ kernel, life: container.life, task: container.task, doors, gateway });
		},
		stops: (container) => files.saved(accessPointOf(container.task), sessionOf(container)),
		emptied: (container) => {
			emptied.add(container.task.family);
			files.emptied(accessPointOf(container.task), sessionOf(container));
		},
		lost: (container, bytes) => keystrokes.lost(sessionOf(container), container, bytes),
		changed: () => {
			moved = true;
		},
	});
	kernel.check(() => {
		tasks.seek(ecs.machine.tasks(), records.newest);
		liveness.look(records.all, ecs.machine.tasks(), answers);
		policy.look();
		if (!moved) return;
		moved = false;
		tasks.look(ecs.machine.tasks(), containers.running, records.newest);
	});
	events.start();

	const apiOf = (user: string): Api =>
		createApi({
			http,
			user,
			signIn,
			answered: ({ operation }, body) => {
				if (operation === 'ticket' || operation === 'watch') access.issued((body as Ticket).protocols);
				else if (operation === 'list') for (const one of (body as SessionList).sessions) records.shown(one);
				else if (!['trash', 'remove', 'budget'].includes(operation)) records.shown(body as Session);
			},
		});

	const deploy = (): void => {
		kernel.note('a deploy');
		release = ecs.deploy();
		lambda.deployed();
	};

	const containerOf = (session: string): Container | undefined => [...containers.running.values()].find((one) => sessionOf(one) === session);

	const answers = ({ id, phase, generation, agent }: SessionRecord): boolean => {
		const container = containerOf(id);
		const own = container?.task.startedBy?.endsWith(`/${id}/${generation}`) ?? false;
		return own && phase === 'running' && agent?.generation === generation && !agent.left && container?.agent?.alive === true;
	};

	return {
		kernel,
		faults,
		ports,
		ecs,
		containers,
		gateway,
		records,
		trail,
		policy,
		keystrokes,
		leftovers: () => leftoversOf({ kernel, table, ecs, homes, records, emptied }),
		unlisted: () => unlistedOf(table, gateway),
		apiOf,
		watchers,
		watch: (user) => {
			const watcher = createWatcher({ kernel, gateway, api: apiOf(user), user, name: `w${watchers.length}` });
			watchers.push(watcher);
			return watcher;
		},
		deploy,
		deleteUser: async (user) => {
			faults.fires('user-deleted');
			while ((await lambda.invoke('operator', { user })).kind !== 'success') await kernel.sleep(5_000, 'operator');
		},
		open: createPages({ kernel, faults, gateway, apiOf, screens, keystrokes, overheard: options.overheard }),
		steal: thiefOf(kernel, gateway),
		containerOf,
		answers,
		isRight: (page) => isRight(page, containerOf(page.session)),
		until: async (condition, withinMs) => {
			const end = kernel.now() + withinMs;
			while (!condition()) {
				if (kernel.now() >= end) return false;
				await kernel.sleep(1_000, 'looking');
			}
			return true;
		},
	};
};
