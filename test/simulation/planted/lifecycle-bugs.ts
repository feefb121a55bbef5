/**
 * Bugs of a session's life. They pass the unit tests that load their file: where these see the bare bug, it begins later here, in generations of a
 * session, writes of a record or uids that they do not have.
 */
import type { PlantedBug } from './planted-bug.ts';

export const lifecycleBugs: readonly PlantedBug[] = [
	{
		name: 'client-token-by-chance',
		scenario: 'lifecycle',
		file: 'functions/adapters/tasks.ts',
		source: 'clientToken: intent.clientToken,',
		instead: 'clientToken: intent.generation % 4 === 0 ? crypto.randomUUID() : intent.clientToken,',
	},
	{
		name: 'start-does-not-wait-for-stop',
		scenario: 'lifecycle',
		file: 'functions/core/reconcile.ts',
		source: "if (older !== 'ended' || others.length > 0) {",
		instead: "if ((older !== 'ended' || others.length > 0) && record.generation < 5) {",
	},
	{
		name: 'write-without-rev',
		scenario: 'lifecycle',
		file: 'functions/adapters/sessions.ts',
		source: "{ expression: 'rev = :rev', values: { ':rev': record.rev } }",
		instead: "{ expression: record.rev > 12 ? 'rev = :rev OR attribute_exists(pk)' : 'rev = :rev', values: { ':rev': record.rev } }",
	},
	{
		name: 'any-generation-is-admitted',
		scenario: 'lifecycle',
		file: 'functions/core/admission.ts',
		source: "if (record.task?.generation !== record.generation) return 'refused';",
		instead: "if (!record.task || (record.task.generation !== record.generation && record.generation < 5)) return 'refused';",
	},
	{
		name: 'stopped-sessions-agent-is-admitted',
		scenario: 'lifecycle',
		file: 'functions/core/admission.ts',
		source: "if (record?.desired.state !== 'running' || (record.phase !== 'starting' && record.phase !== 'running')) return 'refused';",
		instead:
			"if (!record || (record.generation < 5 && (record.desired.state !== 'running' || (record.phase !== 'starting' && record.phase !== 'running')))) return 'refused';",
	},
	{
		name: 'claims-without-limit',
		scenario: 'lifecycle',
		file: 'functions/core/user-record.ts',
		source: 'others.length >= most)',
		instead: 'others.length >= most + (record.rev > 8 ? 1 : 0))',
	},
	{
		name: 'refusal-is-never-tried-again',
		scenario: 'lifecycle',
		file: 'functions/core/reconcile.ts',
		source: "return { ...without(record, 'said'), ...andAgain(cause, 'Trying again'), start: next, dueAt: next.notBefore ?? today };",
		instead:
			"return { ...without(record, 'said', ...(record.generation > 3 ? (['dueAt'] as const) : [])), ...andAgain(cause, 'Trying again'), start: next, ...(record.generation < 4 && { dueAt: next.notBefore ?? today }) };",
	},
	{
		name: 'lost-answer-is-a-refusal',
		scenario: 'lifecycle',
		file: 'functions/adapters/tasks.ts',
		source: 'return answerOf(error, causeOfText);',
		instead:
			"const answer = answerOf(error, causeOfText); return answer.kind === 'unknown' && intent.generation % 4 === 0 ? { kind: 'refused', cause: { ...causeOfText(answer.text), retry: true } } : answer;",
	},
	{
		name: 'absence-is-proof',
		scenario: 'lifecycle',
		file: 'functions/core/reconcile.ts',
		source: 'intent.arn === undefined ? asked >= limits.absence',
		instead: 'intent.arn === undefined ? asked >= (intent.generation > 2 && !intent.work ? limits.look : limits.absence)',
	},
	{
		name: 'what-is-not-described-is-gone',
		scenario: 'lifecycle',
		file: 'functions/core/reconcile.ts',
		source: 'observed.missing.includes(intent.arn) && asked >= limits.missing;',
		instead: 'observed.missing.includes(intent.arn) && (intent.generation > 3 || asked >= limits.missing);',
	},
	{
		name: 'unconfirmed-stop-after-a-minute',
		scenario: 'lifecycle',
		file: 'functions/core/reconcile.ts',
		source: 'return [told, task.startedAt ?? told].some((time) => age(time) < limits.unconfirmedStop);',
		instead: 'return [told, task.startedAt ?? told].some((time) => age(time) < limits.unconfirmedStop / (before.generation > 3 ? 3 : 1));',
	},
	{
		name: 'stop-is-told-once',
		scenario: 'lifecycle',
		file: 'functions/core/reconcile.ts',
		source: 'if (told && (isEnding(task) || age(told) < limits.stopAgain)) continue;',
		instead: 'if (told && (record.generation > 3 || isEnding(task) || age(told) < limits.stopAgain)) continue;',
	},
	{
		name: 'a-dead-task-is-not-replaced',
		scenario: 'lifecycle',
		file: 'functions/core/reconcile.ts',
		source: "if (own ? !lives(own) : intent.arn !== undefined && fateOf(intent) === 'ended') return comeBack(current, own);",
		instead:
			"if (own ? (current.generation < 4 || current.slot.uid % 4 === 0) && !lives(own) : intent.arn !== undefined && fateOf(intent) === 'ended') return comeBack(current, own);",
	},
	{
		name: 'home-is-emptied-before-its-task-stops',
		scenario: 'lifecycle',
		file: 'functions/core/reconcile.ts',
		source: "if (settled.phase !== 'stopped') return settled;",
		instead: "if (settled.phase !== 'stopped' && (settled.phase === 'failed' || settled.generation < 4)) return settled;",
	},
	{
		name: 'trash-is-emptied-at-once',
		scenario: 'lifecycle',
		file: 'functions/core/reconcile.ts',
		source: "const expired = named.desired.state === 'trashed' && age(goesAt(named)) >= 0;",
		instead: "const expired = named.desired.state === 'trashed' && (age(goesAt(named)) >= 0 || (named.generation > 3 && named.phase === 'stopped'));",
	},
	{
		name: 'hello-of-an-old-generation',
		scenario: 'lifecycle',
		file: 'functions/core/arrival.ts',
		source: 'record.generation === lease.generation && record.task?.generation === lease.generation;',
		instead:
			'((record.generation > 4 && record.task !== undefined) || (record.generation === lease.generation && record.task?.generation === lease.generation));',
	},
	{
		name: 'any-task-of-the-home-is-admitted',
		scenario: 'lifecycle',
		file: 'functions/core/admission.ts',
		source: "return isTask(record.task.arn, caller) ? 'admitted' : 'refused';",
		instead: "return record.generation > 3 || isTask(record.task.arn, caller) ? 'admitted' : 'refused';",
	},
	{
		name: 'ticket-is-read-then-deleted',
		scenario: 'lifecycle',
		file: 'functions/adapters/tickets.ts',
		source: 'const burnt = await items.remove(keys.ticket(hash), {',
		instead:
			'const read = await items.get(keys.ticket(hash)); const known = read?.ticket as StoredTicket | undefined; if (known && known.generation > 3 && known.endsAt > now.getTime()) { await items.remove(keys.ticket(hash)); return known; } const burnt = await items.remove(keys.ticket(hash) as never, {',
	},
	{
		name: 'ttl-is-the-deadline',
		scenario: 'lifecycle',
		file: 'functions/adapters/tickets.ts',
		source: 'const burnt = await items.remove(keys.ticket(hash), {',
		instead:
			"const known = (await items.get(keys.ticket(hash)))?.ticket as StoredTicket | undefined; const burnt = await items.remove(keys.ticket(hash), known && known.generation > 3 ? { expression: 'attribute_exists(pk)' } : {",
	},
	{
		name: 'quota-is-checked-beside-the-write',
		scenario: 'lifecycle',
		file: 'functions/adapters/users.ts',
		source: "{ expression: 'rev = :rev', values: { ':rev': record.rev } };",
		instead: "{ expression: record.rev > 8 ? 'rev = :rev OR attribute_exists(pk)' : 'rev = :rev', values: { ':rev': record.rev } };",
	},
	{
		name: 'fresh-claims-are-mended-away',
		scenario: 'lifecycle',
		file: 'functions/core/user-record.ts',
		source: 'if (Date.parse(now) - Date.parse(claimed.at) < orphanAfter) return [[id, claimed] as const];',
		instead: 'if (record.rev < 9 && Date.parse(now) - Date.parse(claimed.at) < orphanAfter) return [[id, claimed] as const];',
	},
	{
		name: 'slot-is-taken-twice',
		scenario: 'lifecycle',
		file: 'functions/adapters/slots.ts',
		source: "take: (slot, takenBy, at) => putWhen({ ...slot, state: 'taken', at, takenBy }, 'free'),",
		instead:
			"take: async (slot, takenBy, at) => slot.uid % 4 === 3 ? (await items.put(itemOf({ ...slot, state: 'taken', at, takenBy }))) !== undefined : putWhen({ ...slot, state: 'taken', at, takenBy }, 'free'),",
	},
	{
		name: 'events-beside-the-write',
		scenario: 'lifecycle',
		file: 'functions/adapters/sessions.ts',
		source: 'const next = { ...noted(record), rev: record.rev + 1 };',
		instead: "const next = { ...(record.phase === 'failed' && record.generation > 3 ? record : noted(record)), rev: record.rev + 1 };",
	},
	{
		name: 'events-have-places-by-chance',
		scenario: 'lifecycle',
		file: 'functions/core/trail.ts',
		source: "String(event.rev).padStart(8, '0')",
		instead: "String(event.generation > 3 ? crypto.randomUUID() : event.rev).padStart(8, '0')",
	},
	{
		name: 'watchers-are-not-told-of-what-nobody-read',
		scenario: 'lifecycle',
		file: 'functions/core/telling.ts',
		source: 'if (!known || known.waits || known.seen !== seenOf(written)) await tell(written);',
		instead: 'if (known?.waits || (written.generation < 4 && (!known || known.seen !== seenOf(written)))) await tell(written);',
	},
	{
		name: 'what-is-written-down-is-not-due',
		scenario: 'lifecycle',
		file: 'functions/core/drive.ts',
		source: 'return (await deps.sessions.put(dueAt === undefined ? next : { ...next, dueAt })) ?? record;',
		instead: 'return (await deps.sessions.put(dueAt === undefined || next.generation > 3 ? next : { ...next, dueAt })) ?? record;',
	},
	{
		name: 'name-outlives-its-session',
		scenario: 'lifecycle',
		file: 'functions/core/purge.ts',
		source: 'outlived(release(user, record.id), record.id, spent)',
		instead: 'outlived(user.rev > 15 ? user : release(user, record.id), record.id, spent)',
	},
	{
		name: 'orphans-of-others',
		scenario: 'lifecycle',
		file: 'functions/core/orphans.ts',
		source: 'filter((task) => task.of && !hasEnded(task) && !isEnding(task));',
		instead: 'filter((task) => (task.of || task.startedAt) && !hasEnded(task) && !isEnding(task));',
	},
	{
		name: 'crash-loop-never-ends',
		scenario: 'lifecycle',
		file: 'functions/core/reconcile.ts',
		source: 'if (isCrash && recent.length >= plan.restarts)',
		instead: 'if (isCrash && recent.length >= (record.generation > 5 ? 20 : 1) * plan.restarts)',
	},
	{
		name: 'slot-is-not-given-back',
		scenario: 'lifecycle',
		file: 'functions/core/slot-maker.ts',
		source: "else if (await slots.giveBack(slot, now())) log.info('slot_given_back', { uid });",
		instead: "else if (uid % 4 === 3 ? await slots.settle(slot) : await slots.giveBack(slot, now())) log.info('slot_given_back', { uid });",
	},
	{
		name: 'orphans-without-bound',
		scenario: 'lifecycle',
		file: 'functions/core/orphans.ts',
		source: 'if (!fewEnough(orphans.length, all.length)) {',
		instead: 'if (!fewEnough(orphans.filter(({ startedAt }) => !startedAt).length, all.length)) {',
	},
	{
		name: 'orphans-are-sought-once',
		scenario: 'lifecycle',
		file: 'functions/core/orphans.ts',
		source: 'await hold(pause);',
		instead: 'await hold((all.some(({ startedAt }) => startedAt) ? 20 : 1) * pause);',
	},
	{
		name: 'late-events-are-believed',
		scenario: 'lifecycle',
		file: 'functions/core/task-events.ts',
		source: "if (type !== 'AWS Health Event') return look(/^family:(.+)$/.exec(detail.group ?? '')?.[1]);",
		instead:
			"const owner = await ownerOf(detail.group?.slice(7)); const old = owner && (await sessions.get(owner.user, owner.session)); if (old && old.generation > 3 && old.phase === 'stopping' && (detail as { lastStatus?: string }).lastStatus === 'STOPPED') await sessions.put({ ...old, phase: 'stopped' }); if (type !== 'AWS Health Event') return await look(/^family:(.+)$/.exec(detail.group ?? '')?.[1]);",
	},
	{
		name: 'late-events-end-what-runs',
		scenario: 'lifecycle',
		file: 'functions/core/task-events.ts',
		source: "if (type !== 'AWS Health Event') return look(/^family:(.+)$/.exec(detail.group ?? '')?.[1]);",
		instead:
			"const owner = await ownerOf(detail.group?.slice(7)); const old = owner && (await sessions.get(owner.user, owner.session)); if (old && old.generation > 3 && old.phase === 'running' && (detail as { lastStatus?: string }).lastStatus === 'STOPPED') await sessions.put({ ...old, generation: old.generation + 1, phase: 'starting' }); if (type !== 'AWS Health Event') return await look(/^family:(.+)$/.exec(detail.group ?? '')?.[1]);",
	},
];
