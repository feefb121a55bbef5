/** Why there is no terminal just now, over the last screen. */
import type { Session } from '@shellpod/protocol/http.ts';
import { Match, Show, Switch } from 'solid-js';
import { useApp } from '../app-context.ts';
import { sentence } from '../idle/words.ts';
import { CauseWords } from '../ui/cause.tsx';
import { Problem } from '../ui/problem.tsx';
import { StartSteps } from '../ui/start-steps.tsx';
import type { Live } from './live.ts';
import { Panel } from './notice.tsx';

/** Why it doesn't run, and what ended. */
const Why = (props: { session: Session }) => {
	const { serverClock } = useApp();
	return (
		<>
			<Show when={!props.session.stopped}>
				<CauseWords session={props.session} />
			</Show>
			<Show when={sentence(props.session, serverClock.now())}>{(words) => <p>{words()}</p>}</Show>
		</>
	);
};

export const SessionPanel = (props: { live: Live }) => {
	const { serverClock } = useApp();
	const is = (state: string) => props.live.session()?.state === state;
	return (
		<Switch>
			<Match when={props.live.problem()}>
				{(problem) => (
					<Panel title="There is no terminal here" alone={!props.live.seen()}>
						<Problem error={problem()} onRetry={props.live.retry} />
					</Panel>
				)}
			</Match>
			<Match when={props.live.away()}>
				{(why) => (
					<Panel title="The terminal was cut off" alone={!props.live.seen()}>
						<Problem error={why()} meaning="It comes back by itself." />
					</Panel>
				)}
			</Match>
			<Match when={is('Starting') && !props.live.connected() && props.live.session()}>
				{(session) => (
					<Panel
						title={`Starting ${session().name}`}
						alone={!props.live.seen()}
						action={{ label: 'Cancel', tone: 'plain', run: props.live.stop, disabled: props.live.acting() }}
					>
						<Why session={session()} />
						<StartSteps session={session()} clock={serverClock} />
						<Show when={props.live.actionError()}>{(error) => <Problem error={error()} />}</Show>
					</Panel>
				)}
			</Match>
			<Match when={is('Stopping') && props.live.session()}>
				{(session) => (
					<Panel title={`Stopping ${session().name}`} alone={!props.live.seen()}>
						<Why session={session()} />
					</Panel>
				)}
			</Match>
			<Match when={(is('Stopped') || is('Failed')) && props.live.session()}>
				{(session) => (
					<Panel
						alone={!props.live.seen()}
						title={is('Failed') ? `${session().name} has failed` : `${session().name} is stopped`}
						action={{ label: is('Failed') ? 'Retry' : 'Start', run: props.live.start, disabled: props.live.acting() }}
					>
						<Why session={session()} />
						<p>Its files are kept; nothing runs.</p>
						<Show when={props.live.actionError()}>{(error) => <Problem error={error()} />}</Show>
					</Panel>
				)}
			</Match>
			<Match when={props.live.ended() === 'detached'}>
				<Panel title="Detached" action={{ label: 'Come back', run: props.live.reopen }}>
					<p>The session goes on. Press Enter to come back.</p>
				</Panel>
			</Match>
			<Match when={props.live.ended() === 'exited'}>
				<Panel title="The terminals have ended" action={{ label: 'New shell', run: props.live.reopen }}>
					<p>tmux has ended in this session, and with it what ran in its terminals. Your files are there. Press Enter for a new shell.</p>
				</Panel>
			</Match>
			<Match when={props.live.ended() === 'refused'}>
				<Panel title="Different versions" action={{ label: 'Reload', run: () => window.location.reload() }}>
					<p>This page and the session do not speak the same version. Reload the page; if that does not help, restart the session.</p>
				</Panel>
			</Match>
		</Switch>
	);
};
