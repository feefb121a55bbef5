import { A } from '@solidjs/router';
import { Show } from 'solid-js';
import { useApp } from '../app-context.ts';
import type { SessionDialog } from '../dashboard/session-dialogs.tsx';
import { StopTime } from '../idle/stop-time.tsx';
import { BackIcon, MoreIcon } from '../ui/icons.tsx';
import { Menu } from '../ui/menu.tsx';
import { State } from '../ui/state.tsx';
import type { Live } from './live.ts';
import { boundFontSize, type Preferences } from './preferences.ts';
import css from './terminal-page.module.css';

const whole = (ms: number): number => Math.max(1, Math.round(ms));

/** The thin bar over the terminal. The figure stands outside of the status, which screen readers read out at each change. */
export const TerminalBar = (props: {
	live: Live;
	preferences: Preferences;
	onPreferences: (preferences: Preferences) => void;
	onDialog: (dialog: SessionDialog) => void;
	ref: (bar: HTMLElement) => void;
}) => {
	const app = useApp();
	const is = (state: string) => props.live.session()?.state === state;
	const setFontSize = (pixels: number) => props.onPreferences({ ...props.preferences, fontSize: boundFontSize(pixels) });
	return (
		<header ref={(element) => props.ref(element)} class={css.bar}>
			<A href="/" class={css.back} aria-label="Sessions">
				<BackIcon />
				<span class={css.backWord}>Sessions</span>
			</A>
			<h1 class={css.name}>{props.live.session()?.name}</h1>
			<Show when={!is('Running') && props.live.session()}>{(session) => <State state={session().state} />}</Show>
			<span class={css.space} />
			<span class={css.status}>
				<Show when={props.live.status()}>
					<span class={css.dot} classList={{ [css.cut ?? '']: props.live.status() !== 'Connected' }} />
				</Show>
				<span role="status">{props.live.status()}</span>
			</span>
			<Show when={props.live.status() === 'Connected' && props.live.roundTrip()}>
				{(ms) => (
					<span class={css.figure} title="There and back: from this page to the relay, and all the way to the session">
						<Show when={props.live.nearRoundTrip()}>{(near) => <span class={css.near}>relay {whole(near())} ms, session </span>}</Show>
						{whole(ms())} ms
					</span>
				)}
			</Show>
			<Show when={props.live.session()}>{(session) => <StopTime session={session()} onOpen={() => props.onDialog('idle')} />}</Show>
			<Menu
				dark
				label="Menu"
				icon={<MoreIcon />}
				groups={[
					[
						{ label: 'Larger text', onSelect: () => setFontSize(props.preferences.fontSize + 1) },
						{ label: 'Smaller text', onSelect: () => setFontSize(props.preferences.fontSize - 1) },
						{
							label: props.preferences.screenReader ? 'Screen reader mode: on' : 'Screen reader mode: off',
							onSelect: () => props.onPreferences({ ...props.preferences, screenReader: !props.preferences.screenReader }),
						},
					],
					props.live.session()
						? [
								...(is('Running')
									? [
											{ label: 'Stop', onSelect: () => props.onDialog('stop') },
											{ label: 'Restart', onSelect: () => props.onDialog('restart') },
										]
									: []),
								{ label: 'Idle time', onSelect: () => props.onDialog('idle') },
								{ label: 'History', onSelect: () => props.onDialog('history') },
								{ label: 'Rename', onSelect: () => props.onDialog('rename') },
								{ label: 'Costs', onSelect: () => props.onDialog('costs') },
							]
						: [],
					[{ label: 'Sign out', onSelect: app.signOut }],
				]}
			/>
		</header>
	);
};
