/** Bugs of how long a session runs, and of what it costs: each as somebody would make it, whether unit tests see it or not. */
import type { PlantedBug } from './planted-bug.ts';

export const policyBugs: readonly PlantedBug[] = [
	{
		name: 'idle-stop-is-not-checked-again',
		scenario: 'policy',
		file: 'functions/core/drive.ts',
		source: 'const written = decision.record === record ? record : await deps.sessions.put(decision.record);',
		instead:
			"const first = decision.record === record ? record : await deps.sessions.put(decision.record); const isIdle = decision.record.desired.why === 'Nobody used it' && record.desired.state === 'running'; const written = first ?? (isIdle ? await deps.sessions.put({ ...decision.record, rev: (await deps.sessions.get(user, id))?.rev ?? 0 }) : undefined);",
	},
	{
		name: 'weaker-sign-brings-the-deadline-nearer',
		scenario: 'policy',
		file: 'functions/core/idle-policy.ts',
		source: 'const later = to === undefined ? Number.POSITIVE_INFINITY : Math.max(to, ms(state.deadline));',
		instead: 'const later = to === undefined ? Number.POSITIVE_INFINITY : to;',
	},
	{
		name: 'any-connection-speaks-for-the-agent',
		scenario: 'policy',
		file: 'functions/core/activities.ts',
		source: 'if (!record || !runs || record.agent?.connectionId !== connection) return;',
		instead: 'if (!record || !runs) return;',
	},
	{
		name: 'question-is-not-waited-for',
		scenario: 'policy',
		file: 'functions/core/idle-policy.ts',
		source: "if (state.asking?.answered) return { kind: 'stop', why: 'idle' };",
		instead: "if (state.asking) return { kind: 'stop', why: 'idle' };",
	},
	{
		name: 'answer-is-forgotten',
		scenario: 'policy',
		file: 'functions/core/idle-policy.ts',
		source: 'return answered && next.asking ? { ...next, asking: { ...next.asking, answered: true } } : next;',
		instead: 'return next;',
	},
	{
		name: 'silence-is-idle',
		scenario: 'policy',
		file: 'functions/core/idle-policy.ts',
		source: "if (silent) return { kind: 'run', until: iso(givenUp) };",
		instead: "if (silent) return { kind: 'stop', why: 'silent' };",
	},
	{
		name: 'hold-has-no-maximum',
		scenario: 'policy',
		file: 'functions/core/idle-policy.ts',
		source: 'const ceiling = (state: IdleState, { unattendedMs }: IdleLimits): number => ms(state.seenAt) + unattendedMs;',
		instead:
			"const ceiling = (state: IdleState, { unattendedMs }: IdleLimits): number => state.doing.some(({ kind }) => kind === 'hold') ? 8.64e15 : ms(state.seenAt) + unattendedMs;",
	},
	{
		name: 'agent-says-that-its-user-is-there',
		scenario: 'policy',
		file: 'functions/core/idle-policy.ts',
		source: 'let next: IdleState = { ...state, doing };',
		instead: 'let next: IdleState = { ...state, doing, ...(said.inputMs !== null && { seenAt: iso(t) }) };',
	},
	{
		name: 'opening-gives-nothing',
		scenario: 'policy',
		file: 'functions/core/idle-policy.ts',
		source: "const to = act.kind === 'open' || opened === undefined ? opened : now.getTime() + act.ms;",
		instead: "const to = opened === undefined ? opened : now.getTime() + (act.kind === 'open' ? 0 : act.ms);",
	},
	{
		name: 'open-tab-holds',
		scenario: 'policy',
		file: 'functions/core/introductions.ts',
		source: 'const decision = viewerHello(await sessions.get(self.user, self.session), self, self.versions, now());',
		instead:
			"const tab = await sessions.get(self.user, self.session); if (tab?.idle && tab.phase === 'running' && tab.desired.state === 'running') await sessions.put({ ...tab, idle: { ...tab.idle, deadline: new Date(Math.max(Date.parse(tab.idle.deadline), now().getTime() + 900_000)).toISOString() } }); const decision = viewerHello(tab, self, self.versions, now());",
	},
	{
		name: 'servers-hold',
		scenario: 'policy',
		file: 'functions/core/idle-choice.ts',
		source: 'job: true, server: false, hold: true }',
		instead: 'job: true, server: true, hold: true }',
	},
	{
		name: 'wall-clock-of-the-agent',
		scenario: 'policy',
		file: 'task-image/agent/senses/senses.ts',
		source: 'const message = news.next(seen(), clock.now(), question);',
		instead: 'const message = news.next(seen(), (clock as unknown as { wall(): number }).wall(), question);',
	},
	{
		name: 'deadline-is-nobodys-date',
		scenario: 'policy',
		file: 'functions/core/arrival.ts',
		source: 'return dueBy(dueBy(arrived, idle.deadline), record.upkeep?.at);',
		instead: 'return dueBy(arrived, record.upkeep?.at);',
	},
	{
		name: 'every-word-is-written',
		scenario: 'policy',
		file: 'functions/core/activities.ts',
		source: 'if (idle.heardAt !== undefined && now - Date.parse(idle.heardAt) < floor) return false;',
		instead: 'if (idle.heardAt !== undefined && now - Date.parse(idle.heardAt) < 0) return false;',
	},
	{
		name: 'what-comes-back-begins-anew',
		scenario: 'policy',
		file: 'functions/core/lifecycle.ts',
		source: '...(record.idle && { idle: carried(record.idle) }),',
		instead: '...(record.idle && { idle: { ...carried(record.idle), deadline: new Date(Date.parse(now) + 3_600_000).toISOString(), seenAt: now } }),',
	},
	{
		name: 'budget-stops-unasked',
		scenario: 'policy',
		file: 'functions/core/budget.ts',
		source: "if (state === 'over' && look.budget.stop) return",
		instead: "if (state === 'over') return",
	},
	{
		name: 'budget-is-looked-at-once',
		scenario: 'policy',
		file: 'functions/core/budget-watch.ts',
		source: "(phase === 'running' ? spending?.budget?.lookAt : undefined)",
		instead: "(phase === 'running' && !spending?.budget?.told ? spending?.budget?.lookAt : undefined)",
	},
	{
		name: 'task-is-counted-twice',
		scenario: 'policy',
		file: 'functions/core/spending.ts',
		source: "const isSettled = !known && before?.settledUntil !== undefined && (task.pullStartedAt ?? '') <= before.settledUntil;",
		instead: 'const isSettled = false;',
	},
];
