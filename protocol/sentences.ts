/** Why a session runs, when it would stop, and why it stopped: made here alone, for the dashboard, the terminal's page and `shellpod status`. */
import type { DoingKind, Idle, SignalKind } from './activity.ts';
import type { Session } from './http.ts';

const minute = 60_000;
/** ms without a word of its agent, after which that is told: until then it may be coming back */
const silence = 10 * minute;

/** `90 min` is `1 h 30 min`; less than a minute is `1 min`. */
export const duration = (ms: number): string => {
	const minutes = Math.max(1, Math.round(ms / minute));
	if (minutes < 60) return `${minutes} min`;
	const hours = Math.floor(minutes / 60);
	if (hours >= 48) return `${Math.floor(hours / 24)} days`;
	return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} min`;
};

/** `stopped` and `ended` are of one that doesn't run. */
export type Told = Pick<Session, 'state' | 'idle'> & Partial<Pick<Session, 'stopped' | 'ended'>>;

/** `now`: on the control plane's clock; `time`: writes an ISO time as its reader knows times, e.g. `19:40`. */
export interface Reader {
	now: number;
	time: (iso: string) => string;
}

/** What keeps it, longest promise first. */
const order: readonly DoingKind[] = ['turn', 'hold', 'job', 'server', 'permission'];

/** programs that are named; a session may have started many more */
const mostNamed = 6;

/** What went on, by name, each once. */
export const namesOf = (doing: readonly Pick<Idle['doing'][number], 'kind' | 'name'>[]): string[] => {
	const all = [...new Set(doing.map(({ kind, name }) => (kind === 'turn' || kind === 'permission' ? 'Claude' : named(name, 'a program'))))];
	return all.length > mostNamed ? [...all.slice(0, mostNamed), `${all.length - mostNamed} more`] : all;
};

/** ` Ended: npm run dev, make.`, to stand after a sentence; nothing where nothing went on. */
export const endedWords = (names: readonly string[]): string => (names.length > 0 ? ` Ended: ${names.join(', ')}.` : '');

const ms = (iso: string): number => Date.parse(iso);
const named = (name: string, otherwise: string): string => (name === '' ? otherwise : name);

const goesOn = ({ kind, name, since, until }: Idle['doing'][number], { now, time }: Reader): string => {
	const long = duration(now - ms(since));
	switch (kind) {
		case 'turn':
			return `Claude has been working for ${long}`;
		case 'permission':
			return `Claude has been waiting for your answer for ${long}`;
		case 'hold':
			return `it is held${until === null ? '' : ` until ${time(until)}`}: ${named(name, 'no reason given')}`;
		case 'job':
		case 'server':
			return `${named(name, 'a program')} has been running for ${long}`;
	}
};

const was: Readonly<Record<SignalKind, (name: string) => string>> = {
	start: () => 'it started',
	open: () => 'you opened it',
	keep: () => 'you kept it',
	choice: () => 'you chose how long it runs',
	input: () => 'you typed',
	turn: () => "Claude's turn ended",
	permission: () => 'Claude waited for your answer',
	job: (name) => `${named(name, 'a program')} ran`,
	server: (name) => `${named(name, 'a server')} ran`,
	hold: (name) => `it was held: ${named(name, 'no reason given')}`,
};

const lastOf = ({ last }: Idle, time: Reader['time']): string => `${was[last.kind](last.name)} ${time(last.at)}`;

/** Nothing was heard of it for so long that this is told first. */
const silentAt = ({ silentSince }: Idle, now: number): string | undefined =>
	silentSince !== null && now - ms(silentSince) >= silence ? silentSince : undefined;

/** What keeps it running, first of all. */
const keeperOf = ({ doing }: Idle): Idle['doing'][number] | undefined =>
	doing.filter(({ counts }) => counts).sort((a, b) => order.indexOf(a.kind) - order.indexOf(b.kind))[0];

const running = (idle: Idle, reader: Reader): string => {
	const { limitMinutes, stopsAt, maximum } = idle;
	const silentSince = silentAt(idle, reader.now);
	const limit = limitMinutes === null ? undefined : duration(limitMinutes * minute);
	if (silentSince !== undefined)
		return `Running, but nothing has been heard of it since ${reader.time(silentSince)}.${stopsAt === null ? '' : ` Stops ${reader.time(stopsAt)} if that stays so.`}`;
	if (maximum && stopsAt !== null)
		return `Running. Stops ${reader.time(stopsAt)}: the operator lets nothing run for longer unless you come back or keep it.`;
	const first = keeperOf(idle);
	if (limit === undefined) return first ? `Running: ${goesOn(first, reader)}. Never stops by itself.` : 'Running. Never stops by itself.';
	if (first?.kind === 'permission') return `Running: ${goesOn(first, reader)}.${stopsAt === null ? '' : ` Stops ${reader.time(stopsAt)}.`}`;
	if (first) return `Running: ${goesOn(first, reader)}. Would stop ${limit} after ${first.kind === 'hold' ? 'that' : 'it ends'}.`;
	const server = idle.doing.find(({ kind, counts }) => kind === 'server' && !counts);
	const beside = server ? ` ${named(server.name, 'A server')} listens, which doesn't keep it.` : '';
	const idleFor = reader.now - ms(idle.last.at);
	const since = idleFor < 2 * minute ? 'in use' : `idle for ${duration(idleFor)}`;
	return `Running, ${since} (last: ${lastOf(idle, reader.time)}).${beside}${stopsAt === null ? '' : ` Stops ${reader.time(stopsAt)} unless something happens.`}`;
};

