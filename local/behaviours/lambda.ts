/** B. Lambda. */
import { assumed, type Behaviour, documented, fault, rule } from './behaviour.ts';

const quotas = documented('lambda/latest/dg/gettingstarted-limits.html');
const environments = documented('lambda/latest/dg/lambda-runtime-environment.html');
const concurrency = documented('lambda/latest/dg/lambda-concurrency.html');
const asynchronous = documented('lambda/latest/dg/invocation-async-error-handling.html');

export const lambda: readonly Behaviour[] = [
	rule('B1a', 'an environment takes one event at a time', concurrency),
	rule('B1b', 'it is frozen when the handler has resolved: what was not awaited goes on with the next event, or never', environments),
	rule(
		'B1c',
		'an event for which an environment starts is run by whichever is free first, or by that one',
		assumed('the first is reported, AWS promises neither'),
	),
	rule('B2a', 'concurrency is capped per account and per function; what is over it is throttled', concurrency),
	rule('B2b', 'a function grows by 1,000 environments in 10 s', documented('lambda/latest/dg/scaling-behavior.html')),
	rule('B2c', 'the timeout kills the environment', quotas),
	rule('B2d', 'an answer over 6 MB is an error, and an event over 6 MB, or 1 MB when asynchronous, is not taken', quotas),
	rule('B2e', 'memory is limited', quotas),
	rule('B2f', 'an account takes ten times as many requests a second as it may run at once', quotas),
	rule('B2g', 'reservations leave 100 executions at once to other functions', concurrency),
	rule('B2h', 'a throttled invocation is TooManyRequestsException, 429', documented('lambda/latest/api/API_Invoke.html')),
	rule('B2i', 'a client of the HTTP API gets 503, one of the WebSocket API an error frame', assumed('reported by many, not in the documentation')),
	rule('B3', 'each environment has modules and memory of its own', environments),
	fault('B4a', 'a cold start takes 150 to 500 ms, 1 s at the worst', assumed('measured by others')),
	fault('B4b', 'environments end at random', environments),
	fault('B4c', 'clocks of environments differ', assumed('AWS promises nothing')),
	fault('B4d', 'an asynchronous invocation that fails is tried twice more', asynchronous),
	fault('B4e', 'an asynchronous event comes twice', asynchronous),
	rule('B4f', 'an asynchronous invocation that is throttled goes back into the queue, from 1 s to 5 min, for 6 h', asynchronous),
	rule('B4g', 'an asynchronous event that is too old is given up', documented('lambda/latest/dg/invocation-async-configuring.html')),
	fault('B4h', 'an environment dies when its handler has done its work', assumed('any process can')),
	rule('B4i', 'what is given up goes to the destination for failures', documented('lambda/latest/dg/invocation-async-retain-records.html')),
];
