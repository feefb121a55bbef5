/**
 * A stack in a process of its own, to be killed: `node stack-process.ts <state folder or ''> <port> <options as JSON>`.
 * It writes a JSON line with what it made, then one per event, and ends in order on SIGTERM. `GET /test/` answers its tasks' process ids.
 */
import { createAwsServer } from '../aws-server.ts';
import { startStack } from './fixture.ts';

const [state = '', port = '0', options = '{}'] = process.argv.slice(2);
const say = (value: unknown): boolean => process.stdout.write(`${JSON.stringify(value)}\n`);
const server = await createAwsServer({ ...(state ? { state } : {}), port: Number(port) });
let told = 0;
void server.event(() => {
	for (; told < server.events.length; told++) say({ event: server.events[told]?.detail });
	return false;
});
const { ecs, made } = await startStack(server, JSON.parse(options));
server.serveToo({
	open: { test: async () => ({ status: 200, body: JSON.stringify(ecs.pids?.()) }) },
	types: [],
	create: () => ({ ref: '', attributes: {} }),
});
say({ made });
process.on('SIGTERM', async () => {
	await ecs.stop?.();
	process.exit(0);
});
