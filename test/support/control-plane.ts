/** The commands and their drive over stores in memory, a scripted ECS and a clock that the test moves. */
import { createEvents } from '@shellpod/functions/adapters/events.ts';
import { createReportStore } from '@shellpod/functions/adapters/reports.ts';
import type { OperatorBudgets } from '@shellpod/functions/core/budget.ts';
import { createCommands } from '@shellpod/functions/core/commands.ts';
import { createCosts } from '@shellpod/functions/core/costs.ts';
import { createDrive } from '@shellpod/functions/core/drive.ts';
import { createRevocations } from '@shellpod/functions/core/revocations.ts';
import { firstUid, homeName } from '@shellpod/functions/core/slot.ts';
import type { Sessions } from '@shellpod/functions/ports.ts';
import type { UserLimits } from '@shellpod/protocol/http.ts';
import { createInMemoryItems } from './in-memory-items.ts';
import {
	createInMemoryAccessRecords,
	createInMemorySessions,
	createInMemorySlots,
	createInMemoryStartSwitch,
	createInMemoryUsers,
} from './in-memory-table.ts';
import { createFittingDefinitions, createLogLines, createScriptedTasks } from './scripted-tasks.ts';
import { at, dateAt, plan, slot } from './session-records.ts';
import { flakyConnections, memoryConnections } from './sockets.ts';

export const createControlPlane = (
	options: { limits?: Partial<UserLimits>; budgets?: OperatorBudgets; base?: string; wrap?: (sessions: Sessions) => Sessions } = {},
) => {
	let seconds = 0;
	let drawn = 0;
	const clock = {
		now: () => dateAt(seconds),
		pass: (more: number): void => {
			seconds += more;
		},
	};
	const stored = createInMemorySessions();
	const sessions = options.wrap?.(stored) ?? stored;
	const slots = createInMemorySlots();
	const users = createInMemoryUsers();
	const startSwitch = createInMemoryStartSwitch();
	const tasks = createScriptedTasks();
	const definitions = createFittingDefinitions(options.base);
	const items = createInMemoryItems();
	const reports = createReportStore(items);
	const events = createEvents(items);
	const log = createLogLines();
	const gateway = flakyConnections();
	const costs = createCosts({ sessions, users, operator: options.budgets ?? {}, now: clock.now, log });
	const drive = createDrive({ sessions, tasks, definitions, reports, events, gateway, budget: costs.look, plan, now: clock.now, log });
	const access = createInMemoryAccessRecords();
	const connections = memoryConnections();
	const revocations = createRevocations({ access, connections, gateway, now: clock.now, log });
	const commands = createCommands({
		sessions,
		slots,
		users,
		startSwitch,
		admit: costs.admit,
		drive,
		revocations,
		now: clock.now,
		// An id has five bits of each: the second byte tells those apart that come after the first 32.
		random: (bytes) => {
			const nth = drawn++;
			return Uint8Array.from({ length: bytes }, (_, index) => (index === 0 ? nth : index === 1 ? 1 + (nth >> 5) : index));
		},
		limits: { sessions: 10, startsPerHour: 30, createsPerDay: 20, ...options.limits },
		log,
	});
	const addSlots = async (count: number): Promise<void> => {
		for (let one = 0; one < count; one++) {
			const uid = await slots.nextUid(firstUid);
			const name = homeName('shellpod', uid);
			await slots.begin(uid, at(-600 + one));
			await slots.finish({ ...slot, uid, family: name, roleName: name, accessPointId: `fsap-${uid}` }, at(-600 + one));
		}
	};
	return {
		clock,
		stored,
		sessions,
		access,
		connections,
		gateway,
		revocations,
		slots,
		users,
		startSwitch,
		tasks,
		definitions,
		events,
		log,
		drive,
		costs,
		commands,
		addSlots,
	};
};
