import { readdirSync, readFileSync } from 'node:fs';
import { DescribeTasksCommand, ECSClient, ListClustersCommand, ListTasksCommand } from '@aws-sdk/client-ecs';
import {
	confirm,
	connected,
	createSession,
	expect,
	expectScreen,
	expectState,
	item,
	newUser,
	openTerminal,
	run,
	signIn,
	test,
	type,
} from './fixtures.ts';

/** Processes of the whole machine whose command line contains the text. */
const processesWith = (text: string): string[] =>
	readdirSync('/proc')
		.filter((name) => /^\d+$/.test(name))
		.map((pid) => {
			try {
				return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
			} catch {
				return '';
			}
		})
		.filter((line) => line.includes(text));

test('what runs goes on without a browser; Stop ends all of it; Start brings the files back', async ({ page, stack }) => {
	await signIn(page, stack, newUser());
	await createSession(page, 'work');
	await openTerminal(page, 'work');
	// The loops' own marks, by which the machine's process table is searched afterwards.
	const mark = `loop-${stack.port}`;
	await run(page, `(exec -a ${mark}-job bash -c 'while sleep 1; do date >> ~/log; done') &`);
	await run(page, `setsid nohup bash -c 'exec -a ${mark}-nohup bash -c "while sleep 1; do date >> ~/nohup-log; done"' >/dev/null 2>&1 &`);
	await run(page, 'while [ ! -s ~/log ] || [ ! -s ~/nohup-log ]; do sleep 0.1; done');
	await page.goto('about:blank');
	expect(processesWith(`${mark}-job`).length).toBeGreaterThan(0);
	expect(processesWith(`${mark}-nohup`).length).toBeGreaterThan(0);

	await page.goto(stack.origin);
	await openTerminal(page, 'work');
	await run(
		page,
		'a=$(wc -l < ~/log); while [ $(wc -l < ~/log) -lt $((a+2)) ]; do sleep 0.1; done; b=$(wc -l < ~/nohup-log); while [ $(wc -l < ~/nohup-log) -lt $((b+2)) ]; do sleep 0.1; done',
	);

	await page.goto(stack.origin);
	await confirm(page, 'work', 'Stop');
	await expectState(page, 'work', 'Stopped', 30_000);
	expect(processesWith(mark)).toEqual([]);

	await item(page, 'work').getByRole('button', { name: 'Start', exact: true }).click();
	await expectState(page, 'work', 'Running');
	await openTerminal(page, 'work');
	await run(page, 'test -s ~/log && test -s ~/nohup-log && echo files-$((1+1))-there');
	await expectScreen(page, 'files-2-there');
});

test('restart gives a new machine with the same home', async ({ page, stack }) => {
	await signIn(page, stack, newUser());
	await createSession(page, 'again');
	await openTerminal(page, 'again');
	await run(page, 'echo kept > ~/kept; echo gone > /tmp/gone');
	await page.goto(stack.origin);
	await confirm(page, 'again', 'Restart');
	// The machine of before is gone from the list as soon as the restart is asked for, however short each state is.
	await expect(item(page, 'again').getByText(/^(Stopping|Starting)$/)).toBeVisible({ timeout: 20_000 });
	await expectState(page, 'again', 'Running', 30_000);
	await openTerminal(page, 'again');
	await run(page, 'cat ~/kept; test -e /tmp/gone || echo no-$((1+2))-gone');
	await expectScreen(page, 'no-3-gone');
});

test('an old tab does not start a stopped session; its button does', async ({ page, stack }) => {
	await signIn(page, stack, newUser());
	await createSession(page, 'old');
	await openTerminal(page, 'old');
	await run(page, 'echo last-$((5+5))-screen');
	const dashboard = await page.context().newPage();
	await dashboard.goto(stack.origin);
	await confirm(dashboard, 'old', 'Stop');
	await expectState(dashboard, 'old', 'Stopped', 30_000);
	await expect(page.getByRole('button', { name: 'Start' })).toBeVisible({ timeout: 30_000 });
	await expectScreen(page, 'last-10-screen');
	await page.reload();
	await expect(page.getByRole('button', { name: 'Start' })).toBeVisible();
	await expectState(dashboard, 'old', 'Stopped');
	await page.getByRole('button', { name: 'Start' }).click();
	await connected(page);
	await type(page, 'echo new-$((3+4))\n');
	await expectScreen(page, 'new-7');
});

test('two Starts at the same instant make one task', async ({ page, stack }) => {
	await signIn(page, stack, newUser());
	await createSession(page, 'race');
	const open = await page.context().newPage();
	await open.goto(stack.origin);
	await expectState(page, 'race', 'Running');
	await confirm(page, 'race', 'Stop');
	await expectState(page, 'race', 'Stopped');
	await expectState(open, 'race', 'Stopped');
	// The buttons are found first: a tab that sees the other's start has none any more.
	const starts = await Promise.all([page, open].map((tab) => item(tab, 'race').getByRole('button', { name: 'Start', exact: true }).elementHandle()));
	await Promise.all(starts.map((start) => start?.evaluate((button) => (button as HTMLElement).click())));
	await expectState(page, 'race', 'Running');
	await expectState(open, 'race', 'Running');

	const environment = await stack.awsEnvironment();
	const client = new ECSClient({
		endpoint: environment.AWS_ENDPOINT_URL_ECS as string,
		region: environment.AWS_REGION as string,
		credentials: {
			accessKeyId: environment.AWS_ACCESS_KEY_ID as string,
			secretAccessKey: environment.AWS_SECRET_ACCESS_KEY as string,
			...(environment.AWS_SESSION_TOKEN ? { sessionToken: environment.AWS_SESSION_TOKEN } : {}),
		},
	});
	const { sessions } = await page.evaluate(async () => {
		const token = await (await fetch('/api/auth/token', { method: 'POST', headers: { 'x-shellpod': '1' } })).json();
		return (await fetch('/api/sessions', { headers: { authorization: `Bearer ${token.accessToken}` } })).json();
	});
	const [cluster] = (await client.send(new ListClustersCommand({}))).clusterArns ?? [];
	const listed = await Promise.all(
		(['RUNNING', 'STOPPED'] as const).map((desiredStatus) => client.send(new ListTasksCommand({ cluster, desiredStatus }))),
	);
	const arns = listed.flatMap((answer) => answer.taskArns ?? []);
	const { tasks = [] } = await client.send(new DescribeTasksCommand({ cluster, tasks: arns }));
	const mine = tasks.filter((task) => task.startedBy?.split('/')[1] === sessions[0].id);
	expect(mine.map((task) => task.startedBy?.split('/')[2]).sort()).toEqual(['1', '2']);
});
