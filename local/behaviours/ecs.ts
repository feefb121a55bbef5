/** D. ECS on Fargate, and its events. */
import { assumed, type Behaviour, documented, fault, rule } from './behaviour.ts';

const guide = 'AmazonECS/latest/developerguide';
const api = 'AmazonECS/latest/APIReference';
const runTask = documented(`${api}/API_RunTask.html`);
const idempotency = documented(`${api}/ECS_Idempotency.html`);
const throttling = documented(`${guide}/throttling.html`);
const lifecycle = documented(`${guide}/task-lifecycle-explanation.html`);
const stopTask = documented(`${api}/API_StopTask.html`);
const events = documented(`${guide}/ecs_task_events.html`);
const stoppedErrors = documented(`${guide}/stopped-task-errors.html`);
const metadata = documented(`${guide}/task-metadata-endpoint-v4-fargate.html`);

export const ecs: readonly Behaviour[] = [
	rule('D1a', 'RunTask checks its parameters; what is wrong is an error with AWS’s name', runTask),
	rule('D1b', 'overrides have at most 8,192 characters', runTask),
	rule('D1c', 'a RunTask starts at most 10', runTask),
	rule('D1d', 'the same token and parameters are the same task; other parameters are a ConflictException that names it; for 24 h', idempotency),
	rule('D1e', 'what can not be started is in failures, with status 200', runTask),
	rule('D1f', 'a revision that is not ACTIVE is not run', runTask),
	rule('D1g', 'volumes can not be overridden', runTask),
	rule('D2a', 'RegisterTaskDefinition: 20 at once, then one a second', throttling),
	rule('D2b', 'registrations in one family at once fail', documented('https://github.com/PrefectHQ/prefect/issues/16485')),
	rule('D2c', 'DescribeTasks takes at most 100', documented(`${api}/API_DescribeTasks.html`)),
	rule('D2d', 'ListTasks by startedBy, alone', documented(`${api}/API_ListTasks.html`)),
	rule('D2e', 'a task’s id has 32 or 36 characters; what has not is refused', assumed('quoted by many: "taskId length should be one of [32,36]"')),
	rule(
		'D2f',
		'DeleteTaskDefinitions takes at most 10 revisions, that are INACTIVE; what it can not delete is in failures, with status 200',
		documented(`${api}/API_DeleteTaskDefinitions.html`),
	),
	rule('D2g', 'a deleted revision is DELETE_IN_PROGRESS as long as a task refers to it', documented(`${guide}/delete-task-definition-v2.html`)),
	rule('D3a', 'launches: 100 at once, then 20 a second; RunTask 20 a second', throttling),
	rule('D3b', 'a throttled call is ThrottlingException with status 400', documented(`${api}/request-throttling.html`)),
	rule('D4a', 'a task goes through every state, each with a version', lifecycle),
	rule(
		'D4b',
		'how long a start takes is asked for by `ecs-start`; without it next to nothing',
		assumed('tens of seconds on Fargate, measured by others'),
	),
	rule('D4c', 'stop codes and reasons', stoppedErrors),
	rule('D4d', 'a stopped task is described for an hour', stoppedErrors),
	rule('D4e', 'StopTask takes the tags away', stopTask),
	rule('D5', 'SIGTERM, stopTimeout (at most 120 s), SIGKILL, to the real command', stopTask),
	rule('D6', 'metadata v4 and credentials are served to the task', metadata),
	rule('D7', 'events have the whole task with its version', events),
	fault('D8a', 'DescribeTasks does not know a new task for up to 10 s', runTask),
	fault('D8b', 'the answer of RunTask is lost: its task is made, or is not', assumed('any answer can be')),
	fault('D8c', 'StopTask is lost, done or not; or answered, and nothing follows', assumed('any answer can be, and a task may hang')),
	fault('D9', 'events come twice, out of order, minutes late, or never', events),
	fault('D9a', 'a schedule skips a minute, or fires twice', documented('eventbridge/latest/userguide/eb-troubleshooting.html')),
	rule(
		'D9c',
		'what EventBridge gives up goes to the dead-letter queue of its target',
		documented('eventbridge/latest/userguide/eb-rule-retry-policy.html'),
	),
	fault(
		'D9b',
		'what a target refuses is tried again, for 24 h and 185 times or as its policy says',
		documented('eventbridge/latest/userguide/eb-rule-retry-policy.html'),
	),
	fault('D10a', 'a task fails to start: image, network interface, mount', stoppedErrors),
	fault('D10b', 'no capacity, or no more vCPUs', stoppedErrors),
	fault('D10c', 'an image that is not there, or has no build for the machine, fails within seconds', assumed('texts as others quote them')),
	fault('D10d', 'a mount that EFS refuses fails within seconds', assumed('text as others quote it')),
	fault('D11a', 'interruption of Spot', lifecycle, 'the product runs nothing on Spot'),
	fault('D11b', 'retirement', documented(`${guide}/task-maintenance.html`)),
	fault('D11c', 'the host dies: InfrastructureHealth, no SIGTERM', lifecycle),
	fault('D11d', 'the command crashes: EssentialContainerExited with its code', stoppedErrors),
	fault('D11e', 'out of memory: 137', stoppedErrors),
	fault('D12', 'a task runs, and its agent never connects', assumed('whatever may happen inside')),
];
