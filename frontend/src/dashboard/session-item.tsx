import type { Session } from '@shellpod/protocol/http.ts';
import { A } from '@solidjs/router';
import { createSignal, Show } from 'solid-js';
import { useApp } from '../app-context.ts';
import { IdleWarning } from '../idle/idle-warning.tsx';
import { sentence } from '../idle/words.ts';
import { Button, buttonClass } from '../ui/button.tsx';
import { CauseWords } from '../ui/cause.tsx';
import { MoreIcon, TerminalIcon } from '../ui/icons.tsx';
import { Menu, type MenuItem } from '../ui/menu.tsx';
import { StartSteps } from '../ui/start-steps.tsx';
import { State } from '../ui/state.tsx';
import { agoWords, spanWords } from '../ui/time.ts';
import { UpdateNotice } from '../ui/update-notice.tsx';
import { type SessionDialog, SessionDialogs } from './session-dialogs.tsx';
import css from './session-item.module.css';

export const SessionItem = (props: {
	session: Session;
	now: number;
	/** what it costs, in words */
	cost: string | undefined;
	/** It was put into the trash. Has the focus then, since the item goes. */
	onTrashed: (session: Session) => HTMLElement | undefined;
	onChanged: () => Promise<void>;
	onError: (error: unknown) => void;
}) => {
	const { api, serverClock } = useApp();
	const [dialog, setDialog] = createSignal<SessionDialog>();
	let actions: HTMLElement | undefined;
	let instead: HTMLElement | undefined;
	const [busy, setBusy] = createSignal(false);
	const is = (...states: Session['state'][]) => states.includes(props.session.state);

	const act = async (action: (id: string) => Promise<void>) => {
		setBusy(true);
		try {
			await action(props.session.id);
		} catch (error) {
			props.onError(error);
		}
		await props.onChanged();
		setBusy(false);
	};
	const item = (label: string, which: SessionDialog, danger = false): MenuItem => ({ label, danger, onSelect: () => setDialog(which) });
	const groups = () => [
		is('Running') ? [item('Stop', 'stop'), item('Restart', 'restart')] : [],
		[item('Idle time', 'idle'), item('History', 'history'), item('Rename', 'rename')],
		[item('Delete', 'delete', true)],
	];
	const since = () => {
		const ms = props.now - Date.parse(props.session.since);
		return is('Running') ? `Up ${spanWords(ms)}` : is('Stopped') && props.session.generation > 0 ? agoWords(ms) : '';
	};

	/** The button that was pressed is gone with the warning. */
	const kept = async () => {
		await props.onChanged();
		if (document.activeElement === document.body) actions?.focus();
	};
	const told = () => sentence(props.session, props.now);
	/** The sentence says more than the reason of a stop. */
	const reason = () => !props.session.stopped && props.session.reason;

	return (
		<li class={css.item}>
			<div class={css.words}>
				<h2 class={css.name}>{props.session.name}</h2>
				<div class={css.line}>
					<State state={props.session.state} />
					<Show when={since()}>
						<span class={css.since}>{since()}</span>
					</Show>
					<Show when={props.cost}>
						<span class={css.since}>{props.cost}</span>
					</Show>
				</div>
			</div>
			<div class={css.actions}>
				<A href={`/sessions/${props.session.id}#open`} class={buttonClass(is('Running') ? 'primary' : 'plain')}>
					<TerminalIcon />
					Open terminal
				</A>
				<Show when={is('Stopped')}>
					<Button tone="primary" disabled={busy()} onClick={() => void act(api.start)}>
						Start
					</Button>
				</Show>
				<Show when={is('Failed')}>
					<Button tone="primary" disabled={busy()} onClick={() => void act(api.start)}>
						Retry
					</Button>
				</Show>
				<Show when={is('Starting')}>
					<Button disabled={busy()} onClick={() => void act(api.stop)}>
						Cancel
					</Button>
				</Show>
			</div>
			<Show when={is('Starting') || reason() || told() || props.session.update || props.session.notice}>
				<div class={css.more}>
					<Show when={reason()}>
						<CauseWords session={props.session} />
					</Show>
					<Show when={told()}>
						<p class={css.told}>{told()}</p>
					</Show>
					<Show when={props.session.notice}>
						{(notice) => (
							<p class={css.told}>
								A program says: {notice().text} ({agoWords(props.now - Date.parse(notice().at))})
							</p>
						)}
					</Show>
					<IdleWarning session={props.session} onStop={() => setDialog('stop')} onChanged={() => void kept()} onError={props.onError} />
					<UpdateNotice session={props.session} onNow={() => setDialog('update')} onChanged={() => void props.onChanged()} />
					<Show when={is('Starting')}>
						<StartSteps session={props.session} clock={serverClock} />
					</Show>
				</div>
			</Show>
			<div class={css.menu}>
				<Menu
					ref={(button) => {
						actions = button;
					}}
					label="Actions"
					icon={<MoreIcon />}
					groups={groups()}
				/>
			</div>
			<SessionDialogs
				open={dialog()}
				session={props.session}
				focusBack={() => instead ?? actions}
				onDone={() => {
					if (dialog() === 'delete') instead = props.onTrashed(props.session);
					void props.onChanged();
				}}
				onClose={() => setDialog()}
			/>
		</li>
	);
};