/**
 * When it stops, in as few words as a bar has room for: `stops 13:00`. While something goes on that moves that time away, what keeps it instead:
 * `kept: Claude works`. Undefined where it doesn't run, or never stops by itself.
 */
export const briefOf = ({ state, idle }: Pick<Told, 'state' | 'idle'>, { now, time }: Reader): string | undefined => {
	if (state !== 'Running' || !idle || idle.stopsAt === null) return undefined;
	const keeper = keeperOf(idle);
	if (!keeper || keeper.kind === 'permission' || idle.maximum || silentAt(idle, now) !== undefined) return `stops ${time(idle.stopsAt)}`;
	if (keeper.kind === 'turn') return 'kept: Claude works';
	if (keeper.kind === 'hold') return keeper.until === null ? 'held' : `held until ${time(keeper.until)}`;
	return `kept: ${named(keeper.name, 'a program')}`;
};

const whyStopped = ({ stopped, limitMinutes }: Idle): string => {
	if (stopped?.why === 'silent') return 'because nothing was heard of it any more';
	if (stopped?.why === 'maximum') return 'because you had not been seen for as long as the operator allows';
	return limitMinutes === null ? 'because nobody used it' : `after ${duration(limitMinutes * minute)} idle`;
};

const rested = (idle: Idle, at: string, reader: Reader): string => {
	const waited = idle.last.kind === 'permission' && idle.stopped?.why === 'idle' && idle.doing.find(({ kind }) => kind === 'permission');
	if (waited) return `after Claude had waited for your answer for ${duration(ms(at) - ms(waited.since))}.`;
	return `${whyStopped(idle)}. Last activity: ${lastOf(idle, reader.time)}.`;
};

const lower = (text: string): string => `${text.charAt(0).toLowerCase()}${text.slice(1)}`;

/** Undefined where there is nothing to say beside its reason: it starts or failed, and nothing ended. */
export const sentenceOf = ({ state, idle, stopped, ended = [] }: Told, reader: Reader): string | undefined => {
	if (state === 'Running') return idle ? running(idle, reader) : undefined;
	const what = endedWords(ended);
	if (!stopped) return what === '' ? undefined : what.trim();
	const verb = `${state === 'Stopping' ? 'Stopping since' : 'Stopped'} ${reader.time(stopped.at)}`;
	if (idle?.stopped?.at === stopped.at) return `${verb} ${rested(idle, stopped.at, reader)}${what}`;
	return `${verb}${stopped.by === 'user' ? ' by you' : `: ${lower(stopped.why)}`}.${what}`;
};
