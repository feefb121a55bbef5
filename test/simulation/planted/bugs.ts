/** Bugs of one line each, planted into the shipped code when it is loaded: what a simulation finds none of proves nothing by finding nothing. */

export interface PlantedBug {
	readonly name: string;
	/** that finds it */
	readonly scenario: 'lifecycle' | 'relay';
	/** from the repository's root */
	readonly file: string;
	/** a piece of source that is there exactly once, within one line */
	readonly source: string;
	readonly instead: string;
}

export const bugs: readonly PlantedBug[] = [
	{
		name: 'client-token-by-chance',
		scenario: 'lifecycle',
		file: 'functions/adapters/tasks.ts',
		source: 'clientToken: intent.clientToken,',
		instead: 'clientToken: crypto.randomUUID(),',
	},
	{
		name: 'start-does-not-wait-for-stop',
		scenario: 'lifecycle',
		file: 'functions/core/reconcile.ts',
		source: "if (older !== 'ended' || others.length > 0) {",
		instead: 'if (false) {',
	},
	{
		name: 'write-without-rev',
		scenario: 'lifecycle',
		file: 'functions/adapters/sessions.ts',
		source: "{ expression: 'rev = :rev', values: { ':rev': record.rev } }",
		instead: "{ expression: 'attribute_exists(pk)' }",
	},
	{
		name: 'any-generation-is-admitted',
		scenario: 'lifecycle',
		file: 'functions/core/admission.ts',
		source: "if (record.task?.generation !== record.generation) return 'refused';",
		instead: "if (!record.task) return 'refused';",
	},
	{
		name: 'stopped-sessions-agent-is-admitted',
		scenario: 'lifecycle',
		file: 'functions/core/admission.ts',
		source: "if (record?.desired.state !== 'running' || (record.phase !== 'starting' && record.phase !== 'running')) return 'refused';",
		instead: "if (!record) return 'refused';",
	},
	{
		name: 'claims-without-limit',
		scenario: 'lifecycle',
		file: 'functions/core/user-record.ts',
		source: 'others.length >= most)',
		instead: 'others.length > most)',
	},
	{
		name: 'refusal-is-never-tried-again',
		scenario: 'lifecycle',
		file: 'functions/core/reconcile.ts',
		source: "'reason' in next ? fail(record, next.reason) : { ...record, start: next.progress, dueAt: next.progress.notBefore ?? today };",
		instead: "'reason' in next ? fail(record, next.reason) : without({ ...record, start: next.progress }, 'dueAt');",
	},
	{
		name: 'ticket-is-not-burnt',
		scenario: 'relay',
		file: 'functions/adapters/tickets.ts',
		source: 'const burnt = await items.remove(keys.ticket(hash), {',
		instead: 'const burnt = await items.put({ ...(await items.get(keys.ticket(hash))), ...keys.ticket(hash) }, {',
	},
	{
		name: 'input-without-offsets',
		scenario: 'relay',
		file: 'task-image/agent/input.ts',
		source: 'if (offset > next || offset + bytes.length <= next || queued >= relay.maxQueuedInputBytes) return;',
		instead: 'if (queued >= relay.maxQueuedInputBytes) return; offset = next;',
	},
	{
		name: 'acknowledged-before-it-is-written',
		scenario: 'relay',
		file: 'task-image/agent/input.ts',
		source: 'return written;',
		instead: 'return written + queued;',
	},
	{
		name: 'epoch-is-ignored',
		scenario: 'relay',
		file: 'frontend/src/stream/terminal-stream.ts',
		source: 'if (!first) {',
		instead: 'if (false) {',
	},
	{
		name: 'resume-is-off-by-one',
		scenario: 'relay',
		file: 'frontend/src/stream/input-queue.ts',
		source: 'const rest = flight.bytes.subarray(received - base);',
		instead: 'const rest = flight.bytes.subarray(received - base + 1);',
	},
	{
		name: 'nothing-is-sent-again',
		scenario: 'relay',
		file: 'frontend/src/stream/terminal-stream.ts',
		source: 'resendInput.set(relay.resendMs, () => sendInput());',
		instead: '',
	},
	{
		name: 'old-client-is-ended-before-it-is-read',
		scenario: 'relay',
		file: 'task-image/agent/view.ts',
		source: 'turns > 0 && !gone; turns--) await tmux.turn();',
		instead: 'turns > 0 && !gone; turns--);',
	},
	{
		name: 'output-is-not-sent-again',
		scenario: 'relay',
		file: 'task-image/agent/output.ts',
		source: 'else transmit(first, true);',
		instead: 'else return;',
	},
];
