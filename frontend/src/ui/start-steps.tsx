/** A start as a list of steps with the seconds that each took, as far as this page saw it. */
import { type Session, StartStep } from '@shellpod/protocol/http.ts';
import { createEffect, createSignal, For, Match, onCleanup, Show, Switch } from 'solid-js';
import css from './start-steps.module.css';
import { type ServerClock, secondsWords } from './time.ts';

const titles: Record<StartStep, string> = {
	reserve: 'Reserve a machine',
	image: 'Download the image',
	home: 'Attach your home',
	terminals: 'Restore terminals',
	connect: 'Connect',
};
const steps = StartStep.options;

/** ms after which a start is slower than people expect */
const slow = 60_000;

export const StartSteps = (props: { session: Session; clock: ServerClock }) => {
	const [now, setNow] = createSignal(props.clock.now());
	const timer = setInterval(() => setNow(props.clock.now()), 500);
	onCleanup(() => clearInterval(timer));

	const since = () => Date.parse(props.session.since);
	const current = () => (props.session.step ? steps.indexOf(props.session.step) : 0);
	/** When each step began, by index; the first at the start, others only if this page saw them begin. */
	const [begins, setBegins] = createSignal<readonly (number | undefined)[]>([]);
	let generation: number | undefined;
	createEffect<number | undefined>((before) => {
		const at = current();
		const again = generation !== props.session.generation;
		generation = props.session.generation;
		setBegins((known) => {
			const next = again ? [since()] : known.slice(0, Math.max(at, 1));
			if (!again && before !== undefined && at > before) next[at] = props.clock.now();
			else if (!again) next[at] = known[at];
			return next;
		});
		return at;
	});
	const secondsOf = (index: number): string => {
		const begin = begins()[index];
		const end = index === current() ? now() : begins()[index + 1];
		return index <= current() && begin !== undefined && end !== undefined ? secondsWords(end - begin) : '';
	};
	const total = () => now() - since();

	return (
		<div
			role="progressbar"
			aria-label="Start"
			aria-valuemin={1}
			aria-valuemax={steps.length}
			aria-valuenow={current() + 1}
			aria-valuetext={`${titles[steps[current()] ?? 'reserve']}, step ${current() + 1} of ${steps.length}`}
			class={css.steps}
		>
			<For each={steps}>
				{(step, index) => (
					<div class={css.step} classList={{ [css.now ?? '']: index() === current(), [css.done ?? '']: index() < current() }}>
						<span class={css.mark}>
							<svg viewBox="0 0 16 16" width="14" height="14" fill="none" stroke="currentColor" stroke-width="2" aria-hidden="true">
								<Switch fallback={<circle cx="8" cy="8" r="2" fill="currentColor" stroke="none" opacity="0.6" />}>
									<Match when={index() < current()}>
										<path d="M3 8.5l3.4 3.3L13 5" stroke-linecap="round" stroke-linejoin="round" />
									</Match>
									<Match when={index() === current()}>
										<circle cx="8" cy="8" r="6" opacity="0.3" />
										<path class={css.turns} d="M8 2a6 6 0 0 1 6 6" stroke-linecap="round" />
									</Match>
								</Switch>
							</svg>
						</span>
						<span class={css.name}>{titles[step]}</span>
						<span>{secondsOf(index())}</span>
					</div>
				)}
			</For>
			<div class={css.total}>
				{secondsWords(total())} in all
				<Show when={total() > slow}>, slower than usual</Show>
			</div>
		</div>
	);
};
