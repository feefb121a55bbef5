/** B. Lambda. */
import { assumed, type Behaviour, documented, fault, rule } from './behaviour.ts';

const quotas = documented('lambda/latest/dg/gettingstarted-limits.html');
const environments = documented('lambda/latest/dg/lambda-runtime-environment.html');
const concurrency = documented('lambda/latest/dg/lambda-concurrency.html');
const asynchronous = documented('lambda/latest/dg/invocation-async-error-handling.html');
const notYet = 'the stand-in does not do it yet';

export const lambda: readonly Behaviour[] = [
	rule('B1a', 'an environment takes one event at a time', concurrency),
	rule('B1b', 'it is frozen when the handler has resolved: what was not awaited goes on with the next event, or never', environments),
	rule('B2a', 'concurrency is capped per account and per function; what is over it is throttled', concurrency),
	rule(
		'B2b',
		'environments grow by 1,000 in 10 s',
		documented('lambda/latest/dg/scaling-behavior.html'),
		'no machine runs 1,000 environments; B2a is the cap that is met',
	),
	rule('B2c', 'the timeout kills the environment', quotas),
	rule('B2d', 'an answer over 6 MB is an error', quotas),
	rule('B2e', 'memory is limited', quotas, notYet),
	rule('B3', 'each environment has modules and memory of its own', environments),
	fault('B4a', 'a cold start takes 150 to 500 ms, 1 s at the worst', assumed('measured by others'), notYet),
	fault('B4b', 'environments end at random', environments, notYet),
	fault('B4c', 'clocks of environments differ', assumed('AWS promises nothing'), notYet),
	fault('B4d', 'an asynchronous invocation that fails is tried twice more, for at most 6 h', asynchronous),
	fault('B4e', 'an asynchronous event comes twice', asynchronous, notYet),
];
