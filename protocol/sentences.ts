/** Why a session runs, when it would stop, and why it stopped: made here alone, for the dashboard, the terminal's page and `shellpod status`. */
import type { DoingKind, Idle, SignalKind } from './activity.ts';
import type { SessionState } from './http.ts';

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

export interface Told {
	state: SessionState;
	idle: Idle;
}

/** `now`: on the control plane's clock; `time`: writes an ISO time as its reader knows times, e.g. `19:40`. */
export interface Reader {
	now: number;
	time: (iso: string) => string;
}

/** What keeps it, longest promise first. */
const order: readonly DoingKind[] = ['turn', 'hold', 'job', 'server', 'permission'];

const ms = (iso: string): number => Date.parse(iso);
const named = (name: string, otherwise: string): string => (name === '' ? otherwise : name);

const goesOn = ({ kind, name, since, until }: Idle['doing'][number], { now, time }: Reader): string => {
	const long = duration(now - ms(since));
	switch (kind) {
		case 'turn':
			return `Claude has been working for ${long}`;
		case 'permission':
			return `Claude has been waiting for your permission for ${long}`;
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
	permission: () => 'Claude waited for your permission',
	job: (name) => `${named(name, 'a program')} ran`,
	server: (name) => `${named(name, 'a server')} ran`,
	hold: (name) => `it was held: ${named(name, 'no reason given')}`,
};

const lastOf = ({ last }: Idle, time: Reader['time']): string => `${was[last.kind](last.name)} ${time(last.at)}`;

const running = (idle: Idle, reader: Reader): string => {
	const { limitMinutes, stopsAt, silentSince, maximum } = idle;
	const limit = limitMinutes === null ? undefined : duration(limitMinutes * minute);
	if (silentSince !== null && reader.now - ms(silentSince) >= silence)
		return `Running, but nothing has been heard of it since ${reader.time(silentSince)}.${stopsAt === null ? '' : ` Stops ${reader.time(stopsAt)} if that stays so.`}`;
	if (maximum && stopsAt !== null)
		return `Running. Stops ${reader.time(stopsAt)}: the operator lets nothing run for longer unless you come back or keep it.`;
	const [first] = idle.doing.filter(({ counts }) => counts).sort((a, b) => order.indexOf(a.kind) - order.indexOf(b.kind));
	if (limit === undefined) return first ? `Running: ${goesOn(first, reader)}. Never stops by itself.` : 'Running. Never stops by itself.';
	if (first?.kind === 'permission') return `Running: ${goesOn(first, reader)}.${stopsAt === null ? '' : ` Stops ${reader.time(stopsAt)}.`}`;
	if (first) return `Running: ${goesOn(first, reader)}. Would stop ${limit} after ${first.kind === 'hold' ? 'that' : 'it ends'}.`;
	const server = idle.doing.find(({ kind, counts }) => kind === 'server' && !counts);
	const beside = server ? ` ${named(server.name, 'A server')} listens, which doesn't keep it.` : '';
	const idleFor = reader.now - ms(idle.last.at);
	const since = idleFor < 2 * minute ? 'in use' : `idle for ${duration(idleFor)}`;
	return `Running, ${since} (last: ${lastOf(idle, reader.time)}).${beside}${stopsAt === null ? '' : ` Stops ${reader.time(stopsAt)} unless something happens.`}`;
};

const whyStopped = ({ stopped, limitMinutes }: Idle): string => {
	if (stopped?.why === 'silent') return 'because nothing was heard of it any more';
	if (stopped?.why === 'maximum') return 'because you had not been seen for as long as the operator allows';
	return limitMinutes === null ? 'because nobody used it' : `after ${duration(limitMinutes * minute)} idle`;
};

/** Undefined where idleness has nothing to say: it starts, failed, or its user stopped it. */
export const sentenceOf = ({ state, idle }: Told, reader: Reader): string | undefined => {
	if (state === 'Running') return running(idle, reader);
	if (!idle.stopped || (state !== 'Stopped' && state !== 'Stopping')) return undefined;
	const waited = idle.last.kind === 'permission' && idle.stopped.why === 'idle' && idle.doing.find(({ kind }) => kind === 'permission');
	const ended = idle.doing.map(({ kind, name }) => (kind === 'turn' || kind === 'permission' ? 'Claude' : named(name, 'a program')));
	const what = ended.length > 0 ? ` Ended: ${[...new Set(ended)].join(', ')}.` : '';
	const verb = state === 'Stopping' ? 'Stopping since' : 'Stopped';
	if (waited)
		return `${verb} ${reader.time(idle.stopped.at)} after Claude had waited for your permission for ${duration(ms(idle.stopped.at) - ms(waited.since))}.${what}`;
	return `${verb} ${reader.time(idle.stopped.at)} ${whyStopped(idle)}. Last activity: ${lastOf(idle, reader.time)}.${what}`;
};
