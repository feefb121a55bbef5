/** Requests and answers of the HTTP API. The control plane checks what comes in, the page what comes back; openapi.json is made of them. */
import * as z from 'zod/mini';
import { Idle } from './activity.ts';
import { activity } from './activity-limits.ts';
import { type ErrorCode, errorCodes } from './errors.ts';
import { patterns } from './ids.ts';
import { names, reports } from './limits.ts';

const time = z.iso.datetime();

const SessionName = z.string().check(z.trim(), z.regex(names.session, `a session's name is ${names.sessionHint}`));

/** The user's words for a session's state. */
export const SessionState = z.enum(['Starting', 'Running', 'Stopping', 'Stopped', 'Failed']);
export type SessionState = z.infer<typeof SessionState>;

/** The steps of a start, in order. */
export const StartStep = z.enum(['reserve', 'image', 'home', 'terminals', 'connect']);
export type StartStep = z.infer<typeof StartStep>;

/** Why a start failed, or a session is not what its user wants. Stable: docs/when-it-fails.md has a row for each. */
export const CauseCode = z.enum([
	'capacity',
	'quota',
	'throttled',
	'machine_slow',
	'network',
	'image',
	'image_missing',
	'image_slow',
	'role',
	'home',
	'home_denied',
	'home_full',
	'home_slow',
	'definition',
	'agent_silent',
	'agent_cut_off',
	'start_slow',
	'old_task',
	'exit',
	'memory',
	'crash_loop',
	'host',
	'retired',
	'outside',
	'unknown',
]);
export type CauseCode = z.infer<typeof CauseCode>;

/** How far a start is. */
export const StartView = z.object({
	/** the steps that its task has come to, in order; the last one is where it is, unless another try is waited for */
	steps: z.array(z.object({ step: StartStep, at: time })),
	/** when the step where it is will be given up */
	until: time,
	/** tasks that were asked for and did not come up */
	tries: z.int().check(z.gte(0)),
	/** before that nothing is asked for again; null while a try is under way */
	again: z.nullable(time),
	/** ms that the session's last start took; null before the first */
	lastTookMs: z.nullable(z.int()),
});
export type StartView = z.infer<typeof StartView>;

/** What is planned for a session that runs: it is stopped and comes back, on a newer image or another machine. */
export const Update = z.object({
	why: z.enum(['image', 'retirement']),
	/** when, if nobody uses it then; and the time at which it happens in any case */
	at: time,
	last: time,
});
export type Update = z.infer<typeof Update>;

export const UpdateChoice = z.enum(['tonight', 'now', 'later']);
export type UpdateChoice = z.infer<typeof UpdateChoice>;

/** When a planned update is done. `timeZone`: the IANA name of the browser's, by which nights are counted. */
export const ChooseUpdate = z.strictObject({ when: UpdateChoice, timeZone: z.string().check(z.maxLength(64)) });
export type ChooseUpdate = z.infer<typeof ChooseUpdate>;

/** Who wants something of a session. */
const Actor = z.enum(['user', 'operator', 'platform']);

/** Absent in what an older control plane says while a deployment goes on, or was taken back: the page comes by a way of its own. */
const ended = z._default(z.array(z.string()), []);

export const Session = z.object({
	id: z.string().check(z.regex(patterns.session)),
	name: z.string(),
	state: SessionState,
	/** why it is in this state, for people; one sentence */
	reason: z.nullable(z.string()),
	/** of what the reason tells, where something went wrong */
	code: z.nullable(CauseCode),
	/** what its user can do about it, for people */
	advice: z.nullable(z.string()),
	/** the step that a start is at */
	step: z.nullable(StartStep),
	/** null when it isn't starting */
	start: z.nullable(StartView),
	/** null when nothing is planned */
	update: z.nullable(Update),
	/** counts decisions to start a task; 0 before the first */
	generation: z.int().check(z.gte(0)),
	createdAt: time,
	/** since when it is in this state */
	since: time,
	/** of two views of a session the one with the higher is the newer */
	rev: z.int().check(z.gte(0)),
	/** how long it runs while nobody uses it; null before it ran */
	idle: z.nullable(Idle),
	/** what a program in its task told its user last, by `shellpod notify` */
	notice: z.nullable(z.object({ text: z.string(), at: time })),
	/** who wanted it stopped, when, and why, for people; null when it isn't, or never ran */
	stopped: z._default(z.nullable(z.object({ at: time, by: Actor, why: z.string() })), null),
	/** what went on in its last task when that was to end, or ended, in people's words; empty once it runs again */
	ended,
});
export type Session = z.infer<typeof Session>;

/**
 * What happened to a session. `moved`: from one state to another; `by`: who wanted it, `why`: for people, null where the states say it all.
 * `ticket`, `opened`, `closed`: a page of its user, one line per hour and sign-in; `agent_*`: the agent of its task, one per hour and generation.
 */
