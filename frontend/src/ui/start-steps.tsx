/** A start as a list of steps: how long each took, how long the present one may take, how long it usually takes. */
import { type Session, StartStep } from '@shellpod/protocol/http.ts';
import { createMemo, createSignal, For, Match, onCleanup, Show, Switch } from 'solid-js';
import css from './start-steps.module.css';
import { limitWords, type ServerClock, secondsWords } from './time.ts';

const titles: Record<StartStep, string> = {
	reserve: 'Reserve a machine',
	image: 'Download the image',
	home: 'Attach your home',
	terminals: 'Restore terminals',
	connect: 'Connect',
};
const steps = StartStep.options;

/** ms after which a start is slower than people expect, where nobody knows how long the last one took; and as much more than the last one did */
const slow = 60_000;
const slower = 10_000;

export const StartSteps = (props: { session: Session; clock: ServerClock }) => {
	const [now, setNow] = createSignal(props.clock.now());
	const timer = setInterval(() => setNow(props.clock.now()), 500);
	onCleanup(() => clearInterval(timer));

	const start = () => props.session.start;
	/** ms until something is asked for again, while nothing is under way */
	const pause = () => ((again) => (again ? Date.parse(again) - now() : undefined))(start()?.again);
	const current = createMemo(() => (props.session.step ? steps.indexOf(props.session.step) : 0));
	const beginOf = (index: number): number | undefined => {
		const at = start()?.steps.find(({ step }) => step === steps[index])?.at;
		return at === undefined ? undefined : Date.parse(at);
	};
	const isNow = (index: number) => index === current() && pause() === undefined;
	const secondsOf = (index: number): string => {
		const begin = beginOf(index);
		const end = isNow(index) ? now() : beginOf(index + 1);
		return begin === undefined || end === undefined ? '' : secondsWords(end - begin);
	};
	const limit = (): string => {
		const [begin, until] = [beginOf(current()), start()?.until];
		return begin === undefined || until === undefined ? '' : limitWords(Date.parse(until) - begin);
	};
	const title = () => titles[steps[current()] ?? 'reserve'];
	const where = () => (pause() === undefined ? `${title()}, step ${current() + 1} of ${steps.length}` : 'Waiting for the next try');
	const total = () => now() - Date.parse(props.session.since);
	const usual = () => start()?.lastTookMs ?? undefined;
	const isSlow = () => total() > ((last) => (last === undefined ? slow : 2 * last + slower))(usual());

	return (
		<div class={css.start}>
			<div
				role="progressbar"
				aria-label="Start"
				aria-valuemin={1}
				aria-valuemax={steps.length}
				aria-valuenow={current() + 1}
				aria-valuetext={where()}
				class={css.steps}
			>
				<For each={steps}>
					{(step, index) => (
						<div class={css.step} classList={{ [css.now ?? '']: isNow(index()), [css.done ?? '']: index() < current() }}>
							<span class={css.mark}>
								<svg viewBox="0 0 16 16" width="14" height="14" fill="none" stroke="currentColor" stroke-width="2" aria-hidden="true">
									<Switch fallback={<circle cx="8" cy="8" r="2" fill="currentColor" stroke="none" opacity="0.6" />}>
										<Match when={index() < current()}>
											<path d="M3 8.5l3.4 3.3L13 5" stroke-linecap="round" stroke-linejoin="round" />
										</Match>
										<Match when={isNow(index())}>
											<circle cx="8" cy="8" r="6" opacity="0.3" />
											<path class={css.turns} d="M8 2a6 6 0 0 1 6 6" stroke-linecap="round" />
										</Match>
									</Switch>
								</svg>
							</span>
							<span class={css.name}>{titles[step]}</span>
							<span class={css.seconds}>
								{secondsOf(index())}
								<Show when={isNow(index()) && limit()}>
									<span class={css.limit}> of {limit()}</span>
								</Show>
							</span>
						</div>
					)}
				</For>
			</div>
			<p class={css.total}>
				<Show when={pause()}>{(ms) => (ms() > 0 ? `Trying again in ${secondsWords(ms() + 999)}. ` : 'Trying again. ')}</Show>
				{secondsWords(total())} in all
				<Show when={usual()}>{(ms) => `, the last time ${secondsWords(ms())}`}</Show>
				<Show when={isSlow()}>: slower than usual</Show>
			</p>
			{/* Seconds are nobody's to hear; a step is. */}
			<p class={css.spoken} role="status">
				{where()}
			</p>
		</div>
	);
};