export const SessionEvent = z.object({
	id: z.string(),
	kind: z.enum(['moved', 'ticket', 'opened', 'closed', 'agent_ticket', 'agent_came', 'agent_left']),
	at: time,
	generation: z.int().check(z.gte(0)),
	by: z.nullable(Actor),
	why: z.nullable(z.string()),
	/** what its user came with: "Firefox on Linux" */
	device: z.nullable(z.string()),
	from: z.nullable(SessionState),
	to: z.nullable(SessionState),
	/** more than one: so many moves that could not be told apart any more */
	count: z.int().check(z.gte(1)),
	/** what went on in its task, which ended with this, in people's words */
	ended,
});
export type SessionEvent = z.infer<typeof SessionEvent>;

/** `before`: asks for the next page; null on the last. */
export const EventPage = z.object({ events: z.array(SessionEvent), before: z.nullable(z.string()) });
export type EventPage = z.infer<typeof EventPage>;

/** A session that its user deleted: it can be restored as it is until it goes, with all that it has. */
export const TrashedSession = z.object({
	id: z.string().check(z.regex(patterns.session)),
	name: z.string(),
	deletedAt: time,
	goesAt: time,
});
export type TrashedSession = z.infer<typeof TrashedSession>;

export const SessionList = z.object({ sessions: z.array(Session), trash: z.array(TrashedSession) });
export type SessionList = z.infer<typeof SessionList>;

export const CreateSession = z.strictObject({ name: SessionName });
export type CreateSession = z.infer<typeof CreateSession>;

export const RenameSession = z.strictObject({ name: SessionName });
export type RenameSession = z.infer<typeof RenameSession>;

/** `name`: another one, where its own was taken meanwhile. */
export const RestoreSession = z.strictObject({ name: z.optional(SessionName) });
export type RestoreSession = z.infer<typeof RestoreSession>;

/** `name`: the session's own, typed by a person, since there is no way back. */
export const DeleteForGood = z.strictObject({ name: z.string() });
export type DeleteForGood = z.infer<typeof DeleteForGood>;

/** Minutes: what *Keep* offers is an hour, a script may want a night. */
export const KeepSession = z.strictObject({ minutes: z.int().check(z.gte(1), z.lte(24 * 60)) });
export type KeepSession = z.infer<typeof KeepSession>;

/** `limitMinutes`: one of `idleChoices`; `counts`: a program by its name, and whether it counts. What isn't said stays. */
export const ChooseIdle = z.strictObject({
	limitMinutes: z.optional(z.nullable(z.int())),
	counts: z.optional(z.strictObject({ name: z.string().check(z.minLength(1), z.maxLength(activity.maxName)), counts: z.boolean() })),
});
export type ChooseIdle = z.infer<typeof ChooseIdle>;

/** How much one user may have; restarts count as starts, what comes back by itself doesn't. */
export const UserLimits = z.object({ sessions: z.int(), startsPerHour: z.int(), createsPerDay: z.int() });
export type UserLimits = z.infer<typeof UserLimits>;

export const Me = z.object({ id: z.string(), name: z.string(), limits: UserLimits });
export type Me = z.infer<typeof Me>;

/** The right to open one WebSocket. `protocols` are offered as its subprotocols: the ticket is never in an address. */
export const Ticket = z.object({
	url: z.string().check(z.regex(/^wss?:\/\//)),
	protocols: z.array(z.string()),
	expiresAt: time,
});
export type Ticket = z.infer<typeof Ticket>;

/** `terminal`: the view that the page comes for. Its last connection makes room for the next one, since it was cut off whatever the gateway says. */
export const TicketRequest = z.strictObject({
	terminal: z.optional(z.string().check(z.regex(patterns.terminal))),
	/** somebody opened it on purpose: no reconnect, no tab that only came back */
	opened: z.optional(z.literal(true)),
});
export type TicketRequest = z.infer<typeof TicketRequest>;

/** Answer to a task that signed `POST /agent/tickets` with its role. */
export const AgentTicket = z.extend(Ticket, {
	session: z.string().check(z.regex(patterns.session)),
	generation: z.int().check(z.gte(1)),
});
export type AgentTicket = z.infer<typeof AgentTicket>;

/**
 * Body of `POST /agent/report`, which a task signs with its role: what it says of its own failure. `boot`: before its agent began; `crash`: its
 * agent ended by an error; `terminals`: tmux gives none. The text is whatever the tenant wants it to be.
 */
export const AgentReport = z.strictObject({
	kind: z.enum(['boot', 'crash', 'terminals']),
	text: z.string().check(z.minLength(1), z.maxLength(reports.maxText)),
});
export type AgentReport = z.infer<typeof AgentReport>;

/** Answer of `POST /api/auth/token`: the access token lives in the page's memory only. */
export const AccessToken = z.object({
	accessToken: z.string(),
	/** seconds */
	expiresIn: z.int(),
	name: z.string(),
});
export type AccessToken = z.infer<typeof AccessToken>;

const codes = Object.keys(errorCodes) as [ErrorCode, ...ErrorCode[]];

/** RFC 9457 problem details with our code. */
export const Problem = z.object({
	type: z.string(),
	title: z.string(),
	status: z.int(),
	detail: z.string(),
	code: z.enum(codes),
	/** what is wrong where, for invalid_request */
	errors: z.optional(z.array(z.object({ path: z.string(), message: z.string() }))),
	/** names this answer in the logs */
	requestId: z.optional(z.string()),
});
export type Problem = z.infer<typeof Problem>;
